"""When a mail has to wait: quiet hours, limits of the house, and how often one person is written to."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from . import queries
from .models import Delivery, Mailing, MailSettings
from .rules import rates
from .rules.times import end_of_quiet, warmup_limit, zone_of


def quiet_until(row: Delivery, *, house: MailSettings, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The end of the contact's quiet hours; None outside of them. `zone`: when the contact's is not known."""
    if house.quiet_from is None or house.quiet_to is None:
        return None
    country = row.person.country if row.person else ""
    local = zone_of(named=row.zone, country=country) or zone
    return end_of_quiet(at=at, zone=local, quiet_from=house.quiet_from, quiet_to=house.quiet_to)


def free_again(
    row: Delivery, *, house: MailSettings, at: datetime, sent: Sequence[datetime] | None = None
) -> datetime | None:
    """Enough marketing mails for one person, whoever asked for them: this one waits until then.

    sent: times of those of seven days, as far as they are known already; None: they are looked up.
    """
    if not (house.per_person_day or house.per_person_week) or row.identity_id is None:
        return None
    return rates.free_again(
        sent=queries.recent_marketing(row, at=at) if sent is None else sent,
        per_day=house.per_person_day, per_week=house.per_person_week, at=at,
    )  # fmt: skip


def of_house(
    row: Delivery, *, house: MailSettings, zone: ZoneInfo, at: datetime
) -> Iterator[tuple[str, int, datetime, datetime]]:
    """The limits that this mail uses one of: scope, limit, start and end of the slot."""
    today = at.astimezone(zone).date()
    plan = warmup_limit(
        start=house.warmup_start, first=house.warmup_first, growth=house.warmup_growth, today=today
    )
    if plan is not None and row.mailing.message_class == Mailing.Class.MARKETING:
        day = datetime.combine(today, datetime.min.time(), tzinfo=zone)
        yield "day", plan, day, datetime.combine(today + timedelta(days=1), datetime.min.time(), tzinfo=zone)
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    hour = minute.replace(minute=0)
    if house.per_hour:
        yield "hour", house.per_hour, hour, hour + timedelta(hours=1)
    ends = minute + timedelta(minutes=1)
    if house.per_domain_minute:
        yield f"domain:{row.domain}", house.per_domain_minute, minute, ends
    if house.per_minute:
        yield "minute", house.per_minute, minute, ends
