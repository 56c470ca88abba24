"""What measures count with: the rows of a scope from the engine, and their days."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.accounts.visibility import visible_people
from trichter.core.events.conditions import Condition, EventMatch
from trichter.core.people.models import Person
from trichter.kit.clock import Period, day_start
from trichter.measure.engine import questions
from trichter.measure.engine.behaviour import Selected
from trichter.measure.funnels.occurrences import micros

I64 = NDArray[np.int64]


class Spans(NamedTuple):
    """Each actor once, ascending, with the first and the last time, microseconds since 1970."""

    actor: I64
    first: I64
    last: I64


class Counting:
    """The journal as it stood when a page was asked for, as one user may see it."""

    def __init__(self, user: User | None) -> None:
        self._user = user
        self._known: dict[tuple[object, ...], Selected] = {}
        self._spans: dict[tuple[object, ...], Spans] = {}

    @cached_property
    def asked(self) -> questions.Asked:
        """The journal; read once, so that all numbers of a page belong together."""
        if self._user is None or sees_everything(user=self._user):
            return questions.asked(nobody=True)
        seen = Person.objects.filter(visible_people(user=self._user)).values_list("id", flat=True)
        return questions.asked(people=set(seen), nobody=True)

    def select(self, matches: Sequence[EventMatch], *, edges: I64) -> Selected:
        """The rows of the period between the first and last edge that fulfil one of the matches."""
        key = (*map(repr, matches), int(edges[0]), int(edges[-1]))
        if key not in self._known:
            self._known[key] = self.asked.select(matches, low=int(edges[0]), high=int(edges[-1]))
        return self._known[key]

    def spans(self, match: EventMatch, *, edges: I64) -> Spans:
        """Who fulfilled the match in that period, and when first and last."""
        key = (repr(match), int(edges[0]), int(edges[-1]))
        if key not in self._spans:
            rows = self.select([match], edges=edges).rows
            self._spans[key] = spans_of(rows.actor, rows.at)
        return self._spans[key]


def edges_of(period: Period, zone: ZoneInfo) -> I64:
    """Where the company's days of a period begin, and where its last one ends; microseconds since 1970."""
    days = [*period.each_day(), period.last_day + timedelta(days=1)]
    return np.array([micros(day_start(day, zone)) for day in days], np.int64)


def entered(stage: str) -> EventMatch:
    """Entries into a stage, moves back left out."""
    return EventMatch(
        "lifecycle.entered", (Condition("data.stage", "is", stage), Condition("data.backward", "is", False))
    )


def by_day(at: I64, *, edges: I64, first: date, weights: I64 | None = None) -> dict[date, int]:
    """Sums per day; days without any are missing."""
    places = np.searchsorted(edges, at, side="right") - 1
    if weights is None:
        sums = np.bincount(places, minlength=1)
        return {first + timedelta(days=int(day)): int(sums[day]) for day in np.flatnonzero(sums)}
    found: dict[date, int] = {}
    total = np.zeros(len(edges), np.int64)
    np.add.at(total, places, weights)
    for day in np.unique(places).tolist():
        found[first + timedelta(days=day)] = int(total[day])
    return found


def latest(at: I64, *keys: I64) -> I64:
    """The last time of each different combination of keys."""
    order, starts = _grouped(*keys)
    found: I64 = np.maximum.reduceat(at[order], starts) if len(at) else at
    return found


def spans_of(actor: I64, at: I64) -> Spans:
    """When each actor came first and last."""
    if not len(at):
        return Spans(actor, at, at)
    order, starts = _grouped(actor)
    ordered = at[order]
    return Spans(
        actor[order][starts], np.minimum.reduceat(ordered, starts), np.maximum.reduceat(ordered, starts)
    )


def _grouped(*keys: I64) -> tuple[I64, I64]:
    """An order in which equal combinations of keys lie together, and where each of them begins in it."""
    # Not sorted by time as well: rows come almost in the order of their actors, and a maximum is cheaper.
    order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys)
    begins = np.zeros(len(order), bool)
    begins[:1] = True
    for key in keys:
        ordered = key[order]
        begins[1:] |= ordered[1:] != ordered[:-1]
    return order, np.flatnonzero(begins)
