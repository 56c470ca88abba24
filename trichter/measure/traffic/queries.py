"""Reads: the visits a question is about, the goals that count, the notes of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.accounts.visibility import visible_people
from trichter.core.events.conditions import EventMatch, Malformed
from trichter.core.journal.models import Event
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_zone, installation
from trichter.kit.clock import Period, parse_local
from trichter.measure.funnels.occurrences import micros

from .dimensions import filtered
from .models import Annotation, Goal, Report
from .question import Question
from .visits import MAX_GOALS, Traffic, load


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A goal that counts. Bit number `i` of a visit's goals belongs to the i-th of them."""

    goal: Goal
    match: EventMatch


def bounds(period: Period, *, until: time | None = None) -> tuple[int, int]:
    """[low, high) of a period's days in microseconds, in the company's zone; until: end of the last day."""
    zone = company_zone()
    start, end = period.bounds(zone)
    if until is not None:
        end = min(end, parse_local(period.last_day, until, zone))
    return micros(start), max(micros(start), micros(end))


def visible(user: User | None) -> set[int] | None:
    """The people this user may see; None: everybody."""
    if user is None or sees_everything(user=user):
        return None
    return set(Person.objects.filter(visible_people(user=user)).values_list("id", flat=True))


def counted(*, only: int | None = None) -> list[Counted]:
    """The active goals with a sound definition, the oldest first, at most `MAX_GOALS`; `only`: that one."""
    rows = Goal.objects.filter(active=True) if only is None else Goal.objects.filter(pk=only)
    found = []
    for goal in rows.order_by("pk"):
        try:
            found.append(Counted(goal=goal, match=EventMatch.from_json(goal.match)))
        except Malformed:
            continue
    return found[:MAX_GOALS]


def traffic_of(
    *,
    question: Question,
    goals: Sequence[Counted],
    user: User | None,
    period: Period | None = None,
    until: time | None = None,
) -> Traffic:
    """The visits of the question's period, or of another one (until a time on its last day), that pass its
    filters.
    """
    low, high = bounds(period or question.period, until=until)
    found = load(
        low=low,
        high=high,
        people=visible(user),
        goals=[one.match for one in goals],
        currency=installation().currency,
    )
    return filtered(found, question.filters)


def known_since() -> datetime | None:
    """When the first page was viewed; None when there is no page view yet."""
    return Event.objects.filter(kind="page.viewed").order_by("at").values_list("at", flat=True).first()


def comparable(period: Period) -> bool:
    """Whether the journal covers the period: a site opened last month has not grown by 11,000 %."""
    since = known_since()
    return since is not None and since <= period.bounds(company_zone())[0] + timedelta(days=1)


def notes_of(period: Period) -> list[Annotation]:
    """The notes on the period's days, in order."""
    rows = Annotation.objects.filter(day__gte=period.first_day, day__lte=period.last_day)
    return list(rows.select_related("author").order_by("day", "pk"))


def reports_open_to(user: User) -> QuerySet[Report]:
    """The user's own reports, those sent to him, and the shared ones."""
    rows = Report.objects.filter(owner=user) | Report.objects.filter(shared=True)
    return (rows | Report.objects.filter(recipients=user)).distinct()
