"""When a mail may go: quiet hours on the contact's clock, and the plan of a warm-up."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

# Of countries with several zones the one in which most people live.
_BUSIEST = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
    "UZ": "Asia/Tashkent", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip


@lru_cache(maxsize=512)
def zone_of(*, named: str, country: str) -> ZoneInfo | None:
    """The contact's zone: the named one, else that of the country (two letters); None when unknown."""
    for name in (named, _BUSIEST.get(country.upper(), ""), *_of_country(country.upper())):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return None


@lru_cache(maxsize=512)
def _of_country(country: str) -> tuple[str, ...]:
    if not country:
        return ()
    territories = get_global("zone_territories")
    return tuple(sorted(zone for zone, where in territories.items() if where == country))


def end_of_quiet(
    *, at: datetime, zone: ZoneInfo, quiet_from: time | None, quiet_to: time | None
) -> datetime | None:
    """When the quiet hours end in which `at` lies (UTC); None when it lies in none.

    `quiet_from` 21:00 and `quiet_to` 7:00 span midnight. An end that the clock jumps over is the first moment
    after the gap; an end that comes twice is its second pass, so that nobody is woken an hour early.
    """
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return None
    wall = at.astimezone(zone)
    now = wall.time().replace(tzinfo=None)
    if quiet_from < quiet_to:
        quiet, day = quiet_from <= now < quiet_to, wall.date()
    else:
        quiet = now >= quiet_from or now < quiet_to
        day = wall.date() if now < quiet_to else wall.date() + timedelta(days=1)
    # In an hour that comes twice the clock may show the end already while its second pass is still to come.
    if not quiet:
        again = _instant(day=wall.date(), clock=quiet_to, zone=zone)
        first = datetime.combine(wall.date(), quiet_to, tzinfo=zone).astimezone(UTC)
        return again if first <= at.astimezone(UTC) < again else None
    return _instant(day=day, clock=quiet_to, zone=zone)


def _instant(*, day: date, clock: time, zone: ZoneInfo) -> datetime:
    later = datetime.combine(day, clock, tzinfo=zone).replace(fold=1).astimezone(UTC)
    shown = later.astimezone(zone).replace(tzinfo=None)
    if shown == datetime.combine(day, clock):
        return later
    # In a gap: with fold=0 the old offset is used, which lands behind the gap by as much as `clock` in it.
    earlier = datetime.combine(day, clock, tzinfo=zone).replace(fold=0)
    before, after = earlier.utcoffset(), earlier.replace(fold=1).utcoffset()
    assert before is not None and after is not None
    low, high = min(later, earlier.astimezone(UTC)), max(later, earlier.astimezone(UTC))
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def warmup_limit(*, start: date | None, first: int, growth: int, today: date) -> int | None:
    """How many marketing mails may leave today; None without a plan, 0 before its first day.

    `first` on the day `start`, then `growth` per cent more every day. After 60 days the plan has ended.
    """
    if start is None:
        return None
    days = (today - start).days
    if days < 0:
        return 0
    if days >= 60:
        return None
    return min(int(first * (1 + growth / 100) ** days), 10_000_000)
