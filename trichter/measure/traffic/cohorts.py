"""Who came back: cohorts by week or month, and the actors behind each cell."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from trichter.core.accounts.models import User
from trichter.core.events.conditions import EventMatch
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import Period, month_start, week_start
from trichter.measure.engine import behaviour, questions
from trichter.measure.engine.asking import marks
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
    found = behaviour.retention(
        asked.layers, tables=asked.tables, first=first, back=back, edges=_edges(spans)
    )
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
    asked, edges = questions.asked(people=visible(user)), _edges(spans)
    found: list[int] = []
    for layer in asked.layers:
        columns = layer.columns
        program = asked.tables.program([first, back])
        sure = program.by_kind()
        mask = marks(columns, program).astype(np.int64) if sure is None else sure[columns.rows.kind]
        at = columns.rows.at
        owner = np.repeat(np.arange(len(columns.actors)), np.diff(columns.starts))
        inside = (at >= edges[0]) & (at < edges[-1]) & (layer.skip[owner] == 0)
        begun = np.flatnonzero(inside & (mask & 1 == 1))
        actors, place = np.unique(owner[begun], return_index=True)
        entry = begun[place]  # the first row of each actor that begins
        span = np.searchsorted(edges, at[entry], side="right") - 1
        chosen = span == cohort
        actors, entry = actors[chosen], entry[chosen]
        if later is not None:
            begin = np.full(len(columns.actors), np.iinfo(np.int64).max, np.int64)
            begin[actors] = entry
            again = np.flatnonzero(inside & (mask & 2 == 2))
            again = again[again > begin[owner[again]]]
            when = np.searchsorted(edges, at[again], side="right") - 1
            actors = np.unique(owner[again[when == cohort + later]])
        found += columns.actors[actors].tolist()
    return found


def _edges(spans: list[Period]) -> I64:
    zone = company_zone()
    starts = [micros(span.bounds(zone)[0]) for span in spans]
    return np.array([*starts, micros(spans[-1].bounds(zone)[1])], np.int64)
