"""Making, changing and putting away segments; putting people in and taking them out by hand."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Greatest
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.events.conditions import Malformed
from trichter.core.jobs.actions import enqueue
from trichter.core.people.models import Person

from . import queries
from .errors import Circular, InUse, NotByHand
from .jobs import FILL_JOB
from .models import Cause, Membership, Segment
from .rules.model import Group
from .rules.reading import existing_kinds, problem, read_rule
from .updating import Step, fill, lock, write

# With so many people a rule is looked at in the request; with more a job does it.
AT_ONCE = 20_000


def checked_rule(*, data: object, segment: Segment | None = None) -> Group:
    """The rule in JSON `data`, sound and not circular. Raises Malformed or Circular."""
    there = set(queries.segments().values_list("pk", flat=True))
    rule = read_rule(data, kinds=existing_kinds(), segments=there)
    if not rule.parts:
        raise Malformed([problem("value_needed", "")])
    if segment is not None and segment.pk:
        builds_on = {one.id: one.rule.segments() for one in queries.live()} | {segment.pk: rule.segments()}
        reached, todo = set[int](), list(rule.segments())
        while todo:
            one = todo.pop()
            if one == segment.pk:
                raise Circular
            if one not in reached:
                reached.add(one)
                todo += builds_on.get(one, ())
    return rule


@transaction.atomic
def create_segment(
    *, name: str, kind: str = Segment.Kind.DYNAMIC, rule: object = None, description: str = "",
    owner: User | None = None, people: Iterable[int] = (), origin: str = "",
) -> Segment:  # fmt: skip
    """A new segment: by `rule` (JSON), which is looked at right away, or by hand with these people.

    Raises Malformed or Circular for the rule.
    """
    dynamic = kind == Segment.Kind.DYNAMIC
    segment = Segment.objects.create(
        name=name[:120], kind=kind, description=description, owner=owner, origin=origin[:300],
        rule=checked_rule(data=rule).to_json() if dynamic else {},
    )  # fmt: skip
    if dynamic:
        _look(segment)
    else:
        add_people(segment=segment, people=people, by=owner)
    segment.refresh_from_db()
    return segment


@transaction.atomic
def change_segment(
    *, segment: Segment, name: str, description: str = "", rule: object = None
) -> Segment:  # fmt: skip
    """Another name, description or rule. Raises Malformed or Circular for the rule."""
    lock(ids=[segment.pk])
    segment.name, segment.description = name[:120], description
    fields = ["name", "description", "updated_at"]
    if segment.dynamic and rule is not None:
        # Circles are looked for while all rules are held, so that two changes at once cannot make one.
        lock(ids=[one.id for one in queries.live()])
        plain = checked_rule(data=rule, segment=segment).to_json()
        if plain != segment.rule:
            segment.rule, segment.revision = plain, segment.revision + 1
            fields += ["rule", "revision"]
    segment.save(update_fields=fields)
    if "rule" in fields:
        _look(segment)
    segment.refresh_from_db()
    return segment


def _look(segment: Segment) -> None:
    if Person.objects.order_by()[: AT_ONCE + 1].count() <= AT_ONCE and not queries.used_by(segment):
        fill(segment=segment.pk)
    else:
        enqueue(name=FILL_JOB, payload={"segment": segment.pk})


def copy_segment(*, segment: Segment, name: str, owner: User | None) -> Segment:
    """Another one with the same rule or the same people."""
    return create_segment(
        name=name, kind=segment.kind, rule=segment.rule or None, description=segment.description,
        owner=owner, origin=segment.origin,
        people=[] if segment.dynamic else list(queries.member_ids(segment=segment.pk)),
    )  # fmt: skip


@transaction.atomic
def archive_segment(*, segment: Segment) -> None:
    """Put away: nobody joins or leaves any more. Raises InUse while another segment builds on it."""
    lock(ids=[segment.pk])
    if queries.used_by(segment):
        raise InUse
    Segment.objects.filter(pk=segment.pk).update(
        archived_at=timezone.now(), updated_at=timezone.now(), due_at=None
    )


@transaction.atomic
def restore_segment(*, segment: Segment) -> None:
    """Take it out again; everybody is looked at anew."""
    Segment.objects.filter(pk=segment.pk).update(archived_at=None, updated_at=timezone.now(), filled=0)
    segment.refresh_from_db()
    if segment.dynamic:
        _look(segment)


def add_people(*, segment: Segment, people: Iterable[int], by: User | None = None) -> int:
    """Put people in by hand; returns how many were not in it. Raises NotByHand."""
    known = Person.objects.filter(merged_into=None)
    return _by_hand(segment, list(people), True, by, known)


def remove_people(*, segment: Segment, people: Iterable[int], by: User | None = None) -> int:
    """Take people out by hand; returns how many were in it. Raises NotByHand."""
    return _by_hand(segment, list(people), False, by, Person.objects.all())


@transaction.atomic
def _by_hand(segment: Segment, people: Collection[int], joined: bool, by: User | None, known: Any) -> int:
    if segment.dynamic:
        raise NotByHand
    lock(ids=[segment.pk])
    wanted = list(dict.fromkeys(people))
    there: list[int] = []
    for start in range(0, len(wanted), queries.CHUNK):
        part = wanted[start : start + queries.CHUNK]
        there += known.filter(pk__in=part).order_by("pk").values_list("pk", flat=True)
    steps = [Step(segment.pk, pk, joined, Cause.HAND) for pk in there]
    done = write(steps=steps, names={segment.pk: segment.name}, now=timezone.now(), by=by.pk if by else None)
    _pass_on(segment=segment, people=[one.person for one in done])
    return len(done)


def _pass_on(*, segment: Segment, people: list[int]) -> None:
    """Segments that build on this one look at these people again."""
    from .updating import update_people

    segments = queries.live()
    built = {one.id: (Cause.SEGMENT, None) for one in segments if segment.pk in one.rule.segments()}
    if built and people:
        update_people(asked=dict.fromkeys(people, built), segments=segments)


@transaction.atomic
def forget_derived(*, people: Collection[int]) -> None:
    """Take people who are about to be deleted out of the segments that rules put them in; sizes follow.

    Without a line in log or journal: afterwards they have never been there.
    """
    rows = Membership.objects.filter(person_id__in=people, segment__kind=Segment.Kind.DYNAMIC)
    lock(ids=sorted(set(rows.values_list("segment_id", flat=True))))
    counts = rows.order_by().values_list("segment_id").annotate(n=Count("pk"))
    for segment, n in list(counts):
        Segment.objects.filter(pk=segment).update(size=Greatest(F("size") - n, 0))
    rows.delete()
