"""When a wait ends."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from trichter.kit.clock import parse_local


def next_local(
    *, after: datetime, weekdays: tuple[int, ...], hour: int, minute: int, zone: ZoneInfo
) -> datetime:
    """The first moment (UTC), `after` included, at which the clock in `zone` shows this on such a day.

    As everywhere in the house a time that does not exist moves forward by the gap, and of one that comes
    twice only the first pass counts.
    """
    day = after.astimezone(zone).date()
    # A day more than a week: today's moment may have passed already.
    for number in range(9):
        there = day + timedelta(days=number)
        if weekdays and there.weekday() not in weekdays:
            continue
        moment = parse_local(there, time(hour, minute), zone)
        if moment >= after:
            return moment
    raise ValueError("no such weekday")
