"""What Google counted, as somebody imported it: searches, and sessions of the time before us beside ours."""

from datetime import date, timedelta
from typing import Any, Final

from babel.numbers import format_decimal
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.cells import locale
from trichter.core.shell.queries import company_today, company_zone
from trichter.kit.clock import Period, day_of, month_start
from trichter.kit.text import clean
from trichter.measure.funnels import display as house

from ..chart import Point, draw
from ..export import file_of
from ..models import SearchFigure, VisitFigure
from ..outside import Month, Statement, chosen, months, properties, searched, statements, visited
from ..queries import known_since, traffic_of
from .base import TrafficView
from .overview import per_span

PER_PAGE: Final = 50
_MONTHS: Final = 36
SEARCH_HEADS: Final = {
    "name": "", "clicks": gettext_lazy("Clicks"), "impressions": gettext_lazy("Impressions"),
    "ctr": gettext_lazy("CTR"), "position": gettext_lazy("Average position"),
}  # fmt: skip
_SEARCH_FIELDS: Final = {"name": "name", "clicks": "clicked", "impressions": "seen", "ctr": "ctr",
                         "position": "place"}  # fmt: skip
VISIT_HEADS: Final = {
    "name": "", "sessions": gettext_lazy("Sessions"), "users": gettext_lazy("Users (imported)"),
    "engaged": gettext_lazy("Engaged sessions"), "views": gettext_lazy("Page views"),
    "keys": gettext_lazy("Key events"),
}  # fmt: skip
_VISIT_FIELDS: Final = {"name": "name", "sessions": "visits", "users": "people", "engaged": "deep",
                        "views": "seen", "keys": "keys"}  # fmt: skip


def span_text(first: date, last: date) -> str:
    """The days a statement covers."""
    if first == last:
        return date_format(first, "SHORT_DATE_FORMAT")
    return f"{date_format(first, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}"


def decimal(value: float | None, places: int = 1) -> str:
    """12,3; “–” for none."""
    pattern = "#,##0." + "0" * places
    return "–" if value is None else str(format_decimal(value, format=pattern, locale=locale()))


def whole(value: int | None) -> str:
    """1.234; “–” for none."""
    return "–" if value is None else house.count(value)


class OutsideView(TrafficView):
    """A list of one statement: which one, searched and sorted as the address says."""

    own = ("report", "q", "sort", "what")

    @property
    def text(self) -> str:
        """The words searched for."""
        return clean(self.request.GET.get("q", ""))[:100]

    def order(self, fields: dict[str, str], first: str) -> tuple[str, list[Any]]:
        """The sort in the address, and the same for the database; most of `first` unless asked otherwise."""
        sort = self.request.GET.get("sort", "")
        name = sort.removeprefix("-")
        if name not in fields:
            name, sort = first, f"-{first}"
        key = F(fields[name])
        down = sort.startswith("-")
        return sort, [key.desc(nulls_last=True) if down else key.asc(nulls_last=True), "name"]

    def here(self, **changes: str) -> str:
        """This page with other parameters."""
        kept = {name: self.request.GET.get(name, "")[:800] for name in self.own}
        return self.question.query(**{**kept, **changes})

    def heads(self, labels: dict[str, Any], sort: str, lead: str) -> list[dict[str, str]]:
        """What stands over the columns."""
        return [
            {"label": str(label or lead), "css": "" if key == "name" else "tr-num",
             "aria": {key: "ascending", f"-{key}": "descending"}.get(sort, ""),
             "url": "?" + self.here(sort=key if sort == f"-{key}" or (key == "name" and sort != key)
                                    else f"-{key}")}
            for key, label in labels.items()
        ]  # fmt: skip

    def choices(self, listed: list[Statement], current: Statement | None) -> list[dict[str, Any]]:
        """The statements to choose from."""
        sites = len({one.site for one in listed}) > 1
        found = []
        for one in listed:
            label = span_text(one.first_day, one.last_day)
            if one.daily and one.what != "day":
                label = _("%(span)s, added up from single days") % {"span": label}
            parts = [one.split] if self.tab == "analytics" else []
            parts += [label] + ([one.site] if sites and one.site else [])
            found.append({"key": one.key, "label": " · ".join(parts), "active": one == current})
        return found

    def kept_search(self, *without: str) -> list[tuple[str, str]]:
        """Hidden fields of the form that changes these parameters."""
        return self.kept(*without)


