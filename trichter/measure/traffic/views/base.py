"""What every page of the web analytics has in common."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.shell.queries import company_today, company_zone
from trichter.core.shell.views.base import ShellView
from trichter.kit.clock import Period
from trichter.kit.text import clean

from ..dimensions import FILTERS, OPS, in_words, value_meant
from ..export import Table, file_of
from ..filters import MAX_VALUES, Filter, key_of
from ..filters import OPS as FILTER_OPS
from ..queries import Counted, comparable, counted, traffic_of
from ..question import HOURS, Question, read_question
from ..visits import Traffic

PERIODS = (
    ("today", gettext_lazy("Today")),
    ("yesterday", gettext_lazy("Yesterday")),
    ("7d", gettext_lazy("7 days")),
    ("30d", gettext_lazy("30 days")),
    ("90d", gettext_lazy("90 days")),
    ("12m", gettext_lazy("12 months")),
)
MORE_PERIODS = (
    ("this_week", gettext_lazy("This week")),
    ("this_month", gettext_lazy("This month")),
    ("last_month", gettext_lazy("Last month")),
    ("this_year", gettext_lazy("This year")),
    ("last_year", gettext_lazy("Last year")),
)
TABS = (
    ("overview", gettext_lazy("Overview"), "chart-line"),
    ("breakdown", gettext_lazy("Sources and more"), "columns-3"),
    ("pages", gettext_lazy("Pages"), "file-text"),
    ("events", gettext_lazy("Events"), "click"),
    ("use", gettext_lazy("Speed and use"), "gauge"),
    ("goals", gettext_lazy("Goals"), "target"),
    ("retention", gettext_lazy("Return"), "repeat"),
    ("paths", gettext_lazy("Paths"), "route"),
    ("realtime", gettext_lazy("Real time"), "activity"),
    ("search", gettext_lazy("Google"), "search"),
)
# Imported figures share one tab: they are looked at seldom, and a row of tabs has to fit on a screen.
REPORTABLE = frozenset({"overview", "breakdown", "pages", "events", "use", "goals", "retention", "paths"})
GOOGLE = (
    ("search", gettext_lazy("Google Search")),
    ("analytics", gettext_lazy("Google Analytics")),
)
# Pages that have several of their own.
_FIRST = {"breakdown": ("source",), "events": ("all",), "use": ("vitals",)}
COMPARISONS = (
    ("", gettext_lazy("period before")),
    ("year", gettext_lazy("a year before")),
    ("none", gettext_lazy("nothing")),
)
UNITS = (
    ("", gettext_lazy("as fits")),
    ("hour", gettext_lazy("by hour")),
    ("day", gettext_lazy("by day")),
    ("week", gettext_lazy("by week")),
    ("month", gettext_lazy("by month")),
)


def days_text(period: Period) -> str:
    """28.11.2026, or from when to when."""
    first = date_format(period.first_day, "SHORT_DATE_FORMAT")
    return first if period.days == 1 else f"{first} – {date_format(period.last_day, 'SHORT_DATE_FORMAT')}"


def request_page(path: str) -> str:
    """A path below that of the web analytics, which a report can keep."""
    return path.removeprefix(reverse("traffic:overview"))


ODD = {"from": gettext_lazy("period"), "period": gettext_lazy("period")}


class TrafficView(ShellView):
    """A page whose question is in its address."""

    permission_required: ClassVar[tuple[str, ...]] = ("traffic.view_traffic",)
    tab: ClassVar[str] = "overview"
    own: ClassVar[tuple[str, ...]] = ()  # further parameters of the page's address, kept by its forms

    @property
    def user(self) -> User:
        """The user who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user

    @cached_property
    def question(self) -> Question:
        """What the address asks."""
        now = timezone.now()
        return read_question(
            query=self.request.GET, today=company_today(now=now), now=now.astimezone(company_zone())
        )

    @cached_property
    def goals(self) -> list[Counted]:
        """The goals that count as conversions here."""
        return counted(only=self.question.goal)

    @cached_property
    def traffic(self) -> Traffic:
        """The visits the page is about."""
        return traffic_of(question=self.question, goals=self.goals, user=self.user)

    @cached_property
    def before(self) -> tuple[Period, Traffic] | None:
        """The period compared with and its visits, when the journal covers it.

        While the last day is running, the other one is looked at until the same time.
        """
        earlier = self.question.earlier
        if earlier is None or not comparable(earlier):
            return None
        return earlier, traffic_of(
            question=self.question, goals=self.goals, user=self.user, period=earlier,
            until=self.question.until,
        )  # fmt: skip

    def list_url(self, what: str, /, **extra: str) -> str:
        """The list behind a number of this question."""
        return f"{reverse('traffic:list')}?{self.question.query(metric=None, unit=None, what=what, **extra)}"

    def page_url(self, name: str, /, *args: str, **changes: str | None) -> str:
        """Another page with the same question."""
        return f"{reverse(f'traffic:{name}', args=args)}?{self.question.query(**changes)}"

    def tabs(self) -> list[dict[str, Any]]:
        """The pages of the web analytics, each with the question taken along."""
        return [
            {"label": label, "icon": icon, "url": self.page_url(key, *_FIRST.get(key, ())),
             "active": key == self.tab or (key == GOOGLE[0][0] and self.tab in dict(GOOGLE))}
            for key, label, icon in TABS
        ]  # fmt: skip

    def google_tabs(self) -> list[dict[str, Any]]:
        """The imported figures, on their own pages only."""
        if self.tab not in dict(GOOGLE):
            return []
        return [
            {"label": label, "url": self.page_url(key), "active": key == self.tab} for key, label in GOOGLE
        ]

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """Hidden fields of a form that changes the parameters `without`."""
        own = {name: self.request.GET.get(name, "")[:520] for name in self.own}
        return [
            (name, value)
            for name, values in {**self.question.params, **own}.items()
            if name not in without
            for value in ((values,) if isinstance(values, str) else values)
            if value
        ]

    def address(self, **changes: str | tuple[str, ...] | None) -> str:
        """This page with changes, its own parameters kept."""
        own = {name: self.request.GET.get(name, "")[:520] for name in self.own}
        return f"?{self.question.query(**{**own, **changes})}"

    def without_effect(self) -> Sequence[Filter]:
        """The filters that do not hold on this page."""
        return ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A filter sent by the builder becomes a plain part of the address."""
        if "add_value" in request.GET and request.user.is_authenticated and self.has_permission(request):
            return redirect(request.path + self._with_filter())
        return super().dispatch(request, *args, **kwargs)

    def _with_filter(self) -> str:
        query = self.request.GET
        name, op, text = query.get("add", ""), query.get("how", "is"), clean(query.get("add_value", ""))[:500]
        if name not in FILTERS or op not in FILTER_OPS or not text:
            messages.error(self.request, _("Choose what to filter by, and enter a value."))
            return self.address()
        value = text
        if op in ("is", "not"):
            everything = traffic_of(question=replace(self.question, filters=()), goals=[], user=self.user)
            value = value_meant(everything, name, text)
        key = key_of(name, op)
        known = next((one.values for one in self.question.filters if one.key == key), ())
        if len(known) >= MAX_VALUES:
            messages.error(self.request, _("A filter has at most %(limit)s values.") % {"limit": MAX_VALUES})
            return self.address()
        return self.address(**{key: tuple(dict.fromkeys((*known, value)))})

    def frame(self) -> dict[str, Any]:
        """What every page shows."""
        question = self.question
        return {
            "question": question,
            "period_text": days_text(question.period),
            "earlier_text": days_text(question.earlier) if question.earlier else "",
            "tab": self.tab,
            "tabs": self.tabs(),
            "google_tabs": self.google_tabs(),
            "periods": self._periods(PERIODS),
            "more_periods": self._periods(MORE_PERIODS),
            "own_period": dict(MORE_PERIODS).get(question.preset) or (
                "" if question.preset else _("Own period")
            ),
            "kept_period": self.kept("period", "from", "to"),
            "kept_controls": self.kept("compare", "unit", "goal"),
            "comparisons": COMPARISONS,
            "units": [one for one in UNITS if one[0] != "hour" or question.period.days <= HOURS],
            "all_goals": counted(),
            "chips": [
                {"text": in_words(one), "url": self.address(**{one.key: None})} for one in question.filters
            ],
            "no_filters": self.address(**{one.key: None for one in question.filters}).removeprefix("?"),
            "odd": [ODD.get(name, name) for name in question.odd],
            "without_effect": [in_words(one) for one in self.without_effect()],
            "filter_names": FILTERS.items(),
            "filter_ops": OPS.items(),
            "kept_filters": self.kept("page"),
            "restricted": not sees_everything(user=self.user),
            "year_query": question.query(period="12m"),
            "report_query": urlencode(
                {"page": request_page(self.request.path), "query": self.address().removeprefix("?")}
            ),
            "may_note": self.user.has_perm("traffic.add_annotation"),
            "reportable": self.tab in REPORTABLE and request_page(self.request.path) != "list/",
            "may_report": self.user.has_perm("traffic.add_report"),
            "empty_hint": _("Remove a filter or choose a longer period."),
        }  # fmt: skip

    def _periods(self, choices: tuple[tuple[str, Promise], ...]) -> list[dict[str, Any]]:
        query = self.question.query
        return [
            {"label": label, "url": f"?{query(period=key)}", "active": key == self.question.preset}
            for key, label in choices
        ]

    def show(self, template: str, context: dict[str, Any]) -> HttpResponse:
        """A page with what all of them need."""
        request: HttpRequest = self.request
        return render(request, template, {**self.frame(), **context})


class ExportView(TrafficView):
    """A table of one of the pages as a file."""

    def table(self) -> Table:
        """All rows, whatever page of them is shown on the screen."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self.table()
        return file_of(
            form=request.GET.get("format", "xlsx"),
            title=found.title,
            headers=found.headers,
            rows=found.rows,
            user=self.user,
        )
