"""From the tables to occurrences per actor, for the reference: journal events and derived stage entries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db.models import Q

from trichter.core.accounts.models import User
from trichter.core.accounts.visibility import visible_people
from trichter.core.events.conditions import AnyOf
from trichter.core.journal.models import Event
from trichter.core.lifecycle.queries import stage_entries
from trichter.core.people.models import Person
from trichter.kit.channels import channel as channel_of

from .definition import FunnelDefinition
from .occurrences import Occurrence, Span
from .plans import kinds_in_play

ENTERED = "lifecycle.entered"
NO_DATA: Mapping[str, Any] = MappingProxyType({})
_SALES = frozenset({"deal.won", "order.paid"})
_ENVELOPE = (
    "at", "id", "kind", "identity__link__person_id", "identity_id", "session", "source", "medium", "campaign",
    "content", "term", "page", "country", "device", "value", "currency",
)  # fmt: skip
_CAUSE = tuple(
    f"cause__{name}"
    for name in ("kind", "session", "source", "medium", "campaign", "content", "term", "page", "country",
                 "device", "value", "currency")
)  # fmt: skip


@lru_cache(maxsize=4_096)
def _channel(source: str, medium: str) -> str:
    """The channel, "" (not set) where nothing is known of the touch."""
    return channel_of(source, medium) if source or medium else ""


Journals = dict[int, list[Occurrence]]


def journals(*, definition: FunnelDefinition, span: Span, user: User | None) -> Journals:
    """What every actor did that the funnel can depend on, from the span's start to the last window's end.

    Actor: person id, or minus the identity id of an unknown visitor. With a user, only people whom that user
    may see, and unknown visitors, who belong to the company.
    """
    end = None
    if span.end is not None and definition.window is not None:
        end = span.end + definition.window
    kinds = _kinds(definition)
    found: Journals = defaultdict(list)
    full = _with_data(definition, kinds)
    for part, data in ((kinds - full, False), (full, True)):
        for occurrence in _events(kinds=part, data=data, start=span.start, end=end, user=user):
            found[occurrence.actor].append(occurrence)
    if ENTERED in kinds:
        for occurrence in _entries(definition, start=span.start, end=end, user=user):
            found[occurrence.actor].append(occurrence)
    return found


def _kinds(definition: FunnelDefinition) -> frozenset[str]:
    """The kinds to load; the strict order looks at everything the actor did."""
    if definition.order == "strict":
        return kinds_in_play(definition)
    matches = [step.match for step in definition.steps] + [one.match for one in definition.exclusions]
    return frozenset(match.kind for match in matches)


def _with_data(definition: FunnelDefinition, kinds: frozenset[str]) -> frozenset[str]:
    """The kinds whose own fields are looked at. Reading those of all the others would be half of the work."""
    breakdown = definition.breakdown
    if breakdown is not None and breakdown.dimension.startswith("data."):
        return kinds
    matches = [step.match for step in definition.steps] + [one.match for one in definition.exclusions]
    return frozenset(
        match.kind
        for match in matches
        for clause in match.where
        for condition in (clause.conditions if isinstance(clause, AnyOf) else (clause,))
        if condition.field.startswith("data.")
    )


def _events(
    *, kinds: frozenset[str], data: bool, start: datetime | None, end: datetime | None, user: User | None
) -> Iterator[Occurrence]:
    if not kinds - {ENTERED}:
        return
    wanted = Q(identity__isnull=False, kind__in=sorted(kinds - {ENTERED}))
    if start is not None:
        wanted &= Q(at__gte=start)
    if end is not None:
        wanted &= Q(at__lte=end)
    if user is not None:
        wanted &= visible_people(user=user, path="identity__link__person__")
    rows: Any = Event.objects.filter(wanted).order_by()
    rows = rows.values_list(*_ENVELOPE, "data") if data else rows.values_list(*_ENVELOPE)
    for row in rows.iterator(chunk_size=10_000):
        (at, pk, kind, person, identity, session, source, medium, campaign, content, term, page, country,
         device, value, currency, *own) = row  # fmt: skip
        yield Occurrence(
            at, pk, 0, kind, -identity if person is None else person, session, source, medium, campaign,
            content, term, page, country, device, _channel(source, medium), value, currency,
            own[0] if own else NO_DATA,
        )  # fmt: skip


def _entries(
    definition: FunnelDefinition, *, start: datetime | None, end: datetime | None, user: User | None
) -> Iterator[Occurrence]:
    """Stage entries take place and touch from the event that caused them; a sale's value, and no other.

    A stage that was only jumped over takes no value: the sale belongs to the stage it led to, once.
    """
    rows: Any = stage_entries(user=user, start=start, end=end).order_by()
    names = ("at", "cause_sort", "position", "actor", "stage_key", "implied", "backward", "version", *_CAUSE)
    for row in rows.values_list(*names).iterator(chunk_size=10_000):
        (at, cause, position, actor, stage, implied, backward, version, kind, session, source, medium,
         campaign, content, term, page, country, device, value, currency) = row  # fmt: skip
        source, medium, sale = source or "", medium or "", kind in _SALES and not implied
        yield Occurrence(
            at, cause, 1 + position, ENTERED, actor, session, source, medium, campaign or "", content or "",
            term or "", page or "", country or "", device or "", _channel(source, medium),
            value if sale else None, (currency or "") if sale else "",
            {"stage": stage, "implied": implied, "backward": backward, "rule_version": version},
        )  # fmt: skip


def companies() -> dict[int, int]:
    """The company of each person who has one."""
    pairs = Person.objects.filter(company__isnull=False).values_list("id", "company_id")
    return {person: company for person, company in pairs if company is not None}
