"""What a page's address asks: a period, a comparison, filters. Everything in an address is hostile.

What is not understood is left out and named in `odd`, never an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from django.http import QueryDict

from trichter.kit.clock import Period, month_start, week_start
from trichter.measure.kpis.forms import period_from

from .dimensions import FILTERS
from .filters import Filter, read_filters

Compare = Literal["previous", "year", "none"]
Unit = Literal["hour", "day", "week", "month"]
METRICS: Final = ("visitors", "visits", "views", "bounce", "conversion")
UNITS: Final[tuple[Unit, ...]] = ("hour", "day", "week", "month")
HOURS: Final = 2  # so many days may be drawn by hour
_DAYS, _WEEKS = 62, 400  # longer periods are drawn by week, then by month


@dataclass(frozen=True, kw_only=True)
class Question:
    """`params` is the understood part of the address, `odd` names the rest of it. preset: "" for a range of
    one's own.

    goal: only this goal counts as a conversion; None: any. until: the time on the clock when the last day
    of the period is still running; what it is compared with ends at the same time. None: it is over.
    """

    period: Period
    preset: str
    compare: Compare
    unit: Unit
    metric: str
    filters: tuple[Filter, ...]
    goal: int | None
    params: Mapping[str, str | tuple[str, ...]]
    until: time | None = None
    odd: tuple[str, ...] = ()

    @property
    def earlier(self) -> Period | None:
        """The period compared with."""
        if self.compare == "none":
            return None
        if self.compare == "previous":
            return self.period.previous()
        return Period(_year_before(self.period.first_day), _year_before(self.period.last_day))

    def query(self, **changes: str | int | tuple[str, ...] | None) -> str:
        """The address's query with changes; None takes a parameter out."""
        merged: dict[str, Any] = {**self.params, **changes}
        if "period" in changes:
            merged.pop("from", None)
            merged.pop("to", None)
        return urlencode(
            {name: value for name, value in merged.items() if value not in (None, "", ())},
            doseq=True,
        )

    def spans(self, period: Period | None = None) -> list[Period]:
        """The period, or that one, cut into days, weeks or months; the first and last may be short.

        Hours are no spans of days: see `hours`.
        """
        whole = period or self.period
        cuts, day = [whole.first_day], whole.first_day
        while (day := _next(day, self.unit)) <= whole.last_day:
            cuts.append(day)
        ends = [*(cut - timedelta(days=1) for cut in cuts[1:]), whole.last_day]
        return [Period(first, last) for first, last in zip(cuts, ends, strict=True)]


def read_question(*, query: QueryDict, today: date, now: datetime | None = None) -> Question:
    """The question in an address; whatever cannot be understood is as if it were not there.

    now: local to the company, when the running day is to be compared up to this time.
    """
    period, preset = period_from(query, today=today)
    params: dict[str, str | tuple[str, ...]] = (
        {"period": preset} if preset else {"from": str(period.first_day), "to": str(period.last_day)}
    )
    filters, odd = read_filters(query, names=FILTERS, values_of=query.getlist)
    for one in filters:
        params[one.key] = one.values[0] if len(one.values) == 1 else one.values
    if preset and (query.get("from") or query.get("to")):
        odd = ("from", *odd)
    elif preset and query.get("period", preset) != preset:
        odd = ("period", *odd)
    compare = query.get("compare", "")
    if compare in ("year", "none"):
        params["compare"] = compare
    unit = query.get("unit", "")
    if unit in UNITS and (unit != "hour" or period.days <= HOURS):
        params["unit"] = unit
    metric = query.get("metric", "")
    if metric in METRICS[1:]:
        params["metric"] = metric
    goal = query.get("goal", "")
    if goal.isascii() and goal.isdigit() and len(goal) < 10:
        params["goal"] = goal
    return Question(
        period=period,
        preset=preset,
        compare=compare if compare in ("year", "none") else "previous",  # type: ignore[arg-type]
        unit=unit if "unit" in params else _unit_for(period.days),  # type: ignore[arg-type]
        metric=metric if "metric" in params else METRICS[0],
        filters=filters,
        goal=int(goal) if "goal" in params else None,
        params=params,
        odd=odd,
        until=now.time() if now is not None and now.date() == period.last_day else None,
    )


def _unit_for(days: int) -> Unit:
    if days <= HOURS:
        return "hour"
    return "day" if days <= _DAYS else "week" if days <= _WEEKS else "month"


def _next(day: date, unit: Unit) -> date:
    if unit in ("hour", "day"):
        return day + timedelta(days=1)
    return week_start(day) + timedelta(days=7) if unit == "week" else month_start(day, months=1)


def _year_before(day: date) -> date:
    """The same day a year earlier; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
