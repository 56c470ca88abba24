"""Bringing stored memberships into line with what the rules say about some people, or about everybody.

Whoever writes locks the segments first and reads the facts afterwards, so that two workers never decide on
different facts. What everybody's columns say is used to find candidates; each is judged again by the plain
evaluation under the lock before anything is written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef
from django.utils import timezone

from trichter.core.consent.models import ConsentRecord
from trichter.core.events import SegmentJoined, SegmentLeft
from trichter.core.journal.actions import Entry, record_many
from trichter.core.journal.bulk import insert, insert_for
from trichter.core.people.actions.links import identities_for
from trichter.core.people.models import Link, Person
from trichter.core.people.queries import PERSON_IDENTITY
from trichter.core.shell.prepared import Prepared

from . import queries
from .columns import Everybody
from .facts import PEOPLE, Needs, facts_of, moment_at
from .models import Cause, Change, Membership, Segment
from .packing import numbers
from .queries import Live
from .rules.fields import Moment

_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """A person joins or leaves a segment. `event`: the journal's line behind it."""

    segment: int
    person: int
    joined: bool
    cause: Cause
    event: int | None = None


Asked = Mapping[int, Mapping[int, tuple[Cause, int | None]]]
"""By person the segments to look at, each with the cause that a change will be given."""


def update_people(*, asked: Asked, segments: Iterable[Live], now: datetime | None = None) -> list[Step]:
    """Judge people anew and write what changed; segments that build on a changed one follow.

    `segments`: all live ones, in order. Call it inside a transaction.
    """
    known = list(segments)
    first = {one.id for one in known} & {pk for wanted in asked.values() for pk in wanted}
    concerned = _and_built_on(known, first)
    if not concerned or not asked:
        return []
    lock(ids=[one.id for one in concerned])
    moment = moment_at(now or timezone.now())
    judges = {one.id: one.judge(moment) for one in concerned}
    known_ids = {one.id for one in known}
    steps: list[Step] = []
    facts = facts_of(people=asked.keys(), needs=Needs.of_segments(concerned))
    for person, wanted in asked.items():
        mine = facts.get(person)
        inside = set(mine.segments) if mine is not None else set()
        changed: set[int] = set()
        for one in concerned if mine is not None else ():
            reason = wanted.get(one.id)
            if reason is None:
                if not (changed & one.builds_on):
                    continue
                reason = (Cause.SEGMENT, None)
            assert mine is not None
            holds = judges[one.id](mine)
            if holds == (one.id in inside):
                continue
            inside ^= {one.id}
            changed.add(one.id)
            mine = type(mine)(mine.profile, mine.events, mine.consents, frozenset(inside), mine.currency)
            steps.append(Step(one.id, person, holds, *reason))
    gone = [person for person in asked if person not in facts]
    if gone:
        rows = Membership.objects.filter(person_id__in=gone, segment_id__in=known_ids)
        cause = Cause.PROFILE
        steps += [Step(segment, person, False, cause) for segment, person in rows.values_list(*_KEY)]
    names = {one.id: one.name for one in known}
    # The facts, read under the lock, held what is stored.
    return write(steps=steps, names=names, now=moment.now, compared=True)


_KEY = ("segment_id", "person_id")


def _and_built_on(known: list[Live], first: Collection[int]) -> list[Live]:
    """The segments of these ids and those that build on them, at any distance; in order."""
    found = set(first)
    for one in known:
        if one.builds_on & found:
            found.add(one.id)
    return [one for one in known if one.id in found]


