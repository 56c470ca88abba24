"""Reads: templates, their versions, the calls to action in them."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from wagtail.models import Revision

from trichter.attract.ctas.queries import Use

from .models import MailTemplate

_CTA = re.compile(r'"cta:(\d{1,18})"')


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


def cta_uses() -> Iterator[tuple[int, Use]]:
    """The numbers of calls to action, each with a template that carries it as it was last saved."""
    rows = templates().annotate(content=Cast("body", TextField())).filter(content__contains='"cta:')
    for pk, name, live, content in rows.values_list("pk", "name", "live", "content"):
        url = reverse("wagtailsnippets_mailtemplates_mailtemplate:edit", args=[pk])
        for number in sorted({int(found) for found in _CTA.findall(content)}):
            yield number, Use(label=name, url=url, live=live)
