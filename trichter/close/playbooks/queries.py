"""Reads: which records stand for the parts, and what is left of the [brackets] in their texts."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Model

from trichter.attract.pages.models import ContentPage, WhitepaperPage
from trichter.engage.mailtemplates.models import MailTemplate
from trichter.kit.gaps import gaps

from .models import Piece
from .parts import PARTS, WHITEPAPER

HEAD = ""
"""Key of the row that stands for the playbook itself: its language, and the lock of whoever makes it."""


def pieces() -> dict[str, Piece]:
    """The rows by key."""
    return {row.key: row for row in Piece.objects.filter(playbook=WHITEPAPER)}


def records() -> dict[str, Model]:
    """The records that stand for the parts, by key, in order; those that were deleted are left out."""
    known = pieces()
    found: dict[str, Model] = {}
    for part in PARTS:
        row = known.get(part.key)
        if row is None:
            continue
        record = part.model._default_manager.filter(pk=row.object_id).first()
        if record is not None:
            found[part.key] = record
    return found


def language() -> str:
    """The language it was made in; empty while it was not."""
    row = Piece.objects.filter(playbook=WHITEPAPER, key=HEAD).first()
    return row.language if row is not None else ""


def newest(record: Any) -> Any:
    """A page or template with its latest changes, published or not."""
    found = record.get_latest_revision_as_object()
    return found if found is not None else record


def unfilled(*, parts: Mapping[str, Model]) -> dict[str, list[str]]:
    """By part what still stands in [brackets], of pages and templates that the playbook made."""
    mine = {key for key, row in pieces().items() if row.made}
    found: dict[str, list[str]] = {}
    for key, record in parts.items():
        made = key in mine and isinstance(record, (ContentPage, MailTemplate))
        if made and (texts := gaps(_texts(newest(record)))):
            found[key] = texts
    return found


def _texts(record: Any) -> Iterator[str]:
    names = ("title", "seo_title", "search_description", "summary", "customer", "subject", "preheader")
    yield from (str(getattr(record, name, "") or "") for name in names)
    if isinstance(record, WhitepaperPage) and record.file is not None:
        yield record.file.title
    yield from strings(record.body.raw_data)


def strings(value: Any) -> Iterator[str]:
    """Every text in the raw data of blocks."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from strings(inside)
    elif not isinstance(value, (int, float, bool, type(None))):
        for inside in value:
            yield from strings(inside)
