"""Segments whose way from visitor to lead got worse, beyond chance."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from trichter.core.events.conditions import Condition
from trichter.kit.clock import day_start
from trichter.kit.stats import compare
from trichter.measure.engine.columns import Rows
from trichter.measure.funnels.occurrences import micros

from .counting import entered
from .scope import Scope

BOOL = NDArray[np.bool_]
RECENT, REFERENCE = timedelta(days=28), timedelta(days=84)
_LEAST, _ALPHA = 100, 0.01
_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Visitors who came in a span of days, and those of them who became leads within a week."""

    visitors: int
    leads: int

    @property
    def rate(self) -> float:
        """Share of leads; 0 without visitors."""
        return self.leads / self.visitors if self.visitors else 0.0


@dataclass(frozen=True, kw_only=True)
class Drop:
    """A segment (source, medium, device) that converts worse than before."""

    source: str
    medium: str
    device: str
    before: Part
    after: Part
    p_adjusted: float
    tests: int

    @property
    def label(self) -> str:
        """The segment in one line."""
        return " · ".join(part for part in (self.source or "direct", self.medium, self.device) if part)


def conversion_drops(*, scope: Scope) -> list[Drop]:
    """Compare the last 28 days with the 84 days before, per source, medium and device.

    Two-sided two-proportion z test, Benjamini–Hochberg at 1 % over all segments with at least 100 visitors
    in either span; only deteriorations are returned, the one that costs most leads first. A lead counts
    when it came within seven days of the visit; visitors whose seven days are not over yet are left out, so
    that both spans are watched equally long.
    """
    end = day_start(scope.period.last_day, scope.zone) + timedelta(days=1) - _WEEK
    middle, start = end - RECENT, end - RECENT - REFERENCE
    edges = np.array([micros(start), micros(middle), micros(end), micros(end + _WEEK)], np.int64)
    visitor, lead = (entered(stage) for stage in ("visitor", "lead"))
    visitor = replace(visitor, where=(*visitor.where, Condition("data.implied", "is", False)))
    found = scope.counting.select([visitor, lead], edges=edges)
    visits, leads = found.of(0), found.of(1)
    leads = leads.take(leads.actor > 0)
    book, week = scope.counting.asked.book, _WEEK // timedelta(microseconds=1)
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    visits = visits.take(visits.at < edges[2])
    recent, led = visits.at >= edges[1], _led(visits, leads, week)
    places = len(book.place)
    codes, found_at = np.unique(visits.touch.astype(np.int64) * places + visits.place, return_inverse=True)
    for column, chosen in enumerate((~recent, ~recent & led, recent, recent & led)):
        sums = np.bincount(found_at[chosen], minlength=len(codes)).tolist()
        for code, n in zip(codes.tolist(), sums, strict=True):
            touch, place = divmod(code, places)
            counts[*book.touch.values[touch][:2], book.place.values[place][1]][column] += n
    tested = [(key, cell) for key, cell in counts.items() if cell[0] >= _LEAST and cell[2] >= _LEAST]
    p_values = [
        rates.p for _key, cell in tested if (rates := compare(cell[1], cell[0], cell[3], cell[2])) is not None
    ]
    drops = [
        Drop(
            source=key[0], medium=key[1], device=key[2], p_adjusted=adjusted, tests=len(tested),
            before=Part(visitors=cell[0], leads=cell[1]), after=Part(visitors=cell[2], leads=cell[3]),
        )
        for (key, cell), adjusted in zip(tested, _benjamini_hochberg(p_values), strict=True)
        if adjusted < _ALPHA and cell[3] / cell[2] < cell[1] / cell[0]
    ]  # fmt: skip
    return sorted(drops, key=lambda drop: -(drop.before.rate - drop.after.rate) * drop.after.visitors)


def _led(visits: Rows, leads: Rows, within: int) -> BOOL:
    """Which of these visitors became leads at that moment or within so many microseconds after it."""
    found = np.zeros(len(visits.at), np.bool_)
    known = np.flatnonzero(np.isin(visits.actor, leads.actor))
    actor = np.concatenate([visits.actor[known], leads.actor])
    at = np.concatenate([visits.at[known], leads.at])
    lead = np.arange(len(actor)) >= len(known)
    order = np.lexsort((lead, at, actor))  # of the same moment a visit stands before a lead
    places = np.arange(len(order))
    later = np.minimum.accumulate(np.where(lead[order], places, len(order))[::-1])[::-1]
    asked = np.flatnonzero(~lead[order] & (later < len(order)))
    visit, after = order[asked], order[later[asked]]
    found[known[visit]] = (actor[after] == actor[visit]) & (at[after] - at[visit] <= within)
    return found


def _benjamini_hochberg(p_values: list[float]) -> list[float]:
    """Adjusted p-values that control the false discovery rate (Benjamini and Hochberg 1995), in order."""
    count = len(p_values)
    adjusted, smallest = [1.0] * count, 1.0
    for rank, index in sorted(
        enumerate(sorted(range(count), key=p_values.__getitem__), start=1), reverse=True
    ):
        smallest = min(smallest, p_values[index] * count / rank)
        adjusted[index] = smallest
    return adjusted
