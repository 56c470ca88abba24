"""Brings the table of stage entries into line with the journal, for the actors somebody touched.

Everything about an actor is computed from its first event; what differs from the table is written. So the
table is the same whatever way it came about: event by event, late, or from scratch.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from trichter.core.journal.bulk import insert, update
from trichter.core.people.models import Person

from . import queries
from .models import Stage, StageChange, Transition
from .program import Agreement
from .rules import Occurrence, StageEntry, current_stage, evaluate
from .score import score

# Serialises everybody who derives stage entries, so that no two insert the same ones.
_LOCK = 7_204_115_881
_COLUMNS = (
    "id", "person_id", "identity_id", "stage_id", "at", "cause_id", "position", "implied", "backward",
    "version",
)  # fmt: skip

Row = tuple[int | None, int | None, int, datetime, int | None, int, bool, bool, int]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What was written: stage entries taken away and added; `counted` are the events used, by identity."""

    removed: int
    added: int
    counted: dict[int, frozenset[int]]


@transaction.atomic
def recompute(
    *, people: Iterable[int] = (), identities: Iterable[int] = (), now: datetime | None = None
) -> Recomputed:
    """Derive the stage entries of these people, of the owners of these identities, and of the ownerless ones.

    People keep their `stage` and `score` in step. Ids that do not exist are ignored.
    """
    moment = now or timezone.now()
    _lock()
    seen = set(identities)
    linked = queries.owners(identities=seen)
    wanted = queries.existing_people(ids={*people, *linked.values()})
    owned = queries.identities_of(people=wanted)
    anonymous = seen - linked.keys()
    touched = anonymous.union(*owned.values(), seen)
    agreement = queries.agreement()
    events = queries.occurrences(identities=touched, kinds=agreement.kinds)
    counted = {identity: frozenset(event.id for event in found) for identity, found in events.items()}
    stage_ids = dict(Stage.objects.values_list("key", "id"))

    rows: set[Row] = set()
    for identity in anonymous:
        if found := events.get(identity):
            entries = evaluate(occurrences=found, versions=agreement, now=moment)
            rows.update(_rows(entries, stage_ids, person=None, identity=identity))
    standing: dict[int, tuple[str, int]] = {}
    points = agreement.scoring(moment=moment)
    for person in wanted:
        story = _story([events[identity] for identity in owned.get(person, ()) if identity in events])
        entries = evaluate(occurrences=story, versions=agreement, now=moment)
        rows.update(_rows(entries, stage_ids, person=person, identity=None))
        standing[person] = current_stage(entries), score(occurrences=story, points=points)
    removed, added = _write(rows, people=wanted, identities=touched)
    _stand(standing)
    return Recomputed(removed=removed, added=added, counted=counted)


def reference(*, now: datetime) -> set[Row]:
    """All stage entries as they should be, for checks: every actor evaluated, nothing written."""
    agreement: Agreement = queries.agreement()
    stage_ids = dict(Stage.objects.values_list("key", "id"))
    rows: set[Row] = set()
    last = 0
    while part := queries.anonymous_ids(after=last, limit=queries.CHUNK):
        last = part[-1]
        for identity, found in queries.occurrences(identities=part).items():
            entries = evaluate(occurrences=found, versions=agreement, now=now)
            rows.update(_rows(entries, stage_ids, person=None, identity=identity))
    last = 0
    while part := queries.person_ids(after=last, limit=queries.CHUNK):
        last = part[-1]
        for person, owned in queries.identities_of(people=part).items():
            story = queries.merged(queries.occurrences(identities=owned).values())
            entries = evaluate(occurrences=story, versions=agreement, now=now)
            rows.update(_rows(entries, stage_ids, person=person, identity=None))
    return rows


def stored() -> set[Row]:
    """All stage entries as they are."""
    return set(Transition.objects.values_list(*_COLUMNS[1:]))


@transaction.atomic
def forget() -> None:
    """Drop every stage entry, and the copies that people keep."""
    _lock()
    Transition.objects.all().delete()
    StageChange.objects.create()
    Person.objects.exclude(stage="", score=0).update(stage="", score=0)


def _lock() -> None:
    """On SQLite the transaction itself is the lock: there is one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _story(parts: list[list[Occurrence]]) -> list[Occurrence]:
    return parts[0] if len(parts) == 1 else queries.merged(parts)


def _rows(
    entries: list[StageEntry], stage_ids: dict[str, int], *, person: int | None, identity: int | None
) -> list[Row]:
    return [
        (person, identity, stage_ids[e.stage], e.at, e.cause, e.position, e.implied, e.backward, e.version)
        for e in entries
    ]


def _write(rows: set[Row], *, people: set[int], identities: set[int]) -> tuple[int, int]:
    existing: dict[Row, int] = {}
    twice: list[int] = []
    for name, ids in (("person_id__in", people), ("identity_id__in", identities)):
        for part in queries.chunks(ids):
            for pk, *row in Transition.objects.filter(**{name: part}).values_list(*_COLUMNS):
                if existing.setdefault(tuple(row), pk) != pk:
                    twice.append(pk)
    gone = [pk for row, pk in existing.items() if row not in rows] + twice
    for part in queries.chunks(gone):
        Transition.objects.filter(pk__in=part).delete()
    new = [row for row in rows if row not in existing]
    new.sort(key=_order)
    insert(Transition, _COLUMNS[1:], new)
    changed = {row[:2] for row in new} | {row[:2] for row in existing if twice or row not in rows}
    insert(StageChange, ("person", "identity"), sorted(changed, key=lambda one: (one[0] or 0, one[1] or 0)))
    return len(gone), len(new)


def _order(row: Row) -> tuple[int, int, int, datetime, int]:
    person, identity, _stage, at, cause, position, *_flags = row
    return person or 0, identity or 0, cause or 0, at, position


def _stand(standing: dict[int, tuple[str, int]]) -> None:
    """Write stage and score where they changed, and only these two columns: others are being edited."""
    for part in queries.chunks(standing):
        stored = Person.objects.filter(pk__in=part).values_list("pk", "stage", "score")
        changed = [(pk, *standing[pk]) for pk, *before in stored if standing[pk] != tuple(before)]
        update(Person, ("stage", "score"), changed)
