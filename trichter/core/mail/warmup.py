"""The plan of the warm-up beside what was sent and what waits, for the cockpit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from trichter.kit.clock import day_start

from .models import Delivery, Mailing, MailSettings, Quota
from .rules import warmup

BACK, AHEAD = 7, 60
_MARKETING = Mailing.Class.MARKETING


@dataclass(frozen=True, kw_only=True)
class Past:
    """A day of the plan that is over."""

    day: date
    allowed: int | None
    sent: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """sent, used: today; a mail that was refused has used one of the plan too.

    waiting: advertising in running mailings; later: of it what may go only after today, whatever the plan
    says. until: the day on which the last of it leaves; None: behind `ahead`.
    """

    past: Sequence[Past]
    ahead: Sequence[warmup.Day]
    sent: int
    used: int
    waiting: int
    later: int
    until: date | None

    @property
    def today(self) -> warmup.Day:
        """What the plan says for today."""
        return self.ahead[0]

    @property
    def running(self) -> bool:
        """Whether the plan still limits anything today."""
        return self.today.allowed is not None


def overview(*, house: MailSettings, zone: ZoneInfo, now: datetime) -> Overview:
    """zone: the company's, whose days the plan counts."""
    today = now.astimezone(zone).date()
    begin = max(house.warmup_start or today, today - timedelta(days=BACK))
    sent = _sent(since=min(begin, today), zone=zone)
    terms = {"start": house.warmup_start, "first": house.warmup_first, "growth": house.warmup_growth}
    passed = warmup.plan(**terms, begin=begin, days=max((today - begin).days, 0))  # type: ignore[arg-type]
    slot = day_start(today, zone).astimezone(UTC)
    used = Quota.objects.filter(scope="day", slot=slot).values_list("used", flat=True).first() or 0
    due = _due(zone=zone)
    days = warmup.plan(**terms, begin=today, days=AHEAD)  # type: ignore[arg-type]
    ahead = warmup.forecast(days=days, used=used, due=due)
    return Overview(
        past=[Past(day=day, allowed=allowed, sent=sent.get(day, 0)) for day, allowed in passed],
        ahead=ahead, sent=sent.get(today, 0), used=used, waiting=sum(due.values()),
        later=sum(n for day, n in due.items() if day > today), until=warmup.free_on(days=ahead, due=due),
    )  # fmt: skip


def _sent(*, since: date, zone: ZoneInfo) -> dict[date, int]:
    rows = Delivery.objects.filter(
        sent_at__gte=day_start(since, zone), mailing__message_class=_MARKETING
    ).order_by()
    return dict(
        rows.annotate(day=TruncDate("sent_at", tzinfo=zone)).values_list("day").annotate(n=Count("id"))
    )


def _due(*, zone: ZoneInfo) -> Mapping[date, int]:
    rows = Delivery.objects.filter(
        state=Delivery.State.DUE, mailing__message_class=_MARKETING, mailing__state=Mailing.State.RUNNING
    ).order_by()
    return dict(
        rows.annotate(day=TruncDate("next_at", tzinfo=zone)).values_list("day").annotate(n=Count("id"))
    )
