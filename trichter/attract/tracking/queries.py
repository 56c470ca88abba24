"""Reads for the screens: is the tag working, what came, what was dropped."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import F, Max, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from trichter.core.journal.models import Event
from trichter.core.shell.queries import company_today

from .draining.counting import ACCEPTED
from .models import DropSample, Pulse, Tally
from .pipeline.reasons import Reason

_MINUTES = 30
_LAST = 12
_DAYS = 7
_EXAMPLES = 3
WEB_KINDS = (
    "page.viewed", "page.left", "link.clicked", "file.downloaded", "video.progressed", "form.started",
    "form.attempted", "form.submitted", "web_vitals.measured", "custom.happened",
)  # fmt: skip

State = Literal["working", "quiet", "dropped", "silent"]


@dataclass(frozen=True, kw_only=True)
class Live:
    """The last minutes. `minutes`: (minute, events), oldest first; `last`: rows without persons.

    state: working (events in the last five minutes), quiet (some today), dropped (only drops today),
    silent (nothing today).
    """

    state: State
    minutes: list[tuple[datetime, int]]
    last: list[dict[str, Any]]
    today: int
    dropped_today: int
    newest: datetime | None
    common_reason: Reason | None

    @property
    def peak(self) -> int:
        """Events of the busiest minute; at least 1."""
        return max([1, *(count for _minute, count in self.minutes)])


@dataclass(frozen=True, kw_only=True)
class DropRow:
    """A reason with its counts per day (the days of `drop_days`), their sum, and examples."""

    reason: Reason
    days: list[int]
    total: int
    samples: list[DropSample]


def live(*, now: datetime | None = None) -> Live:
    """What came in the last half hour, and whether that is well."""
    moment = (now or timezone.now()).replace(second=0, microsecond=0)
    first = moment - timedelta(minutes=_MINUTES - 1)
    counts = dict(Pulse.objects.filter(minute__gte=first).values_list("minute", "count"))
    steps = (first + timedelta(minutes=step) for step in range(_MINUTES))
    minutes = [(minute, counts.get(minute, 0)) for minute in steps]
    rows = Event.objects.filter(batch=None, at__gte=moment - timedelta(hours=1), kind__in=WEB_KINDS)
    last = rows.order_by("-at", "-id").values("at", "kind", "page", "source", "country", "device")[:_LAST]
    totals = Tally.objects.filter(day=company_today(now=now)).values_list("outcome").annotate(Sum("count"))
    today = dict(totals)
    taken = today.pop(ACCEPTED, 0)
    common = max(today, key=lambda outcome: today[outcome], default=None)
    return Live(
        state=_state(recent=sum(n for _m, n in minutes[-5:]), taken=taken, dropped=sum(today.values())),
        minutes=minutes,
        last=[dict(row) for row in last],
        today=taken,
        dropped_today=sum(today.values()),
        newest=Pulse.objects.aggregate(newest=Max("minute"))["newest"],
        common_reason=Reason(common) if common in list(Reason) else None,
    )


def _state(*, recent: int, taken: int, dropped: int) -> State:
    if recent:
        return "working"
    if taken:
        return "quiet"
    return "dropped" if dropped else "silent"


def drop_days() -> list[date]:
    """The days of the table, the newest first."""
    today = company_today()
    return [today - timedelta(days=back) for back in range(_DAYS)]


def drops() -> list[DropRow]:
    """Every reason, also those that never occurred, the most frequent first."""
    days = drop_days()
    rows = Tally.objects.filter(day__in=days).values_list("outcome", "day").annotate(Sum("count"))
    counts = {(outcome, day): count for outcome, day, count in rows}
    samples = _newest_samples()
    found = []
    for reason in Reason:
        per_day = [counts.get((reason.value, day), 0) for day in days]
        found.append(
            DropRow(reason=reason, days=per_day, total=sum(per_day), samples=samples.get(reason.value, []))
        )
    return sorted(found, key=lambda row: -row.total)


def _newest_samples() -> dict[str, list[DropSample]]:
    """The newest examples by reason."""
    number = Window(RowNumber(), partition_by=F("reason"), order_by=[F("at").desc(), F("id").desc()])
    found: dict[str, list[DropSample]] = {}
    for sample in DropSample.objects.annotate(number=number).filter(number__lte=_EXAMPLES):
        found.setdefault(sample.reason, []).append(sample)
    return found


def accepted() -> list[int]:
    """Events taken per day, in the order of `drop_days`."""
    days = drop_days()
    rows = Tally.objects.filter(day__in=days, outcome=ACCEPTED).values_list("day").annotate(Sum("count"))
    counts = dict(rows)
    return [counts.get(day, 0) for day in days]
