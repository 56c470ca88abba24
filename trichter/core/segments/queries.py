"""Reads: segments, members, the log. Other features ask here who is in a segment.

is_member(segment=3, person=person)            # one person
member_ids(segment=3)                          # for senders, exports and audiences
segments_of(person=person)                     # all of one person
members(segment=segment, user=user)            # only whom this user may see
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, cast

from django.db.models import Count, Max, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from trichter.core.accounts.models import User
from trichter.core.accounts.visibility import visible_people
from trichter.core.events.conditions import Malformed
from trichter.core.people.models import Person
from trichter.core.shell.prepared import Prepared

from .models import Change, Check, DayCount, Membership, Segment
from .rules.fields import Moment
from .rules.judging import Facts, judge
from .rules.model import NOBODY_AT_ALL, Group
from .rules.reading import read_rule

CHUNK = 2_000


@dataclass(frozen=True)
class Live:
    """A dynamic segment that is kept up to date, with its rule. Equal as long as the rule is the same one."""

    id: int
    name: str
    revision: int
    rule: Group

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Kinds of events that can change it."""
        return self.rule.kinds()

    @cached_property
    def builds_on(self) -> frozenset[int]:
        """Segments whose change can change it."""
        return self.rule.segments()

    @cached_property
    def fields(self) -> frozenset[str]:
        """Fields of profile and company that can change it."""
        return self.rule.fields()

    @cached_property
    def consents(self) -> frozenset[tuple[str, str]]:
        """Purposes and channels whose consent can change it."""
        return self.rule.consents()

    def judge(self, moment: Moment) -> Callable[[Facts], bool]:
        """The rule as a function; kept for the day, unless it asks for a consent, which may end any time."""
        if self.consents:
            return judge(self.rule, moment)
        day, known = self.__dict__.get("_judge", (None, None))
        if known is None or day != moment[1:]:
            known = judge(self.rule, moment)
            self.__dict__["_judge"] = moment[1:], known
        return cast("Callable[[Facts], bool]", known)


def segments(*, archived: bool = False) -> QuerySet[Segment]:
    """Those in use, or those put away."""
    return Segment.objects.filter(archived_at__isnull=not archived)


def segment_of(pk: int) -> Segment | None:
    """The segment of this number, in use or put away."""
    return Segment.objects.filter(pk=pk).first()


def stored_rule(data: object) -> Group:
    """A stored rule; one that another release would no longer accept applies to nobody."""
    try:
        return read_rule(data)
    except Malformed:
        return NOBODY_AT_ALL


@lru_cache(maxsize=2_000)
def _rule_of(text: str) -> Group:
    """Read once: the follower asks for all rules with every batch."""
    return stored_rule(json.loads(text))


def live(*, only: Collection[int] | None = None) -> list[Live]:
    """Dynamic segments in use, each after those its rule builds on."""
    found = _remembered()
    return found if only is None else [one for one in found if one.id in only]


_known: dict[tuple[Any, ...], list[Live]] = {}
_STAMP = Prepared(
    lambda _none: (
        Segment.objects.filter(kind=Segment.Kind.DYNAMIC, archived_at=None)
        .order_by()
        .values("kind")
        .annotate(count=Count("pk"), ids=Sum("pk"), last=Max("updated_at"))
        .values_list("count", "ids", "last")
    )
)


def _remembered() -> list[Live]:
    """Read anew when one was made, changed or put away: the follower asks with every event."""
    key = next(_STAMP.rows(), ())
    if key not in _known:
        rows = Segment.objects.filter(kind=Segment.Kind.DYNAMIC, archived_at=None).order_by("pk")
        found = _read(rows)
        _known.clear()
        _known[key] = found
    return _known[key]


def _read(rows: QuerySet[Segment]) -> list[Live]:
    rows = rows.annotate(text=Cast("rule", TextField()))
    found = {
        pk: Live(pk, name, revision, _rule_of(text))
        for pk, name, revision, text in rows.values_list("pk", "name", "revision", "text")
    }
    ordered = in_order({pk: one.rule.segments() for pk, one in found.items()})
    return [found[pk] for pk in ordered]


def in_order(builds_on: Mapping[int, Collection[int]]) -> list[int]:
    """The keys, each after those it builds on; a circle is cut somewhere."""
    done: dict[int, None] = {}
    seen: set[int] = set()

    def visit(pk: int) -> None:
        if pk in seen or pk not in builds_on:
            return
        seen.add(pk)
        for other in sorted(builds_on[pk]):
            visit(other)
        done[pk] = None

    for pk in sorted(builds_on):
        visit(pk)
    return list(done)


def used_by(segment: Segment) -> list[Segment]:
    """Segments in use whose rule builds on this one."""
    rows = Segment.objects.filter(kind=Segment.Kind.DYNAMIC, archived_at=None).order_by("name")
    return [row for row in rows if segment.pk in stored_rule(row.rule).segments()]


def is_member(*, segment: int, person: Person) -> bool:
    """Whether the person is in the segment now."""
    return Membership.objects.filter(segment_id=segment, person=person).exists()


def member_ids(*, segment: int) -> QuerySet[Any]:
    """Ids of everybody in the segment, as a query to be read or used in another."""
    return Membership.objects.filter(segment_id=segment).order_by().values_list("person_id", flat=True)


def members(*, segment: Segment, user: User) -> QuerySet[Membership]:
    """Memberships of people whom the user may see."""
    rows = Membership.objects.filter(visible_people(user=user, path="person__"), segment=segment)
    rows = rows.filter(person__merged_into=None)
    return rows.select_related("person", "person__company", "person__owner")


def segments_of(*, person: Person) -> QuerySet[Membership]:
    """The memberships of a person, in segments that are in use."""
    rows = Membership.objects.filter(person=person, segment__archived_at=None)
    return rows.select_related("segment").order_by("segment__name")


def changes(*, segment: Segment, user: User) -> QuerySet[Change]:
    """The log, newest first; only people whom the user may see."""
    rows = Change.objects.filter(visible_people(user=user, path="person__"), segment=segment)
    return rows.select_related("person", "by").order_by("-at", "-id")


def visible(*, ids: Iterable[int], user: User, limit: int) -> list[Person]:
    """The first of these people whom the user may see."""
    found: list[Person] = []
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        rows: Any = Person.objects.filter(
            visible_people(user=user), Q(pk__in=wanted[start : start + CHUNK]), merged_into=None
        )
        found += list(rows.select_related("company").order_by("pk")[: limit - len(found)])
        if len(found) >= limit:
            break
    return found


def trends(*, ids: Iterable[int], today: date, days: int = 30) -> dict[int, list[int]]:
    """By segment its sizes of the last days, oldest first."""
    rows = DayCount.objects.filter(segment_id__in=list(ids), day__gt=today - timedelta(days=days))
    found: dict[int, list[int]] = {}
    for segment, size in rows.order_by("segment_id", "day").values_list("segment_id", "size"):
        found.setdefault(segment, []).append(size)
    return found


def last_check() -> Check | None:
    """The newest nightly check."""
    return Check.objects.order_by("-at", "-id").first()
