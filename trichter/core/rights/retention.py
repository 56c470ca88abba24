"""Rules for how long data stays. Each kind counts what it would take before it takes anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks

from trichter.core.consent.actions import forget_network
from trichter.core.consent.models import ConsentPart
from trichter.core.consent.rules import months_later
from trichter.core.journal.actions import retract_identities
from trichter.core.journal.models import Event, Identity
from trichter.core.people.headlines import headline
from trichter.core.people.models import Link, Person
from trichter.core.people.views.base import person_url
from trichter.core.shell.queries import company_zone

from . import actions
from .models import Request, RetentionRule
from .restricting import held

_BATCH = 2_000
_PROPOSALS = 200
_OLDER = _("older than %(day)s")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of data with an age. `rows` and `apply` get the moment before which data is too old.

    rows: what is too old; age: its column that tells. counted: “128,749 events” for a number; older: how
    they are too old, with %(day)s. example: what one row is, and where it can be seen (empty: nowhere).
    `apply` returns how many it took; it works in parts and may be ended between two of them. `active`: its
    rule is in use from the beginning.
    """

    key: str
    title: Promise | str
    about: Promise | str
    months: int
    rows: Callable[[datetime], "QuerySet[Any]"]
    age: str
    counted: Callable[[int], str]
    apply: Callable[[datetime], int]
    example: Callable[[Any], tuple[str, str]]
    older: Promise | str = _OLDER
    active: bool = False

    def count(self, before: datetime) -> int:
        """How many it would take."""
        return self.rows(before).count()


def written(number: int) -> str:
    """“128,749” in the reader's language, for `Kind.counted`."""
    return number_format(number, force_grouping=True)


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


def _visited(event: Event) -> str:
    title = headline(event, stages={})
    return title if not event.page or event.page in title else f"{title} · {event.page}"


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
            key="visits", title=_("Visits without a person"), months=14, rows=old_visits, age="at",
            counted=lambda n: ngettext("%(n)s event", "%(n)s events", n) % {"n": written(n)},
            about=_("Page views and clicks of visitors who never became a contact."), apply=_drop_visits,
            example=lambda row: (_visited(row), ""),
        ),
        Kind(
            key="consent-network", title=_("IP addresses of consents"), months=12,
            about=_("IP address and browser beside a consent; the consent and its other proof stay."),
            rows=lambda at: old_network(at).select_related("record__purpose"), age="record__recorded_at",
            counted=lambda n: ngettext("%(n)s consent", "%(n)s consents", n) % {"n": written(n)},
            example=lambda row: (
                f"#{row.record.number} · {row.record.purpose or ''}",
                reverse("consent:record", args=[row.record.number]),
            ),
            apply=lambda at: forget_network(before=at, at=timezone.now()),
        ),
        Kind(
            key="inactive", title=_("Inactive contacts"), months=36, rows=inactive, age="last_seen_at",
            counted=lambda n: ngettext("%(n)s contact", "%(n)s contacts", n) % {"n": written(n)},
            older=_("without activity since %(day)s"),
            example=lambda row: (row.name, person_url(row)),
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


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a rule would take today. `text`: “128,749 events, older than 29.11.2025”."""

    kind: Kind
    months: int
    limit: datetime
    count: int
    text: str


def preview(kind: Kind, *, months: int, now: datetime) -> Preview:
    """Count what is too old at this number of months, whatever is stored."""
    before = months_later(now, -months)
    count = kind.count(before)
    day = date_format(before.astimezone(company_zone()), "SHORT_DATE_FORMAT")
    text = f"{kind.counted(count)}, {str(kind.older) % {'day': day}}"
    return Preview(kind=kind, months=months, limit=before, count=count, text=text)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A row that would go. `at` None: it never was."""

    at: datetime | None
    text: str
    url: str


def examples(found: Preview, *, most: int = 25) -> list[Example]:
    """The oldest rows that would go."""
    made = []
    for row in found.kind.rows(found.limit).order_by(found.kind.age, "pk")[:most]:
        at: Any = row
        for step in found.kind.age.split("__"):
            at = getattr(at, step)
        text, url = found.kind.example(row)
        made.append(Example(at=at, text=text, url=url))
    return made


def use(rule: RetentionRule, *, months: int) -> None:
    """Put a rule in use with this number of months: it takes from the next night on."""
    rule.months, rule.active = months, True
    rule.save(update_fields=["months", "active"])


def run(rule: RetentionRule, *, now: datetime) -> int:
    """Apply one rule; returns how many rows it took."""
    kind = kinds().get(rule.key)
    if kind is None or not rule.active:
        return 0
    done = kind.apply(limit(rule, now=now))
    RetentionRule.objects.filter(pk=rule.pk).update(last_run_at=now, last_count=done)
    return done
