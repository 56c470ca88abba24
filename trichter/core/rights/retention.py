"""Rules for how long data stays. Each kind counts what it would take before it takes anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.consent.actions import forget_network
from trichter.core.consent.models import ConsentPart
from trichter.core.consent.rules import months_later
from trichter.core.journal.actions import retract_identities
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Link, Person

from . import actions
from .models import Request, RetentionRule
from .restricting import held

_BATCH = 2_000
_PROPOSALS = 200


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of data with an age. `count` and `apply` get the moment before which data is too old.

    `apply` returns how many it took; it works in parts and may be ended between two of them. `active`: its
    rule is in use from the beginning.
    """

    key: str
    title: Promise | str
    about: Promise | str
    months: int
    count: Callable[[datetime], int]
    apply: Callable[[datetime], int]
    active: bool = False


def old_visits(before: datetime) -> QuerySet[Event]:
    """Events of visitors who never became a person."""
    anonymous = Identity.objects.filter(kind="visitor", pk=OuterRef("identity_id")).exclude(
        Exists(Link.objects.filter(identity_id=OuterRef("pk")))
    )
    return Event.objects.filter(Exists(anonymous), at__lt=before)


def _drop_visits(before: datetime) -> int:
    done = 0
    while part := list(old_visits(before).order_by("pk").values_list("pk", "identity_id")[:_BATCH]):
        with transaction.atomic():
            Event.objects.filter(pk__in=[pk for pk, _identity in part]).delete()
            retract_identities(identities=sorted({identity for _pk, identity in part}))
        done += len(part)
    return done


def old_network(before: datetime) -> QuerySet[ConsentPart]:
    """IP addresses and browsers beside consents."""
    return ConsentPart.objects.filter(name="network", record__recorded_at__lt=before)


def inactive(before: datetime) -> QuerySet[Person]:
    """Contacts without any activity since, who never ordered anything and have no open deal."""
    quiet = Q(last_seen_at__lt=before) | Q(last_seen_at=None)
    found = Person.objects.filter(quiet, merged_into=None, created_at__lt=before)
    busy = Event.objects.filter(
        identity__link__person=OuterRef("pk"), kind__in=("order.placed", "order.paid", "deal.won")
    )
    recent = Event.objects.filter(identity__link__person=OuterRef("pk"), at__gte=before)
    asked = Request.objects.filter(person=OuterRef("pk"), kind=Request.Kind.ERASURE)
    # Whoever had the use of their data restricted wants it kept.
    found = found.exclude(held())
    return found.exclude(Exists(busy)).exclude(Exists(recent)).exclude(Exists(asked))


def _erase_inactive(before: datetime) -> int:
    people = list(inactive(before).order_by("pk")[:_PROPOSALS])
    for person in people:
        actions.ask(
            kind=Request.Kind.ERASURE, person=person, asked_by=Request.AskedBy.RULE,
            received_on=timezone.now().date(),
        )  # fmt: skip
    return len(people)


def _own() -> list[Kind]:
    return [
        Kind(
            key="visits", title=_("Visits without a person"), months=14,
            count=lambda at: old_visits(at).count(),
            about=_("Page views and clicks of visitors who never became a contact."), apply=_drop_visits,
        ),
        Kind(
            key="consent-network", title=_("IP addresses of consents"), months=12,
            about=_("IP address and browser beside a consent; the consent and its other proof stay."),
            count=lambda at: old_network(at).count(),
            apply=lambda at: forget_network(before=at, at=timezone.now()),
        ),
        Kind(
            key="inactive", title=_("Inactive contacts"), months=36, count=lambda at: inactive(at).count(),
            about=_("Contacts without activity, order or won deal are erased, 200 a night."),
            apply=_erase_inactive,
        ),
    ]  # fmt: skip


def kinds() -> dict[str, Kind]:
    """By key; features add theirs by the hook `register_retention`."""
    offered = [kind for offer in hooks.get_hooks("register_retention") for kind in offer()]
    return {kind.key: kind for kind in [*_own(), *offered]}


def ensure_rules() -> None:
    """One rule per kind, switched off unless the kind says otherwise."""
    known = set(RetentionRule.objects.values_list("key", flat=True))
    RetentionRule.objects.bulk_create(
        [
            RetentionRule(key=kind.key, months=kind.months, active=kind.active)
            for kind in kinds().values()
            if kind.key not in known
        ],
        ignore_conflicts=True,
    )


def limit(rule: RetentionRule, *, now: datetime) -> datetime:
    """Before this moment data is too old."""
    return months_later(now, -rule.months)


def run(rule: RetentionRule, *, now: datetime) -> int:
    """Apply one rule; returns how many rows it took."""
    kind = kinds().get(rule.key)
    if kind is None or not rule.active:
        return 0
    done = kind.apply(limit(rule, now=now))
    RetentionRule.objects.filter(pk=rule.pk).update(last_run_at=now, last_count=done)
    return done
