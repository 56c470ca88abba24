"""Reads: templates, their versions."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from wagtail.models import Revision

from .models import MailTemplate


def templates() -> QuerySet[MailTemplate]:
    """All of them."""
    return MailTemplate.objects.order_by("name", "pk")


def usable() -> QuerySet[MailTemplate]:
    """Those with a published version."""
    return templates().filter(live=True, live_revision__isnull=False)


def published(*, key: str) -> MailTemplate | None:
    """The template of this key, when a version of it is published."""
    return usable().filter(key=key).first()


def _revisions() -> QuerySet[Any]:
    kind = ContentType.objects.get_for_model(MailTemplate, for_concrete_model=False)
    rows: QuerySet[Any] = Revision.objects.filter(content_type=kind)
    return rows


def revision_of(number: int) -> Any | None:
    """A version by its number."""
    return _revisions().filter(pk=number).first()


def stamp_of(number: int) -> str:
    """When a version was made; empty when there is none. Versions never change."""
    at = _revisions().filter(pk=number).values_list("created_at", flat=True).first()
    return at.isoformat() if at else ""


def keys() -> set[str]:
    """All keys in use."""
    return set(MailTemplate.objects.values_list("key", flat=True))
