"""The funnel week by week, by the week of the entry in the company's zone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from trichter.kit.clock import day_of, week_start

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from .counts import StepCount, step_counts


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
    weeks: defaultdict[date, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        weeks[week_start(day_of(outcome.entered_at, zone))].append(outcome)
    if not weeks:
        return ()
    first, last = min(weeks), max(weeks)
    mondays = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return tuple(Week(monday, step_counts(definition, weeks.get(monday, []))) for monday in mondays)
