"""Hours of a company's days: 23 to 25 of them, for clocks are turned. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from trichter.kit.clock import Period, parse_local

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """`start` <= time < `end`, aware and local. Can be drawn where a `Period` can."""

    start: datetime
    end: datetime

    @property
    def first_day(self) -> date:
        """Its day."""
        return self.start.date()

    @property
    def last_day(self) -> date:
        """Its day."""
        return self.start.date()

    @property
    def text(self) -> str:
        """14:00; of an hour that comes twice also which one: 02:00 CEST."""
        zone = self.start.tzname() if self._twice else ""
        return f"{self.start:%H:%M} {zone}".rstrip()

    @property
    def _twice(self) -> bool:
        return self.start.replace(fold=0).utcoffset() != self.start.replace(fold=1).utcoffset()

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """As `Period.bounds`; the zone is that of the hour already."""
        return self.start, self.end


def hours_of(period: Period, *, zone: ZoneInfo) -> list[Hour]:
    """Each hour of the period, in order; the last of a day may be short where clocks turn by half an hour."""
    found: list[Hour] = []
    for day in period.each_day():
        at, end = Period(day, day).bounds(zone)
        while at < end:
            after = min(at + _HOUR, end)
            found.append(Hour(at.astimezone(zone), after.astimezone(zone)))
            at = after
    return found


def beside(hours: Sequence[Hour], *, period: Period, zone: ZoneInfo) -> list[Hour | None]:
    """The hours of another period at the same place by the clock on the wall, to be laid over each other.

    None where that day has no such hour. Where it has one more, the hour before it is two hours long, so that
    nothing of the period is lost. Both periods have as many days.
    """
    first = hours[0].first_day
    starts = []
    for hour in hours:
        day = period.first_day + (hour.first_day - first)
        again = "second" if hour.start.fold else "first"
        starts.append(parse_local(day, hour.start.time(), zone, repeated=again))  # type: ignore[arg-type]
    end = period.bounds(zone)[1]
    found: list[Hour | None] = []
    for number, start in enumerate(starts):
        if number and start <= starts[number - 1]:
            found.append(None)
            continue
        after = next((one for one in starts[number + 1 :] if one > start), end)
        found.append(Hour(start.astimezone(zone), after.astimezone(zone)))
    return found
