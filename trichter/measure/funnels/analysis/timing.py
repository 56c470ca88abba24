"""How long it takes from step to step and from the entry to the end.

Times are those of the actors who made it, from the first reaching of one depth to the first reaching of the
next. Actors who are still open may add longer times later, so a young period looks faster than it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from trichter.kit.stats import ENOUGH

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from ..outcomes import I64, Outcomes

EDGES: Final = (
    timedelta(0),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=14),
    timedelta(days=30),
    timedelta(days=60),
    timedelta(days=90),
    timedelta(days=180),
    timedelta(days=365),
)
_EDGES: Final = np.array([edge // timedelta(microseconds=1) for edge in EDGES], np.int64)


@dataclass(frozen=True, slots=True)
class Bin:
    """How many took at least `low` and less than `high`; the last bin of all has no upper end."""

    low: timedelta
    high: timedelta | None
    count: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Times from depth `start` to depth `stop` of `cases` actors; the median and p90 are None without a case.

    Bins run from the first to the last that holds somebody.
    """

    start: int
    stop: int
    cases: int
    median: timedelta | None
    p90: timedelta | None
    bins: tuple[Bin, ...]

    @property
    def enough(self) -> bool:
        """Whether there are cases enough to show the times."""
        return self.cases >= ENOUGH


def timings(definition: FunnelDefinition, outcomes: Iterable[Outcome]) -> tuple[Timing, ...]:
    """One timing for each step to the next, and as the last one from the entry to the end."""
    n = len(definition.steps)
    known = Outcomes.of(outcomes, steps=n)
    pairs = [(step, step + 1) for step in range(1, n)] + [(1, n)]
    return tuple(timing(known, start=start, stop=stop) for start, stop in pairs)


def timing(outcomes: Iterable[Outcome], *, start: int, stop: int) -> Timing:
    """The times from depth `start` to depth `stop`."""
    known = Outcomes.of(outcomes, steps=stop)
    there = known.take(np.flatnonzero(known.depth >= stop))
    taken = np.sort(there.reached(stop) - there.reached(start))
    return Timing(
        start=start,
        stop=stop,
        cases=len(taken),
        median=quantile(taken, 1, 2),
        p90=quantile(taken, 9, 10),
        bins=_bins(taken),
    )


def quantile(ascending: I64, part: int, whole: int) -> timedelta | None:
    """The `part`/`whole` quantile of microseconds by linear interpolation as in `kit.stats`, exact."""
    if not len(ascending):
        return None
    place, rest = divmod((len(ascending) - 1) * part, whole)
    low = timedelta(microseconds=int(ascending[place]))
    if not rest:
        return low
    return low + (timedelta(microseconds=int(ascending[place + 1])) - low) * rest / whole


def _bins(taken: I64) -> tuple[Bin, ...]:
    counts = np.bincount(np.searchsorted(_EDGES, taken, side="right") - 1, minlength=len(EDGES)).tolist()
    filled = [index for index, count in enumerate(counts) if count]
    if not filled:
        return ()
    highs = (*EDGES[1:], None)
    return tuple(Bin(EDGES[i], highs[i], counts[i]) for i in range(filled[0], filled[-1] + 1))
