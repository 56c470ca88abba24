"""A playbook that is made, and its texts filled in as editors would."""

import re
from typing import Any

from trichter.close.playbooks import actions, queries
from trichter.close.playbooks.making import Choices

BRACKETS = re.compile(r"\[([^\[\]{}<>\n]{3,})\]")


def filled(value: Any) -> Any:
    """The same data with the words of the brackets in place of them."""
    if isinstance(value, str):
        return BRACKETS.sub(r"\1", value)
    if isinstance(value, dict):
        return {key: filled(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [filled(inside) for inside in value]
    return value


def fill_in() -> None:
    """Write the texts of all drafts: a new revision each, as the editor saves it."""
    parts = queries.records()
    for key in queries.unfilled(parts=parts):
        record: Any = queries.newest(parts[key])
        for name in (
            "title",
            "seo_title",
            "search_description",
            "summary",
            "customer",
            "subject",
            "preheader",
        ):
            if hasattr(record, name):
                setattr(record, name, filled(getattr(record, name)))
        block = record.body.stream_block
        record.body = block.to_python(filled(block.get_prep_value(record.body)))
        if getattr(record, "file", None) is not None:
            record.file.title = filled(record.file.title)
            record.file.save()
        record.save_revision()


def made(user: Any, *, language: str = "de", **more: Any) -> actions.Outcome:
    """All parts, as drafts."""
    return actions.make(choices=Choices(language=language, **more), user=user)
