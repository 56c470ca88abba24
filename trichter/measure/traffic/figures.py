"""What visits add up to: once for all, or for each of several groups."""

from dataclasses import dataclass

import numpy as np

from trichter.measure.engine.columns import I64
from trichter.measure.funnels.analysis.rates import Rate, rate

from .visits import Traffic


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of some visits.

    visitors: different people and unknown visitors. bounces: visits with exactly one page view. engaged: two
    page views or more, a goal or 10 s. converted: visits with a goal. seconds: median time of a visit, None
    without visits. measured: visits whose time the tracker measured. amount: minor units.
    """

    visitors: int = 0
    visits: int = 0
    views: int = 0
    bounces: int = 0
    engaged: int = 0
    converted: int = 0
    seconds: float | None = None
    measured: int = 0
    amount: int = 0

    @property
    def bounce(self) -> Rate:
        """Bounces among the visits."""
        return rate(self.bounces, self.visits)

    @property
    def engagement(self) -> Rate:
        """Engaged visits among the visits."""
        return rate(self.engaged, self.visits)

    @property
    def conversion(self) -> Rate:
        """Visits with a goal among the visits."""
        return rate(self.converted, self.visits)

    @property
    def per_visit(self) -> float | None:
        """Page views per visit."""
        return self.views / self.visits if self.visits else None


def figures(traffic: Traffic) -> Figures:
    """Of all these visits."""
    return grouped(traffic, group=np.zeros(len(traffic), np.int64), groups=1)[0]


def grouped(traffic: Traffic, *, group: I64, groups: int) -> list[Figures]:
    """Of each group 0 … groups - 1; `group` says for each visit its group."""

    def sums(weights: I64) -> list[int]:
        # Floats, but whole numbers below 2^53, so nothing is rounded.
        return [round(one) for one in np.bincount(group, weights=weights, minlength=groups).tolist()]

    columns = {
        "visitors": distinct(traffic.actor, group=group, groups=groups),
        "visits": np.bincount(group, minlength=groups).tolist(),
        "views": sums(traffic.views),
        "bounces": sums(traffic.bounced),
        "engaged": sums(traffic.engaged),
        "converted": sums(traffic.goals != 0),
        "measured": sums(traffic.tracked),
        "amount": sums(traffic.amount),
        "seconds": medians(traffic.seconds, group=group, groups=groups),
    }
    return [
        Figures(**dict(zip(columns, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]  # fmt: skip


def distinct(values: I64, *, group: I64, groups: int) -> list[int]:
    """How many different values each group has."""
    if not len(values):
        return [0] * groups
    kinds, place = np.unique(values, return_inverse=True)
    pairs = np.unique(group * len(kinds) + place)
    found: list[int] = np.bincount(pairs // len(kinds), minlength=groups).tolist()
    return found


def medians(values: I64, *, group: I64, groups: int) -> list[float | None]:
    """The median of each group; None for one without values."""
    counts = np.bincount(group, minlength=groups)
    ordered = values[np.lexsort((values, group))]
    starts = np.cumsum(counts) - counts
    found: list[float | None] = []
    for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
        low, high = start + (count - 1) // 2, start + count // 2
        found.append((int(ordered[low]) + int(ordered[high])) / 2 if count else None)
    return found
