"""When a schedule is due: cron expressions read on the company's clock. Pure.

The written rule for the two odd nights of the year:

* An expression with `*` as its hour means "as time passes": it has a slot in every hour that really
  passes, 23, 24 or 25 a day.
* Any other expression means "when the clock on the wall shows": a slot in an hour that does not exist is
  due at the first moment after the gap, once even if several slots fall into the gap (29.03.2026 in
  Berlin: 02:30 is due at 03:00). A slot in an hour that comes twice is due in the first pass only.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

# More than clocks have ever been moved at once (Samoa left out a whole day).
_MARGIN = timedelta(hours=26)


def check(*, cron: str) -> None:
    """Raise ValueError when `cron` is not a cron expression of five fields."""
    if len(cron.split()) != 5:
        raise ValueError(f"a schedule has five fields: {cron!r}")
    try:
        next(CronSim(cron, datetime(2026, 1, 1)))  # noqa: DTZ001
    except (CronSimError, StopIteration) as error:
        raise ValueError(f"{cron!r}: {error}") from None


def next_slot(*, cron: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first slot later than `after`; in UTC."""
    return next(slot for slot in _slots(cron=cron, start=after, zone=zone, back=False) if slot > after)


def latest_slot(*, cron: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The last slot not later than `now`; in UTC."""
    return next(slot for slot in _slots(cron=cron, start=now, zone=zone, back=True) if slot <= now)


def _slots(*, cron: str, start: datetime, zone: ZoneInfo, back: bool) -> Iterator[datetime]:
    """Slots in order, beginning somewhat on the wrong side of `start`."""
    if cron.split()[1] == "*":
        first = (start + timedelta(minutes=1) if back else start).astimezone(zone)
        for found in CronSim(cron, first, reverse=back):
            yield found.astimezone(UTC)
    else:
        wall = start.astimezone(zone).replace(tzinfo=None, fold=0)
        for found in CronSim(cron, wall + _MARGIN if back else wall - _MARGIN, reverse=back):
            yield _instant(wall=found, zone=zone)


def _instant(*, wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment the clock shows `wall`: the first of two, or the end of the gap. Grows with `wall`."""
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    shown = found.astimezone(zone).replace(tzinfo=None)
    if shown == wall:
        return found
    # In a gap the offset before it was used, which lands as far behind the gap's end as `wall` lies
    # behind its start. Both offsets bracket the gap: the clock jumps where they meet.
    before = wall.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    low, high = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
