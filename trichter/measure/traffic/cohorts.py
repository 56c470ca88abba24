"""Who came back: cohorts by week or month, and the actors behind each cell."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from trichter.core.accounts.models import User
from trichter.core.events.conditions import EventMatch
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import Period, month_start, week_start
from trichter.measure.engine import questions
from trichter.measure.engine.columns import I64
from trichter.measure.funnels.analysis.rates import Rate, rate
from trichter.measure.funnels.occurrences import micros

from .queries import visible

MOST = 16  # spans in a table


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """`size` actors whose first time in the table lies in `span`; back[n]: n spans later, None: not yet."""

    span: Period
    size: int
    back: tuple[Rate | None, ...]


def spans_of(period: Period, *, by: str) -> list[Period]:
    """Whole weeks or months that the period touches, at most the last `MOST`. by: week or month."""
    first = week_start(period.first_day) if by == "week" else month_start(period.first_day)
    found: list[Period] = []
    while first <= period.last_day:
        after = first + timedelta(days=7) if by == "week" else month_start(first, months=1)
        found.append(Period(first, after - timedelta(days=1)))
        first = after
    return found[-MOST:]


def cohorts(
    *, spans: list[Period], first: EventMatch, back: EventMatch, user: User | None, today: date
) -> list[Cohort]:
    """The table. A span that has not begun yet is no cell; one that is running is (its figure may rise)."""
    asked = questions.asked(people=visible(user))
    found = asked.retention(first, back, edges=_edges(spans))
    sizes, matrix = found.sizes.tolist(), found.back.tolist()
    return [
        Cohort(
            span=span,
            size=sizes[number],
            back=tuple(
                rate(matrix[number][later], sizes[number])
                if spans[number + later].first_day <= today
                else None
                for later in range(len(spans) - number)
            ),
        )
        for number, span in enumerate(spans)
    ]


def members(
    *,
    spans: list[Period],
    first: EventMatch,
    back: EventMatch,
    user: User | None,
    cohort: int,
    later: int | None,
) -> list[int]:
    """The actors of a cohort (by its number); later: only those back so many spans later."""  # fmt: skip
    asked = questions.asked(people=visible(user))
    return asked.members(first, back, edges=_edges(spans), cohort=cohort, later=later)


def _edges(spans: list[Period]) -> I64:
    zone = company_zone()
    starts = [micros(span.bounds(zone)[0]) for span in spans]
    return np.array([*starts, micros(spans[-1].bounds(zone)[1])], np.int64)
