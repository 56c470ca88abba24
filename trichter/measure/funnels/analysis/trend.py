"""The funnel week by week, by the week of the entry in the company's zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from trichter.kit.clock import day_of, week_start

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from ..outcomes import Outcomes, moment
from .counts import StepCount, counts_by

_QUARTER: Final = 15 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Week:
    """Those who entered in the ISO week that starts on `monday`; a week in which nobody entered has zeros."""

    monday: date
    counts: tuple[StepCount, ...]

    @property
    def name(self) -> str:
        """The ISO name, such as 2026-W09."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def entered(self) -> int:
        """How many entered."""
        return self.counts[0].reached

    @property
    def still_open(self) -> int:
        """How many of them may still go on; because of them young weeks look worse than they will be."""
        return sum(count.still_open for count in self.counts)


def weekly(definition: FunnelDefinition, outcomes: Iterable[Outcome], *, zone: ZoneInfo) -> tuple[Week, ...]:
    """Every week from the first entry to the last, without gaps."""
    known = Outcomes.of(outcomes, steps=len(definition.steps))
    if not len(known):
        return ()
    # Every zone is a whole number of quarters of an hour off, so no quarter lies in two days.
    quarters, of_line = np.unique(known.entered // _QUARTER, return_inverse=True)
    mondays = [week_start(day_of(moment(int(one) * _QUARTER), zone)) for one in quarters]
    first = min(mondays)
    numbers = np.array([(monday - first).days // 7 for monday in mondays], np.int64)
    count = int(numbers.max()) + 1
    counts = counts_by(definition, known, groups=numbers[of_line], count=count)
    return tuple(Week(first + timedelta(weeks=number), counts[number]) for number in range(count))
