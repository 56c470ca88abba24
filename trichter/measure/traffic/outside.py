"""Reads of what Google counted and somebody imported. These sums stand beside our figures, never in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Count, F, FloatField, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Cast, NullIf
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.filters import matching
from trichter.kit.clock import Period, month_start
from trichter.kit.pages import page_of

from .models import SearchFigure, VisitFigure

SPLITS: Final = {
    "day": _("Whole website"),
    "channel": _("Channel"),
    "source": _("Source / medium"),
    "medium": _("Medium"),
    "campaign": _("Campaign"),
    "page": _("Page"),
}
_ONE_DAY = Q(first_day=F("last_day"))


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Figures that belong together: a span as one export states it, or (`daily`) single days."""

    site: str
    what: str
    first_day: date
    last_day: date
    daily: bool

    @property
    def key(self) -> str:
        """What an address calls it."""
        return f"{self.first_day}_{self.last_day}_{'d' if self.daily else 's'}_{self.what}_{self.site}"

    @property
    def split(self) -> str:
        """What an Analytics report is split by, as people call it."""
        return " · ".join(str(SPLITS.get(code, code)) for code in self.what.split("+"))


@dataclass(frozen=True, kw_only=True)
class PageFound:
    """How Google Search showed a page."""

    clicks: int
    impressions: int
    position: float | None


@dataclass(frozen=True, kw_only=True)
class Month:
    """What Analytics counted in a month. users: None unless a figure is of exactly this month."""

    sessions: int
    users: int | None = None
    days: int = 0


def statements(model: type[models.Model], *, what: str | None = None) -> list[Statement]:
    """All statements, or those of one kind: the latest first, of those ending together the longest."""
    rows: QuerySet[Any] = model._default_manager.all()
    if what is not None:
        rows = rows.filter(what=what)
    spans = rows.exclude(_ONE_DAY).values_list("site", "what", "first_day", "last_day").distinct()
    days = (
        rows.filter(_ONE_DAY).order_by().values("site", "what")
        .annotate(first=Min("first_day"), last=Max("last_day"))
        .values_list("site", "what", "first", "last")
    )  # fmt: skip
    found = [
        Statement(site=site, what=kind, first_day=first, last_day=last, daily=daily)
        for daily, part in ((False, spans.order_by()), (True, days))
        for site, kind, first, last in part
    ]
    return sorted(found, key=lambda one: (-one.last_day.toordinal(), one.first_day, one.site, one.what))


def chosen(listed: list[Statement], key: str) -> Statement | None:
    """The statement an address names, else the first."""
    return next((one for one in listed if one.key == key), listed[0] if listed else None)


def figures_of(model: type[models.Model], statement: Statement, *, text: str = "") -> QuerySet[Any]:
    """The stored figures of a statement whose value has all words of the text."""
    rows: QuerySet[Any] = model._default_manager.filter(site=statement.site, what=statement.what)
    if statement.daily:
        rows = rows.filter(_ONE_DAY)
    else:
        rows = rows.filter(first_day=statement.first_day, last_day=statement.last_day)
    return rows.filter(matching(text=text, fields=("value",))).order_by()


def searched(statement: Statement, *, text: str = "") -> QuerySet[Any, dict[str, Any]]:
    """Rows {name, clicks, impressions, ctr, position} by value, of days by day.

    The position is the mean over the impressions for which it is known.
    """
    name = "first_day" if statement.what == "day" else "value"
    shown = Cast(Sum("impressions"), FloatField())
    placed = Cast(Sum("impressions", filter=Q(position__isnull=False)), FloatField())
    rows: QuerySet[Any, dict[str, Any]] = (
        figures_of(SearchFigure, statement, text=text)
        .values(name=F(name))
        .annotate(
            clicked=Sum("clicks"),
            seen=Sum("impressions"),
            ctr=Cast(Sum("clicks"), FloatField()) / NullIf(shown, 0.0),
            place=Sum(F("position") * F("impressions"), output_field=FloatField()) / NullIf(placed, 0.0),
        )
    )
    return rows


def visited(statement: Statement, *, text: str = "") -> QuerySet[Any, dict[str, Any]]:
    """Rows of an Analytics report by value. people: the users, to be shown where `parts` is 1 only."""
    rows: QuerySet[Any, dict[str, Any]] = (
        figures_of(VisitFigure, statement, text=text)
        .values(name=F("value"))
        .annotate(
            visits=Sum("sessions"), deep=Sum("engaged"), seen=Sum("views"), keys=Sum("key_events"),
            people=Max("users"), parts=Count("id"),
        )
    )  # fmt: skip
    return rows


def pages_found() -> tuple[Statement | None, Mapping[str, PageFound]]:
    """The latest statement about pages, and by path how Google showed them; hosts are not told apart."""
    statement = chosen(statements(SearchFigure, what=SearchFigure.What.PAGE), "")
    if statement is None:
        return None, {}
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0, 0])
    for row in searched(statement):
        one = sums[page_of(_path_of(row["name"]))]
        one[0] += row["clicked"]
        one[1] += row["seen"]
        if row["place"] is not None:
            one[2] += row["place"] * row["seen"]
            one[3] += row["seen"]
    return statement, {
        path: PageFound(
            clicks=int(clicks), impressions=int(seen), position=weighted / known if known else None
        )
        for path, (clicks, seen, weighted, known) in sums.items()
    }


def _path_of(url: str) -> str:
    """The path of an address; of one that cannot be taken apart the address itself."""
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return url


def properties() -> list[str]:
    """The properties of Analytics with figures, the one with the latest first."""
    rows = VisitFigure.objects.order_by().values("site").annotate(last=Max("last_day"))
    return list(rows.order_by("-last", "site").values_list("site", flat=True))


def whole_site(site: str) -> QuerySet[VisitFigure]:
    """The figures of the whole website; where no report has them, of the days of the plainest split."""
    rows = VisitFigure.objects.filter(site=site, sessions__isnull=False)
    if rows.filter(what="day").exists():
        return rows.filter(what="day")
    splits = rows.filter(_ONE_DAY).order_by().values_list("what", flat=True).distinct()
    order = list(SPLITS)
    best = min(
        splits, key=lambda one: (one.count("+"), order.index(one) if one in order else 99, one), default=""
    )
    return rows.filter(_ONE_DAY, what=best)


def months(site: str) -> dict[date, Month]:
    """By first day of the month. A figure of exactly the month outranks the sum of its days."""
    whole, days = dict[date, Month](), defaultdict[date, dict[date, int]](dict)
    rows = whole_site(site).values_list("first_day", "last_day", "sessions", "users")
    for first, last, told, users in rows.iterator(chunk_size=5_000):
        month, sessions = month_start(first), told or 0
        if first == last:
            days[month][first] = days[month].get(first, 0) + sessions
        elif first == month and last + timedelta(days=1) == month_start(first, months=1):
            whole[month] = Month(sessions=sessions, users=users, days=last.day)
    summed = {month: Month(sessions=sum(found.values()), days=len(found)) for month, found in days.items()}
    return summed | whole


def counted_in(period: Period) -> tuple[int, int] | None:
    """Sessions that Analytics counted on days of the period and how many days these are; None: none."""
    sites = properties()
    if not sites:
        return None
    rows: Iterable[tuple[date, int]] = (
        whole_site(sites[0])
        .filter(_ONE_DAY, first_day__gte=period.first_day, first_day__lte=period.last_day)
        .order_by()
        .values_list("first_day")
        .annotate(total=Sum("sessions"))
    )
    found = list(rows)
    return (sum(total for _day, total in found), len(found)) if found else None
