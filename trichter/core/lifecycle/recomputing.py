"""Brings the table of stage entries into line with the journal, for the actors somebody touched.

Everything about an actor is computed from its first event; what differs from the table is written. So the
table is the same whatever way it came about: event by event, late, or from scratch.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from trichter.core.journal.bulk import insert, update
from trichter.core.people.models import Person
from trichter.core.rights.restricting import restricted

from . import listeners, queries
from .models import Stage, StageChange, Standing, Transition
from .occurrence import Occurrence
from .program import Agreement
from .rules import StageEntry, current_stage, evaluate
from .scoring.ledger import Compiled
from .scoring.standing import Score, stand

# Serialises everybody who derives stage entries, so that no two insert the same ones.
_LOCK = 7_204_115_881
_COLUMNS = (
    "id", "person_id", "identity_id", "stage_id", "at", "cause_id", "position", "implied", "backward",
    "version",
)  # fmt: skip

Row = tuple[int | None, int | None, int, datetime, int | None, int, bool, bool, int]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What was written: stage entries taken away and added; `counted` are the events used, by identity.

    wrong: people whose stored score was not what it should have been at that moment.
    """

    removed: int
    added: int
    counted: dict[int, frozenset[int]]
    wrong: tuple[int, ...] = ()


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
    standing: dict[int, tuple[str, Score]] = {}
    model = agreement.model_at(moment=moment)
    still = restricted(wanted)
    for person in wanted:
        story = _story([events[identity] for identity in owned.get(person, ()) if identity in events])
        story = _until(story, still.get(person))
        entries = evaluate(occurrences=story, versions=agreement, now=still.get(person, moment))
        rows.update(_rows(entries, stage_ids, person=person, identity=None))
        score = _score(story, agreement=agreement, model=model, moment=moment, still=still.get(person))
        standing[person] = current_stage(entries), score
    removed, new = _write(rows, people=wanted, identities=touched)
    listeners.tell(rows=new, stages=stage_ids)
    added = len(new)
    wrong = _stand(standing, moment=moment)
    return Recomputed(removed=removed, added=added, counted=counted, wrong=tuple(wrong))


@transaction.atomic
def refresh_scores(*, people: Iterable[int], now: datetime) -> list[int]:
    """Bring the stored scores of these people up to the moment; returns whose was wrong though not yet due.

    Stages are left alone: time alone makes nobody enter one.
    """
    _lock()
    wanted = queries.existing_people(ids=people)
    owned = queries.identities_of(people=wanted)
    agreement = queries.agreement()
    model = agreement.model_at(moment=now)
    kinds = agreement.kinds
    events = queries.occurrences(identities=set().union(*owned.values()), kinds=kinds)
    stages: dict[int, str] = {}
    for part in queries.chunks(wanted):
        stages.update(Person.objects.filter(pk__in=part).values_list("pk", "stage"))
    still = restricted(wanted)
    standing = {
        person: (
            stages[person],
            _score(
                _until(_story([events[i] for i in owned.get(person, ()) if i in events]), still.get(person)),
                agreement=agreement, model=model, moment=now, still=still.get(person),
            ),
        )
        for person in wanted
    }  # fmt: skip
    return _stand(standing, moment=now)


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
        still = restricted(part)
        for person, owned in queries.identities_of(people=part).items():
            story = _until(queries.merged(queries.occurrences(identities=owned).values()), still.get(person))
            entries = evaluate(occurrences=story, versions=agreement, now=still.get(person, now))
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
    Standing.objects.all().delete()
    Person.objects.exclude(stage="", score=0).update(stage="", score=0)


def _lock() -> None:
    """On SQLite the transaction itself is the lock: there is one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _story(parts: list[list[Occurrence]]) -> list[Occurrence]:
    return parts[0] if len(parts) == 1 else queries.merged(parts)


def _until(story: list[Occurrence], end: datetime | None) -> list[Occurrence]:
    """What counts of somebody whose data is only stored since `end`: they stand as they stood then."""
    return story if end is None else [event for event in story if event.at < end]


def _score(
    story: list[Occurrence], *, agreement: Agreement, model: Compiled | None, moment: datetime,
    still: datetime | None,
) -> Score:  # fmt: skip
    """At the moment; of somebody whose data is only stored, at `still`, and time changes nothing."""
    if still is None:
        return stand(occurrences=story, model=model, moment=moment)
    score = stand(occurrences=story, model=agreement.model_at(moment=still), moment=still)
    return replace(score, next_change=None)


def _rows(
    entries: list[StageEntry], stage_ids: dict[str, int], *, person: int | None, identity: int | None
) -> list[Row]:
    return [
        (person, identity, stage_ids[e.stage], e.at, e.cause, e.position, e.implied, e.backward, e.version)
        for e in entries
    ]


def _write(rows: set[Row], *, people: set[int], identities: set[int]) -> tuple[int, list[Row]]:
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
    return len(gone), new


def _order(row: Row) -> tuple[int, int, int, datetime, int]:
    person, identity, _stage, at, cause, position, *_flags = row
    return person or 0, identity or 0, cause or 0, at, position


def _stand(standing: dict[int, tuple[str, Score]], *, moment: datetime) -> list[int]:
    """Write stage and score where they changed, and only these columns: others are being edited.

    Returns the people whose stored score was wrong: other than computed although no change was due.
    """
    wrong: list[int] = []
    for part in queries.chunks(standing):
        stored = {
            pk: (stage, points)
            for pk, stage, points in Person.objects.filter(pk__in=part).values_list("pk", "stage", "score")
        }
        wanted = {pk: (standing[pk][0], standing[pk][1].behaviour) for pk in stored}
        update(Person, ("stage", "score"), [(pk, *wanted[pk]) for pk in stored if stored[pk] != wanted[pk]])
        before = {row.person_id: row for row in Standing.objects.filter(person_id__in=part)}
        rows = [_standing(pk, standing[pk][1]) for pk in stored if standing[pk][1].grade]
        differing = [row for row in rows if _axes(row) != _axes(before.get(row.person_id))]
        due = {
            pk
            for pk, row in before.items()
            if row.next_change_at is not None and row.next_change_at <= moment
        }
        wrong += sorted(
            {row.person_id for row in differing if row.person_id in before and row.person_id not in due}
            | {pk for pk in stored if stored[pk][1] != wanted[pk][1] and pk not in due}
        )
        Standing.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["person"],
            update_fields=["version", "behaviour", "fit", "grade", "groups", "next_change_at"],
        )  # fmt: skip
    return wrong


def _standing(person: int, score: Score) -> Standing:
    return Standing(
        person_id=person, version=score.number, behaviour=score.behaviour, fit=score.fit, grade=score.grade,
        groups=dict(score.groups), next_change_at=score.next_change,
    )  # fmt: skip


def _axes(row: Standing | None) -> tuple[object, ...] | None:
    if row is None:
        return None
    return row.version, row.behaviour, row.fit, row.grade, row.groups, row.next_change_at
