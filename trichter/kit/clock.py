"""Time: an injectable clock, company days, reporting periods and local wall-clock times.

Instants are aware datetimes in UTC. A *day* is a calendar day in one named zone (the company's), so it lasts
23, 24 or 25 hours. Nothing here reads the system clock except ``SystemClock``.

Rule for wall-clock times that are not plain, used everywhere:

* A time that does **not exist** (29.03.2026 02:30 in Berlin) moves forward by the length of the gap (03:30).
* A time that comes **twice** (25.10.2026 02:30 in Berlin) means its first pass, unless the caller asks for
  the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

LocalKind = Literal["plain", "nonexistent", "repeated"]
PresetName = Literal[
    "today",
    "yesterday",
    "7d",
    "30d",
    "90d",
    "this_week",
    "this_month",
    "last_month",
    "this_year",
    "last_year",
    "12m",
]

ONE_DAY = timedelta(days=1)

# What may be asked for. At the ends of the calendar a day has no beginning in every zone.
EARLIEST_DAY, LATEST_DAY = date(1970, 1, 1), date(2200, 1, 1)


class Clock(Protocol):
    """Anything that can tell the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...  # pragma: no cover


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's present instant in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is turned: for tests and for replaying a past day."""

    def __init__(self, at: datetime) -> None:
        self._at = as_utc(at)

    def now(self) -> datetime:
        """Return the instant the clock was last set to."""
        return self._at

    def turn(self, by: timedelta) -> datetime:
        """Move the clock by ``by`` (negative is allowed) and return the new instant."""
        self._at += by
        return self._at

    def set(self, at: datetime) -> datetime:
        """Put the clock to ``at`` and return it."""
        self._at = as_utc(at)
        return self._at


SYSTEM: Clock = SystemClock()


def now(clock: Clock = SYSTEM) -> datetime:
    """Return the present instant of ``clock``, in UTC."""
    return clock.now()


def as_utc(at: datetime) -> datetime:
    """Return the same instant in UTC; a naive datetime is refused with ``ValueError``."""
    if at.tzinfo is None:
        raise ValueError("a datetime without a zone is not an instant")
    return at.astimezone(UTC)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA zone called ``name``; an unknown name raises ``ZoneInfoNotFoundError``."""
    return ZoneInfo(name)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day on which the instant ``at`` falls in ``zone``."""
    return as_utc(at).astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of ``day`` in ``zone``, in UTC (also where clocks jump over midnight)."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return ``(start, end)`` of ``day`` in UTC; half-open, so one day's end is the next day's start."""
    return day_start(day, zone), day_start(day + ONE_DAY, zone)


def week_start(day: date) -> date:
    """Return the Monday of the ISO week that contains ``day``."""
    return day - timedelta(days=day.weekday())


def month_start(day: date, *, months: int = 0) -> date:
    """Return the first day of the month ``months`` after (negative: before) the month of ``day``."""
    index = day.year * 12 + (day.month - 1) + months
    return date(index // 12, index % 12 + 1, 1)


def local_kind(local: datetime, zone: ZoneInfo) -> LocalKind:
    """Say whether the naive wall-clock time ``local`` is plain, nonexistent or repeated in ``zone``."""
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return "plain"
    back = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    return "repeated" if back == local.replace(fold=0) else "nonexistent"


def parse_local(
    day: date, at: time, zone: ZoneInfo, *, repeated: Literal["first", "second"] = "first"
) -> datetime:
    """Return the instant (UTC) at which clocks in ``zone`` show ``at`` on ``day``.

    Follows the rule at the top of this file: nonexistent times move forward by the gap, whatever ``repeated``
    says; of a repeated time the first or the second pass is taken.
    """
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    fold = 1 if repeated == "second" and local_kind(local, zone) == "repeated" else 0
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A run of whole days, both ends included."""

    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.last_day < self.first_day:
            raise ValueError("a period cannot end before it starts")

    @property
    def days(self) -> int:
        """How many days the period has; at least 1."""
        return (self.last_day - self.first_day).days + 1

    def previous(self) -> Period:
        """Return the period of the same number of days that ends the day before this one starts."""
        return Period(self.first_day - timedelta(days=self.days), self.first_day - ONE_DAY)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the half-open ``(start, end)`` in UTC for a company in ``zone``."""
        return day_start(self.first_day, zone), day_start(self.last_day + ONE_DAY, zone)

    def contains(self, at: datetime, zone: ZoneInfo) -> bool:
        """Say whether the instant ``at`` falls on one of the period's days in ``zone``."""
        return self.first_day <= day_of(at, zone) <= self.last_day

    def each_day(self) -> list[date]:
        """Return every day, in order."""
        return [self.first_day + timedelta(days=offset) for offset in range(self.days)]

    def each_week(self) -> list[date]:
        """Return the Monday of every ISO week the period touches, in order."""
        first = week_start(self.first_day)
        return [first + timedelta(days=offset) for offset in range(0, (self.last_day - first).days + 1, 7)]


def preset(name: PresetName, *, today: date) -> Period:
    """Return the named reporting period as seen on ``today`` (the company's day).

    ``7d``/``30d``/``90d`` are that many days and include today. ``this_*`` run from the start of the
    calendar unit to today. ``last_*`` are whole units. ``12m`` is this month so far and the eleven whole
    months before.
    """
    if name in ("7d", "30d", "90d"):
        return Period(today - timedelta(days=int(name[:-1]) - 1), today)
    match name:
        case "today":
            return Period(today, today)
        case "yesterday":
            return Period(today - ONE_DAY, today - ONE_DAY)
        case "this_week":
            return Period(week_start(today), today)
        case "this_month":
            return Period(month_start(today), today)
        case "last_month":
            return Period(month_start(today, months=-1), month_start(today) - ONE_DAY)
        case "this_year":
            return Period(date(today.year, 1, 1), today)
        case "last_year":
            return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
        case "12m":
            return Period(month_start(today, months=-11), today)
    raise ValueError(f"unknown period: {name}")
