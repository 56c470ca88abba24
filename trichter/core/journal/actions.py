"""Writing the journal."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trichter.core.events import DERIVED, EventsRetracted, VisitContinued
from trichter.core.events import Event as Fact

from .bulk import as_json, insert
from .models import Event, Identity
from .restoring import rebase_transactions

__all__ = [
    "Entry",
    "continue_visits",
    "identify",
    "identify_many",
    "rebase_transactions",
    "record",
    "record_many",
    "retract",
    "retract_identities",
]

_COLUMNS = (
    "uid", "kind", "version", "at", "recorded_at", "identity_id", "session", "source", "medium", "campaign",
    "content", "term", "page", "country", "device", "value", "currency", "batch", "data",
)  # fmt: skip
_RETRACT_CHUNK = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A fact with its envelope, ready to be written.

    at: when it happened (aware). identity: `Identity.id` of who did it, None for the house itself.
    uid: made by the client or derived from the source, so that a retry or a second import never doubles.
    value: minor units of `currency`. batch: the import run it came with.
    """

    fact: Fact
    at: datetime
    identity: int | None = None
    uid: uuid.UUID = field(default_factory=uuid.uuid4)
    session: int | None = None
    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    page: str = ""
    country: str = ""
    device: str = ""
    value: int | None = None
    currency: str = ""
    batch: int | None = None


def record(entry: Entry) -> bool:
    """Write one fact; call it inside the transaction that changes the state it tells of.

    Returns False when the uid is in the journal already. Raises ValueError for a derived kind.
    """
    return record_many([entry]) == 1


def record_many(entries: Sequence[Entry]) -> int:
    """Write facts in the given order, skipping known uids. Returns how many were new."""
    now = timezone.now()
    told: dict[int, str] = {}
    rows = [_row(entry=entry, now=now, told=told) for entry in entries]
    if not rows:
        return 0
    if len(rows) == 1:
        # One statement is a transaction already; a savepoint would be two more for every single fact.
        return insert(Event, _COLUMNS, rows, ignore=True)
    with transaction.atomic():
        return insert(Event, _COLUMNS, rows, ignore=True)


def _row(*, entry: Entry, now: datetime, told: dict[int, str]) -> tuple[Any, ...]:
    """told: the facts written so far, by their `id`; imports have thousands of entries that share one."""
    fact = entry.fact
    data = told.get(id(fact))
    if data is None:
        if fact.kind in DERIVED:
            raise ValueError(f"{fact.kind} is derived and never recorded")
        data = told[id(fact)] = as_json(fact.data())
    if entry.at.tzinfo is None:
        raise ValueError("the time of an event must carry its zone")
    return (
        entry.uid, fact.kind, fact.version, entry.at, now, entry.identity, entry.session,
        entry.source[:120], entry.medium[:60], entry.campaign[:160], entry.content[:160], entry.term[:160],
        entry.page[:500], entry.country[:2], entry.device[:10], entry.value, entry.currency, entry.batch,
        data,
    )  # fmt: skip


def identify(*, kind: str, value: str) -> int:
    """The id of this identity, made on first sight. `value` must be normalised by the caller."""
    return identify_many(kind=kind, values=[value])[value]


def identify_many(*, kind: str, values: Iterable[str]) -> dict[str, int]:
    """Ids of many identities of one kind, by value."""
    wanted = list(dict.fromkeys(values))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 5_000):
        part = wanted[start : start + 5_000]
        found.update(_known(kind=kind, values=part))
        missing = [value for value in part if value not in found]
        if missing:
            now = timezone.now()
            rows = [(kind, value, now) for value in missing]
            insert(Identity, ("kind", "value", "created_at"), rows, ignore=True)
            found.update(_known(kind=kind, values=missing))
    return found


def _known(*, kind: str, values: list[str]) -> dict[str, int]:
    return dict(Identity.objects.filter(kind=kind, value__in=values).values_list("value", "id"))


@transaction.atomic
def retract(*, batch: int, notes: Iterable[int] = ()) -> int:
    """Take an import's events out of the journal, and tell the followers whose story changed.

    notes: ids of events that the house has noted of those who came with the import alone; they go, too.

    The journal is append-only for facts; an import that is undone was never a fact. Returns the number
    of events removed.
    """
    doomed = Event.objects.filter(batch=batch)
    identities = set(doomed.exclude(identity=None).values_list("identity", flat=True).distinct())
    removed, noted = 0, list(notes)
    while part := list(doomed.values_list("pk", flat=True)[:_RETRACT_CHUNK]):
        _, counts = Event.objects.filter(pk__in=part).delete()
        removed += counts[Event._meta.label]
    for start in range(0, len(noted), _RETRACT_CHUNK):
        rows = Event.objects.filter(pk__in=noted[start : start + _RETRACT_CHUNK])
        identities.update(rows.exclude(identity=None).values_list("identity", flat=True))
        rows.delete()
    if removed:
        retract_identities(identities=sorted(identities), batch=batch)
    return removed


@transaction.atomic
def continue_visits(moves: Iterable[tuple[int, int, int]]) -> None:
    """Let visits that began without consent go on under the id agreed to: (old identity, new one, session).

    Who did something is otherwise never changed. The visitor has agreed to it for this visit, and a visit of
    two identities would be two visits of two visitors in every figure. The followers are told of both.
    """
    told: list[int] = []
    for old, new, session in moves:
        if Event.objects.filter(identity=old, session=session).update(identity=new):
            told += [old, new]
    now = timezone.now()
    record_many([Entry(fact=VisitContinued(), at=now, identity=one) for one in told])


def retract_identities(*, identities: Sequence[int], batch: int = 0) -> None:
    """Tell the followers that these identities' events are no longer what they were.

    `batch`: the import that was undone; 0 when a person was erased, whose events now are nobody's. Nobody's
    events may have gone without any identity; that is told, too.
    """
    now = timezone.now()
    record_many(
        [
            Entry(
                fact=EventsRetracted(
                    batch=batch, identities=list(identities[start : start + _RETRACT_CHUNK])
                ),
                at=now,
            )
            for start in range(0, max(1, len(identities)), _RETRACT_CHUNK)
        ]
    )
