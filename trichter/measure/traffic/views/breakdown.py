"""Visits by channel, source, medium, campaign, page, country, device: a table, and the same as a file."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from trichter.core.shell.queries import installation
from trichter.kit.money import Money
from trichter.kit.tables.writing import Value
from trichter.kit.text import clean
from trichter.measure.funnels import display as house

from .. import display
from ..breakdown import SORTS, Row, rows_of, searched, sorted_rows
from ..dimensions import LABELS
from ..export import Table
from ..figures import Figures, figures
from ..filters import NOT_SET
from .base import ExportView, TrafficView

PER_PAGE = 50
HEADS: tuple[tuple[str, str], ...] = (
    ("visitors", "visitors"), ("visits", "visits"), ("views", "views"), ("bounce", "bounce"),
    ("seconds", "seconds"), ("converted", "goals"), ("conversion", "conversion"), ("amount", "amount"),
)  # fmt: skip


class BreakdownView(TrafficView):
    """`/traffic/by/source/?q=…&sort=-visits` and the question."""

    tab = "breakdown"
    own = ("q", "sort")

    @property
    def dimension(self) -> str:
        """The dimension of the address, or 404."""
        name: str = self.kwargs["dimension"]
        if name not in LABELS:
            raise Http404
        return name

    def asked(self) -> tuple[str, str]:
        """Search text and order."""
        sort = self.request.GET.get("sort", "")
        search = clean(self.request.GET.get("q", ""))[:100]
        return search, sort if sort.removeprefix("-") in SORTS else ""

    def get(self, request: HttpRequest, dimension: str) -> HttpResponseBase:
        name, (search, sort) = self.dimension, self.asked()
        rows = sorted_rows(searched(rows_of(self.traffic, dimension=name), text=search), by=sort)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        whole = figures(self.traffic)
        currency = installation().currency
        return self.show(
            "traffic/breakdown.html",
            {
                "dimension": name,
                "dimension_label": LABELS[name],
                "dimensions": [
                    {"label": label, "url": self.page_url("breakdown", key), "active": key == name}
                    for key, label in LABELS.items()
                ],
                "figures": whole,
                "rows": [self._row(row, name, whole, currency) for row in page.object_list],
                "total": cells(whole, currency, self._lists()),
                "page": page,
                "search": search,
                "sort": sort,
                "kept_search": self.kept("q"),
                "heads": self._heads(search, sort),
                "definitions": [
                    (display.LABELS[key], display.DEFINITIONS[key])
                    for key in ("visitors", "visits", "bounce", "seconds", "conversion", "amount")
                ],
                "export": f"{reverse('traffic:breakdown_export', args=[name])}?"
                + self.question.query(q=search, sort=sort),
            },
        )

    def _lists(self, **extra: str) -> dict[str, str]:
        return {
            "visitors": self.list_url("visitors", **extra),
            "visits": self.list_url("visits", **extra),
            "views": self.list_url("views", **extra),
            "bounced": self.list_url("visits", only="bounced", **extra),
            "converted": self.list_url("visits", only="converted", **extra),
            "paid": self.list_url("visits", only="paid", **extra),
        }

    def _row(self, row: Row, name: str, whole: Figures, currency: str) -> dict[str, Any]:
        value = row.value or NOT_SET
        return {
            "label": row.label,
            "unset": not row.value,
            "filter": f"?{self.question.query(**{name: value})}",
            "bar": round(100 * row.figures.visits / whole.visits) if whole.visits else 0,
            "cells": cells(row.figures, currency, self._lists(**{name: value})),
        }

    def _heads(self, search: str, sort: str) -> list[dict[str, str]]:
        labels: dict[str, Promise | str] = {**display.LABELS, "goals": _("With a goal")}
        found = []
        for key, label in (("label", ""), *HEADS):
            after = f"-{key}" if sort != f"-{key}" and key != "label" else key
            state = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
            text = str(labels[label]) if label else str(LABELS[self.dimension])
            url = f"?{self.question.query(q=search, sort=after)}"
            css = "" if key == "label" else "tr-num"
            found.append({"label": text, "aria": state, "url": url, "css": css})
        return found


def cells(one: Figures, currency: str, lists: dict[str, str]) -> list[dict[str, Any]]:
    """A row's numbers, each with its list; rates with n and interval, or the two counts under 30 cases."""
    bounce, conversion = one.bounce, one.conversion
    return [
        {"label": display.LABELS["visitors"], "text": house.count(one.visitors), "url": lists["visitors"]},
        {"label": display.LABELS["visits"], "text": house.count(one.visits), "url": lists["visits"]},
        {"label": display.LABELS["views"], "text": house.count(one.views), "url": lists["views"]},
        {"label": display.LABELS["bounce"], "text": house.rate(bounce), "url": lists["bounced"],
         "few": not bounce.enough, "title": house.interval(bounce)},
        {"label": display.LABELS["seconds"], "text": display.seconds(one.seconds),
         "url": lists["visits"] if one.visits else ""},
        {"label": _("With a goal"), "text": house.count(one.converted),
         "url": lists["converted"] if one.converted else ""},
        {"label": display.LABELS["conversion"], "text": house.rate(conversion),
         "url": lists["converted"] if one.converted else "",
         "few": not conversion.enough, "title": house.interval(conversion)},
        {"label": display.LABELS["amount"], "text": house.money(one.amount, currency) if one.amount else "–",
         "url": lists["paid"] if one.amount else ""},
    ]  # fmt: skip


class BreakdownExportView(ExportView, BreakdownView):
    """All rows of the table as a file: counts, so that rates can be made of them, and both rates."""

    def table(self) -> Table:
        name, (search, sort) = self.dimension, self.asked()
        rows = sorted_rows(searched(rows_of(self.traffic, dimension=name), text=search), by=sort)
        return Table(
            title=str(LABELS[name]),
            headers=[str(LABELS[name]), *headers()],
            rows=[[row.label, *line(row.figures, installation().currency)] for row in rows],
            rates=frozenset({5, 8}),
            mailed=(0, 1, 2, 7, 8),
        )


def headers() -> list[str]:
    """What stands over the columns of `line`."""
    labels = display.LABELS
    return [str(labels["visitors"]), str(labels["visits"]), str(labels["views"]), _("Bounces"),
            str(labels["bounce"]), _("Seconds per visit (median)"), _("With a goal"),
            str(labels["conversion"]), str(labels["amount"])]  # fmt: skip


def line(one: Figures, currency: str) -> list[Value]:
    """A row of a file; rates as shares of 1, empty under 30 cases."""
    return [
        one.visitors, one.visits, one.views, one.bounces,
        one.bounce.share if one.bounce.enough else None, one.seconds, one.converted,
        one.conversion.share if one.conversion.enough else None, Money(one.amount, currency),
    ]  # fmt: skip
