"""The days' salts: made by whoever comes first, the same for all processes, deleted after two days."""

import secrets
from datetime import date, datetime, timedelta

from trichter.core.journal.bulk import insert
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import ONE_DAY, day_bounds, day_of

from .models import DaySalt
from .pipeline.draft import Salt

_BYTES = 32
_AHEAD = timedelta(hours=1)


def salts(*, now: datetime) -> tuple[Salt, ...]:
    """The salts of yesterday and today, and shortly before midnight tomorrow's, so that there is no gap."""
    zone = company_zone()
    today = day_of(now, zone)
    wanted = [today]
    if day_of(now + _AHEAD, zone) != today:
        wanted.append(today + ONE_DAY)
    found = _stored(since=today)
    missing = [day for day in wanted if day not in found]
    if missing:
        rows = [(day, secrets.token_bytes(_BYTES)) for day in missing]
        insert(DaySalt, ("day", "value"), rows, ignore=True)
        found = _stored(since=today)
    salts = []
    for day, value in sorted(found.items()):
        start, end = day_bounds(day, zone)
        salts.append(Salt(day, int(start.timestamp() * 1_000), int(end.timestamp() * 1_000), value))
    return tuple(salts)


def _stored(*, since: date) -> dict[date, bytes]:
    rows = DaySalt.objects.filter(day__gte=since - ONE_DAY)
    return {day: bytes(value) for day, value in rows.values_list("day", "value")}


def forget_old(*, now: datetime) -> int:
    """Delete the salts before yesterday's. Returns how many."""
    yesterday = day_of(now, company_zone()) - ONE_DAY
    removed, _ = DaySalt.objects.filter(day__lt=yesterday).delete()
    return removed
