"""Templates from starters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from wagtail.models import Page

from . import queries
from .models import MailTemplate
from .starters import STARTERS, Block, Starter, starter


@transaction.atomic
def from_starter(
    *, key: str, language: str, live: bool = False, user: Any = None, page: Page | None = None,
    more: Sequence[Block] = (),
) -> MailTemplate:  # fmt: skip
    """A new template with a starter's texts. Its key is the first free one. Raises KeyError.

    page: where its buttons lead. more: blocks before the last one, which is the signature.
    """
    found = starter(key=key, language=language)
    taken, name, count = queries.keys(), f"{key}-{language}", 1
    while name in taken:
        count += 1
        name = f"{key}-{language}-{count}"
    blocks = [
        (kind, value | {"page": page, "url": ""} if kind == "button" and page is not None else value)
        for kind, value in found.blocks
    ]
    found = replace(found, blocks=(*blocks[:-1], *more, *blocks[-1:]))
    return _make(found, key=name, number=count, live=live, user=user)


@transaction.atomic
def ensure(*, key: str, language: str) -> MailTemplate:
    """The published template `key-language`, made from the starter when there is none yet.

    For features that must have a text from the first day, such as the confirmation of a double opt-in.
    """
    name = f"{key}-{language}"
    found = queries.published(key=name)
    if found is not None:
        return found
    draft = MailTemplate.objects.filter(key=name).first()
    if draft is not None:
        draft.save_revision().publish()
        draft.refresh_from_db()
        return draft
    return _make(starter(key=key, language=language), key=name, number=1, live=True, user=None)


def _make(found: Starter, *, key: str, number: int, live: bool, user: Any) -> MailTemplate:
    name = found.name if number == 1 else f"{found.name} ({number})"
    made = MailTemplate(
        key=key, name=name, language=found.language, message_class=found.message_class, form="formal",
        subject=found.subject, preheader=found.preheader, body=[*found.stream()], live=False,
    )  # fmt: skip
    made.save()
    revision = made.save_revision(user=user)
    if live:
        revision.publish()
        made.refresh_from_db()
    return made


__all__ = ["STARTERS", "ensure", "from_starter"]