def lock(*, ids: Collection[int]) -> None:
    """Hold these segments until the transaction ends. On SQLite the transaction itself is the lock."""
    if connection.vendor == "postgresql":
        list(Segment.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def write(
    *, steps: list[Step], names: Mapping[int, str], now: datetime, by: int | None = None, record: bool = True,
    compared: bool = False,
) -> list[Step]:  # fmt: skip
    """Store changes, their log lines and (with `record`) their events; returns those that were changes.

    compared: the caller, who holds the lock, has looked at what is stored already.
    """
    done: list[Step] = list(steps) if compared else []
    for start in range(0, 0 if compared else len(steps), _ROWS):
        part = steps[start : start + _ROWS]
        there = _stored(part)
        real = {
            (one.segment, one.person): one
            for one in part
            if ((one.segment, one.person) in there) != one.joined
        }
        done += real.values()
    if not done:
        return []
    joined = [one for one in done if one.joined]
    insert(
        Membership,
        ("segment_id", "person_id", "since"),
        [(one.segment, one.person, now) for one in joined],
        ignore=True,
    )
    leaving: dict[int, list[int]] = defaultdict(list)
    for one in done:
        if not one.joined:
            leaving[one.segment].append(one.person)
    # Segments that the same people leave, which is all of them when one person has changed, in one statement.
    same: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for segment, people in leaving.items():
        same[tuple(sorted(people))].append(segment)
    for together, segments in same.items():
        _take_out(segments, together)
    insert(
        Change,
        ("segment_id", "person_id", "joined", "at", "cause", "event", "by_id"),
        [(one.segment, one.person, one.joined, now, str(one.cause), one.event, by) for one in done],
    )
    _resize(done)
    if record:
        _record(done, names, now)
    return done


def _resize(steps: list[Step]) -> None:
    """Keep the stored sizes in step."""
    sizes: dict[int, int] = defaultdict(int)
    for one in steps:
        sizes[one.segment] += 1 if one.joined else -1
    table = Segment._meta.db_table
    statement = f'UPDATE "{table}" SET "size" = "size" + %s WHERE "id" = %s AND "size" >= %s'  # noqa: S608
    changes = [(change, segment, -change) for segment, change in sorted(sizes.items()) if change]
    if changes:
        with connection.cursor() as cursor:
            cursor.executemany(statement, changes)


def _stored(steps: list[Step]) -> set[tuple[int, int]]:
    rows = Membership.objects.filter(
        segment_id__in={one.segment for one in steps}, person_id__in={one.person for one in steps}
    )
    return set(rows.values_list(*_KEY))


def _record(steps: list[Step], names: Mapping[int, str], now: datetime) -> None:
    whose = _own_identities({one.person for one in steps})
    record_many(
        [
            Entry(
                fact=(SegmentJoined if one.joined else SegmentLeft)(
                    segment=one.segment, name=names.get(one.segment, ""), cause=str(one.cause)
                ),
                at=now,
                identity=whose[one.person],
            )
            for one in steps
            if one.person in whose
        ]
    )


_OWN = Prepared(
    lambda ids: Link.objects.filter(person_id__in=ids, identity__kind=PERSON_IDENTITY).values_list(
        "person_id", "identity_id", "identity__value"
    )
)


def _own_identities(people: set[int]) -> dict[int, int]:
    """The identity of each person's record itself; a record merged away has none any more."""
    found: dict[int, int] = {}
    wanted = sorted(people)
    for start in range(0, len(wanted), _ROWS):
        for person, identity, value in _OWN.rows(wanted[start : start + _ROWS]):
            if value == str(person):
                found[person] = identity
    missing = people - found.keys()
    if missing:
        found |= identities_for(people=Person.objects.filter(pk__in=missing, merged_into=None))
    return found


# Everybody ------------------------------------------------------------------


def fill(*, segment: int, now: datetime | None = None) -> int:
    """Bring a segment into line with a rule that is new or was changed; returns how many joined or left.

    Nothing happened to these people, so the log says "rule changed" and the journal says nothing.
    """
    moment = moment_at(now or timezone.now())
    with transaction.atomic():
        lock(ids=[segment])
        found = Segment.objects.filter(pk=segment, kind=Segment.Kind.DYNAMIC, archived_at=None).first()
        if found is None:
            return 0
        rule, revision = queries.stored_rule(found.rule), found.revision
        wanted = np.flatnonzero(Everybody(moment=moment).who(rule))
        there = numbers(Membership.objects.filter(segment_id=segment).values_list("person_id"))
        joined = np.setdiff1d(wanted, there, assume_unique=True).tolist()
        left = np.setdiff1d(there, wanted, assume_unique=True).tolist()
        _write_filled(segment, joined, left, moment.now)
        Segment.objects.filter(pk=segment).update(
            filled=revision, due_at=due_of(Live(segment, found.name, revision, rule), moment),
            size=len(wanted),
        )  # fmt: skip
    return len(joined) + len(left)


def _write_filled(segment: int, joined: list[int], left: list[int], now: datetime) -> None:
    """Store who joined and left because of the rule, and the lines of the log. The caller holds the lock."""
    insert_for(Membership, "person_id", joined, {"segment_id": segment, "since": now}, ignore=True)
    _take_out([segment], left)
    for people, inside in ((joined, True), (left, False)):
        line = {
            "segment_id": segment, "joined": inside, "at": now, "cause": str(Cause.RULE), "event": None,
            "by_id": None,
        }  # fmt: skip
        insert_for(Change, "person_id", people, line)


def _take_out(segments: Sequence[int], people: Sequence[int]) -> None:
    """Each of these people out of each of these segments."""
    for start in range(0, len(people), _ROWS):
        part = people[start : start + _ROWS]
        those, who = (", ".join(["%s"] * len(ids)) for ids in (segments, part))
        statement = f'DELETE FROM "{Membership._meta.db_table}" WHERE "segment_id" IN ({those}) AND "person_id" IN ({who})'  # noqa: S608, E501
        with connection.cursor() as cursor:
            cursor.execute(statement, [*segments, *part])


def due_of(segment: Live, moment: Moment) -> datetime | None:
    """When time alone can next change who is in: the next day of the company, or when a consent ends."""
    found: list[datetime] = [moment.tomorrow] if segment.rule.changes_by_day() else []
    for purpose, channel in segment.rule.consents():
        rows = ConsentRecord.objects.filter(purpose__key=purpose, channel=channel)
        later = rows.filter(at__gt=moment.now).aggregate(first=Min("at"))["first"]
        ends = rows.filter(expires_at__gt=moment.now).aggregate(first=Min("expires_at"))["first"]
        found += [one for one in (later, ends) if one is not None]
    return min(found, default=None)


def look_at_everybody(
    *, segments: list[Live], cause: Cause, now: datetime, everybody: Everybody | None = None
) -> int:
    """Compare all memberships of these segments with the rules and put them right; returns how many.

    Segments must be in order. Those that build on a changed one follow.
    """
    seen = everybody or Everybody(moment=moment_at(now))
    seen.learn(one.rule for one in segments)
    known = queries.live()
    changed = 0
    for one in segments:
        differing = seen.who(one.rule) ^ seen.members(one.id)
        people = differing.nonzero()[0].tolist()
        people += _merged_members(one.id)
        for start in range(0, len(people), PEOPLE):
            asked = {person: {one.id: (cause, None)} for person in people[start : start + PEOPLE]}
            with transaction.atomic():
                changed += len(update_people(asked=asked, segments=known, now=now))
    return changed


def _merged_members(segment: int) -> list[int]:
    """Members who were merged into somebody: nobody is in a segment by two records."""
    merged = Person.objects.filter(pk=OuterRef("person_id"), merged_into__isnull=False)
    rows = Membership.objects.filter(Exists(merged), segment_id=segment)
    return list(rows.values_list("person_id", flat=True))