class SearchView(OutsideView):
    """`/traffic/google-search/?what=query&report=…&q=…&sort=-clicks`."""

    tab = "search"

    @property
    def what(self) -> str:
        """Which values are listed; queries unless asked otherwise."""
        asked = self.request.GET.get("what", "")
        return asked if asked in SearchFigure.What.values else SearchFigure.What.QUERY.value

    def asked(self) -> tuple[list[Statement], Statement | None, QuerySet[Any, dict[str, Any]] | None, str]:
        """All statements of this kind, the chosen one, its rows in order, and the order."""
        listed = statements(SearchFigure, what=self.what)
        statement = chosen(listed, self.request.GET.get("report", "")[:800])
        sort, order = self.order(_SEARCH_FIELDS, "name" if self.what == "day" else "clicks")
        rows = searched(statement, text=self.text).order_by(*order) if statement else None
        return listed, statement, rows, sort

    def get(self, request: HttpRequest) -> HttpResponseBase:
        listed, statement, rows, sort = self.asked()
        context: dict[str, Any] = {
            "statement": statement,
            "what_label": SearchFigure.What(self.what).label,
            "whats": [
                {"label": label, "active": key == self.what,
                 "url": "?" + self.here(what=key, report="", sort="", q="")}
                for key, label in SearchFigure.What.choices
            ],
            "reports": self.choices(listed, statement),
            "search": self.text,
            "kept_search": self.kept_search("q", "report"),
            "anything": bool(listed) or SearchFigure.objects.exists(),
            "restricted": False,  # no person is behind these sums
        }  # fmt: skip
        if rows is not None:
            page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
            sums = totals(rows)
            context |= {
                "page": page,
                "rows": [self._row(row) for row in page.object_list],
                "total": self._cells(sums) if sums["seen"] else [],
                "heads": self.heads(SEARCH_HEADS, sort, str(context["what_label"])),
                "export": f"{reverse('traffic:search_export')}?{self.here()}",
            }
        return self.show("traffic/search.html", context)

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"name": named(row["name"]), "cells": self._cells(row)}

    @staticmethod
    def _cells(row: dict[str, Any]) -> list[dict[str, str]]:
        texts = (house.count(row["clicked"]), house.count(row["seen"]), house.percent(row["ctr"]),
                 decimal(row["place"]))  # fmt: skip
        return [
            {"label": str(label), "text": text}
            for label, text in zip(list(SEARCH_HEADS.values())[1:], texts, strict=True)
        ]


def named(value: Any) -> str:
    """A value as text, a day as people write it."""
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)


def totals(rows: QuerySet[Any, dict[str, Any]]) -> dict[str, Any]:
    """Clicks and impressions of all rows, the mean position over the impressions that tell one."""
    clicked = seen = weighted = placed = 0.0
    for row in rows.order_by().values_list("clicked", "seen", "place"):
        clicked, seen = clicked + row[0], seen + row[1]
        if row[2] is not None:
            weighted, placed = weighted + row[2] * row[1], placed + row[1]
    return {
        "clicked": int(clicked), "seen": int(seen), "ctr": clicked / seen if seen else None,
        "place": weighted / placed if placed else None,
    }  # fmt: skip


