"""Business time: how much of it has passed, and when so much will have passed. Pure; the clock is passed in.

A calendar has weekly windows in the zone of a team, public holidays of a country and its part (Land, canton),
and exceptions by date. Windows are wall-clock times: on the day of a change of clocks the window from 1 to 5
o'clock has three or five real hours, and business time counts real minutes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

Windows = tuple[tuple[time, time], ...]
_WORKDAY: Windows = ((time(9), time(17)),)
COUNTRIES = ("DE", "AT", "CH")
# A calendar without any window would be searched for ever.
_LONGEST = 800


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`week`: windows by weekday, 0 is Monday; an end of 00:00 is midnight. `exceptions` replace a date's."""

    zone: ZoneInfo
    week: Mapping[int, Windows] = field(default_factory=lambda: dict.fromkeys(range(5), _WORKDAY))
    country: str = ""
    subdivision: str = ""
    exceptions: Mapping[date, Windows] = field(default_factory=dict)

    def windows_on(self, day: date) -> Windows:
        """The windows of a date."""
        if day in self.exceptions:
            return self.exceptions[day]
        if holiday_name(day=day, country=self.country, subdivision=self.subdivision):
            return ()
        return self.week.get(day.weekday(), ())

    def spans_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The windows of a date as moments (UTC)."""
        found = []
        for first, last in self.windows_on(day):
            start = datetime.combine(day, first, tzinfo=self.zone).astimezone(UTC)
            end_day = day + timedelta(days=1) if last == time(0) else day
            end = datetime.combine(end_day, last, tzinfo=self.zone).astimezone(UTC)
            if end > start:
                found.append((start, end))
        return found

    def spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Windows from `start` on, the running one cut; ends after about two years without one."""
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        for _number in range(_LONGEST):
            for first, last in self.spans_on(day):
                if last > start:
                    yield max(first, start), last
            day += timedelta(days=1)


@lru_cache(maxsize=512)
def _holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    if country not in COUNTRIES:
        return {}
    known = holidays.country_holidays(country)
    part = subdivision if subdivision in known.subdivisions else None
    return dict(holidays.country_holidays(country, subdiv=part, years=year, language="de"))


def holiday_name(*, day: date, country: str, subdivision: str = "") -> str:
    """The public holiday on this day, in German; empty for none."""
    return _holidays(country, subdivision, day.year).get(day, "")


def subdivisions(country: str) -> tuple[str, ...]:
    """The codes of the parts of a country that have holidays of their own."""
    return tuple(holidays.country_holidays(country).subdivisions) if country in COUNTRIES else ()


def elapsed_business_time(
    start: datetime,
    end: datetime,
    calendar: Calendar,
    *,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> timedelta:
    """Business time in [start, end), without pauses (an open one lasts on); zero when end is not later."""
    total = timedelta()
    for first, last in calendar.spans(start):
        if first >= end:
            break
        total += _without(first, min(last, end), pauses)
    return total


def _without(start: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime | None]]) -> timedelta:
    left, at = timedelta(), start
    for since, until in sorted(pauses, key=lambda pause: pause[0]):
        if since >= end:
            break
        if since > at:
            left += since - at
        at = max(at, end if until is None else until)
    return left + max(end - at, timedelta())


def after_business_time(
    start: datetime,
    wanted: timedelta,
    calendar: Calendar,
    *,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> datetime | None:
    """The moment at which so much business time will have passed; None when that is not foreseeable."""
    left = wanted
    for first, last in calendar.spans(start):
        for begin, end in _pieces(first, last, pauses):
            if end - begin >= left:
                return begin + left
            left -= end - begin
    return None


def _pieces(
    start: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime | None]]
) -> Iterator[tuple[datetime, datetime]]:
    at = start
    for since, until in sorted(pauses, key=lambda pause: pause[0]):
        if since >= end:
            break
        if since > at:
            yield at, since
        at = max(at, end if until is None else until)
    if at < end:
        yield at, end


def is_open(moment: datetime, calendar: Calendar) -> bool:
    """Whether this moment lies in a window."""
    day = moment.astimezone(calendar.zone).date()
    return any(first <= moment < last for first, last in calendar.spans_on(day))


def next_opening(moment: datetime, calendar: Calendar) -> datetime:
    """The moment itself within a window, else the beginning of the next; itself when there is none."""
    return next((first for first, _last in calendar.spans(moment)), moment)


def end_of_business_day(start: datetime, days: int, calendar: Calendar) -> datetime | None:
    """The end of the `days`-th business day after the day of `start`; None when that is not foreseeable."""
    day, found = start.astimezone(calendar.zone).date(), 0
    for _number in range(_LONGEST):
        day += timedelta(days=1)
        spans = calendar.spans_on(day)
        found += bool(spans)
        if spans and found >= days:
            return spans[-1][1]
    return None
