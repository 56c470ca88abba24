"""Bringing stored memberships into line with what the rules say about some people, or about everybody.

Whoever writes locks the segments first and reads the facts afterwards, so that two workers never decide on
different facts. What everybody's columns say is used to find candidates; each is judged again by the plain
evaluation under the lock before anything is written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, F, Min, OuterRef
from django.utils import timezone

from trichter.core.consent.models import ConsentRecord
from trichter.core.events import SegmentJoined, SegmentLeft
from trichter.core.journal.actions import Entry, record_many
from trichter.core.journal.bulk import insert
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Link, Person
from trichter.core.people.queries import PERSON_IDENTITY

from . import queries
from .columns import Everybody
from .facts import PEOPLE, Needs, facts_of, moment_at
from .models import Cause, Change, Membership, Segment
from .queries import Live
from .rules.fields import Moment
from .rules.judging import judge

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
    judges = {one.id: judge(one.rule, moment) for one in concerned}
    known_ids = {one.id for one in known}
    steps: list[Step] = []
    facts = facts_of(people=asked.keys(), needs=Needs.of(one.rule for one in concerned))
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
    return write(steps=steps, names=names, now=moment.now)


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
    for segment, people in leaving.items():
        for start in range(0, len(people), _ROWS):
            part_ = people[start : start + _ROWS]
            Membership.objects.filter(segment_id=segment, person_id__in=part_)._raw_delete("default")
    insert(
        Change,
        ("segment_id", "person_id", "joined", "at", "cause", "event", "by_id"),
        [(one.segment, one.person, one.joined, now, str(one.cause), one.event, by) for one in done],
    )
    sizes: dict[int, int] = defaultdict(int)
    for one in done:
        sizes[one.segment] += 1 if one.joined else -1
    for segment, change in sizes.items():
        if change:
            Segment.objects.filter(pk=segment, size__gte=-change).update(size=F("size") + change)
    if record and done:
        _record(done, names, now)
    return done


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


def _own_identities(people: set[int]) -> dict[int, int]:
    """The identity of each person's record itself; a record merged away has none any more."""
    found: dict[int, int] = {}
    wanted = sorted(people)
    for start in range(0, len(wanted), _ROWS):
        rows = Link.objects.filter(
            person_id__in=wanted[start : start + _ROWS], identity__kind=PERSON_IDENTITY
        ).values_list("person_id", "identity_id", "identity__value")
        for person, identity, value in rows:
            if value == str(person):
                found[person] = identity
    missing = people - found.keys()
    for person in Person.objects.filter(pk__in=missing, merged_into=None):
        found[person.pk] = identity_for(person=person)
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
        wanted = set(Everybody(moment=moment).ids(rule))
        there = set(queries.member_ids(segment=segment))
        steps = [Step(segment, person, True, Cause.RULE) for person in sorted(wanted - there)]
        steps += [Step(segment, person, False, Cause.RULE) for person in sorted(there - wanted)]
        done = write(steps=steps, names={segment: found.name}, now=moment.now, record=False, compared=True)
        Segment.objects.filter(pk=segment).update(
            filled=revision, due_at=due_of(Live(segment, found.name, revision, rule), moment),
            size=len(wanted),
        )  # fmt: skip
    return len(done)


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