class SearchExportView(SearchView):
    """All rows of the list as a file."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        _listed, _statement, rows, _sort = self.asked()
        label = str(SearchFigure.What(self.what).label)
        return file_of(
            form=request.GET.get("format", "xlsx"),
            title=f"Google Search {label}",
            headers=[label, *(str(one) for one in list(SEARCH_HEADS.values())[1:])],
            rows=(
                [row["name"], row["clicked"], row["seen"], row["ctr"], row["place"]]
                for row in (rows if rows is not None else [])
            ),
            user=self.user,
        )


class AnalyticsView(OutsideView):
    """`/traffic/google-analytics/?report=…&q=…&sort=-sessions`: by month beside our visits; reports."""

    tab = "analytics"

    def asked(self) -> tuple[list[Statement], Statement | None, QuerySet[Any, dict[str, Any]] | None, str]:
        """All reports that split something, the chosen one, its rows in order, and the order."""
        listed = [one for one in statements(VisitFigure) if one.what != "day"]
        statement = chosen(listed, self.request.GET.get("report", "")[:800])
        sort, order = self.order(_VISIT_FIELDS, "sessions")
        rows = visited(statement, text=self.text).order_by(*order) if statement else None
        return listed, statement, rows, sort

    def get(self, request: HttpRequest) -> HttpResponseBase:
        listed, statement, rows, sort = self.asked()
        sites = properties()
        context: dict[str, Any] = {
            "anything": bool(sites),
            "property": sites[0] if sites else "",
            **(self.beside(sites[0]) if sites else {}),
            "statement": statement,
            "reports": self.choices(listed, statement),
            "search": self.text,
            "kept_search": self.kept_search("q", "report"),
        }
        if rows is not None and statement is not None:
            page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
            context |= {
                "page": page,
                "rows": [self._row(row) for row in page.object_list],
                "heads": self.heads(VISIT_HEADS, sort, statement.split),
                "export": f"{reverse('traffic:analytics_export')}?{self.here()}",
            }
        return self.show("traffic/analytics.html", context)

    def beside(self, site: str) -> dict[str, Any]:
        """Month by month what Analytics counted and what we counted, two columns that are never added."""
        counted = months(site)
        if not counted:
            return {}
        last = max(*counted, month_start(company_today()))
        first = max(min(counted), month_start(last, months=1 - _MONTHS))
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        starts = [month_start(first, months=n) for n in range(count)]
        spans = [Period(one, month_start(one, months=1) - timedelta(days=1)) for one in starts]
        period = Period(spans[0].first_day, spans[-1].last_day)
        traffic = traffic_of(question=self.question, goals=self.goals, user=self.user, period=period)
        since = known_since()
        ours = [
            one if since is not None and span.last_day >= day_of(since, company_zone()) else None
            for one, span in zip(per_span(traffic, spans), spans, strict=True)
        ]
        theirs: list[Month | None] = [counted.get(one) for one in starts]
        drawing = None
        if count > 1:
            drawing = draw(
                spans=spans,
                now=[Point(value=float(one.visits) if one else None, text=whole(one.visits if one else None))
                     for one in ours],
                before=[Point(value=float(one.sessions) if one else None, text="") for one in theirs],
                notes=(),
                share=False,
            )  # fmt: skip
        return {
            "drawing": drawing,
            "months": [
                {
                    "name": date_format(span.first_day, "YEAR_MONTH_FORMAT"),
                    "sessions": whole(their.sessions if their else None),
                    "users": whole(their.users if their else None),
                    "days": their.days if their and their.days < span.days else 0,
                    "visits": whole(our.visits if our else None),
                    "visitors": whole(our.visitors if our else None),
                }
                for span, their, our in reversed(list(zip(spans, theirs, ours, strict=True)))
                if their or (our and our.visits)
            ],
        }

    @staticmethod
    def _row(row: dict[str, Any]) -> dict[str, Any]:
        users = row["people"] if row["parts"] == 1 else None
        texts = (whole(row["visits"]), whole(users), whole(row["deep"]), whole(row["seen"]),
                 decimal(row["keys"]))  # fmt: skip
        return {
            "name": row["name"],
            "cells": [{"label": str(label), "text": text}
                      for label, text in zip(list(VISIT_HEADS.values())[1:], texts, strict=True)],
        }  # fmt: skip


class AnalyticsExportView(AnalyticsView):
    """All rows of the chosen report as a file."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        _listed, statement, rows, _sort = self.asked()
        return file_of(
            form=request.GET.get("format", "xlsx"),
            title="Google Analytics",
            headers=[
                statement.split if statement else "",
                *(str(one) for one in list(VISIT_HEADS.values())[1:]),
            ],
            rows=(
                [row["name"], row["visits"], row["people"] if row["parts"] == 1 else None, row["deep"],
                 row["seen"], row["keys"]]
                for row in (rows if rows is not None else [])
            ),
            user=self.user,
        )  # fmt: skip
