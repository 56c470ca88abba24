"""Reads."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from trichter.attract.forms.models import Form
from trichter.core.lifecycle.models import Transition

from .models import Grant, Magnet

MQL = "mql"


def grant_of(*, uid: uuid.UUID | None = None, number: int = 0) -> Grant | None:
    """The grant of this id or number."""
    rows = Grant.objects.select_related("magnet__document", "magnet__page__file", "identity", "person")
    return (rows.filter(uid=uid) if uid is not None else rows.filter(pk=number)).first()


def file_of(magnet: Magnet) -> Any:
    """The Wagtail document that is delivered; None when it was deleted."""
    return magnet.document or (magnet.page.file if magnet.page else None)


def magnets_of(form: Form) -> QuerySet[Magnet]:
    """What whoever sends this form gets."""
    return Magnet.objects.filter(form=form, active=True)


def waiting(*, identity: int) -> QuerySet[Grant]:
    """What waits for the confirmation of this address."""
    return Grant.objects.filter(identity_id=identity, released_at=None, magnet__active=True).order_by("pk")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one magnet. People are counted once. `mql`: people among them who became MQL after asking."""

    requests: int
    people: int
    confirmed: int
    fetched: int
    mql: int


def figures(magnet: Magnet) -> Figures:
    """Requests, addresses, confirmed ones, days on which somebody fetched it, and MQLs."""
    rows = Grant.objects.filter(magnet=magnet)
    found = rows.aggregate(
        requests=Count("id"), people=Count("identity", distinct=True),
        confirmed=Count("identity", distinct=True, filter=Q(released_at__isnull=False)),
        fetched=Sum("fetched"),
    )  # fmt: skip
    first = dict(
        rows.filter(person__isnull=False).order_by("-requested_at").values_list("person_id", "requested_at")
    )
    entries = Transition.objects.filter(person_id__in=list(first), stage__key=MQL)
    later = {pk for pk, at in entries.values_list("person_id", "at") if at >= first[pk]}
    return Figures(**{**found, "fetched": found["fetched"] or 0}, mql=len(later))
