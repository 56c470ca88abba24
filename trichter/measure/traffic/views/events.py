"""Outbound links, downloads, forms, videos and own events: which ones, how often, with whom behind them."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.kit.tables.writing import Value
from trichter.kit.text import clean
from trichter.measure.funnels import display as house
from trichter.measure.funnels.kinds import kind_label

from ..export import Table
from ..happenings import FIELDS, KINDS, OWN, Happened, Property, Row, happened, properties_of, rows_of
from .base import COMPARISONS, ExportView, TrafficView
from .paging import page_of

WHATS: Final[dict[str, Promise]] = {
    "all": gettext_lazy("All events"),
    "links": gettext_lazy("Outbound links"),
    "files": gettext_lazy("Downloads"),
    "forms": gettext_lazy("Forms"),
    "videos": gettext_lazy("Videos"),
    "own": gettext_lazy("Own events"),
}
_SORTS: Final[dict[str, Callable[[Row], Any]]] = {
    "name": lambda row: row.name.casefold(),
    "kind": lambda row: kind_label(row.kind),
    "count": lambda row: row.count,
    "visits": lambda row: row.visits,
    "visitors": lambda row: row.visitors,
    "others": lambda row: row.others,
}


class EventsView(TrafficView):
    """`/traffic/events/own/?name=Demo+requested&q=…&sort=-count` and the question."""

    tab = "events"
    own = ("q", "sort", "name")

    @property
    def what(self) -> str:
        """Which of the tables, or 404."""
        what: str = self.kwargs["what"]
        if what not in WHATS:
            raise Http404
        return what

    @property
    def search(self) -> str:
        """The words looked for."""
        return clean(self.request.GET.get("q", ""))[:100]

    @property
    def name(self) -> str:
        """The own event whose properties are shown; "" for none."""
        return clean(self.request.GET.get("name", ""))[:200] if self.what == "own" else ""

    @cached_property
    def found(self) -> Happened:
        """The events of the period."""
        return happened(self.traffic, kinds=KINDS.get(self.what, FIELDS), whole=not self.question.filters)

    def asked(self) -> tuple[list[Row], str]:
        """The rows searched and sorted, and the order understood."""
        words = self.search.casefold().split()
        rows = [row for row in rows_of(self.found) if all(word in row.name.casefold() for word in words)]
        sort = self.request.GET.get("sort", "")
        key = _SORTS.get(sort.removeprefix("-"))
        if key is not None:
            rows.sort(key=key, reverse=sort.startswith("-"))
        return rows, sort if key is not None else ""

    def properties(self) -> list[Property]:
        """The properties of the own event asked for."""
        return properties_of(self.found.of(kind=OWN, name=self.name)) if self.name else []

    @property
    def heads(self) -> dict[str, str]:
        """The columns, by the order they can be sorted in."""
        labels = {
            "name": _("Name or target"), "kind": _("Event"), "count": _("Event count"), "visits": _("Visits"),
            "visitors": _("Visitors"), "others": _("Without a visit"),
        }  # fmt: skip
        if len(KINDS.get(self.what, FIELDS)) == 1:
            del labels["kind"]
        if not self.found.others:
            del labels["others"]
        return labels

    def get(self, request: HttpRequest, what: str) -> HttpResponseBase:
        rows, sort = self.asked()
        page = page_of(rows, request)
        before: dict[tuple[str, str], int] = {}
        if self.before is not None:
            past = happened(self.before[1], kinds=KINDS.get(self.what, FIELDS))
            before = {(row.kind, row.name): row.count for row in rows_of(past)}
        heads = self.heads
        return self.show(
            "traffic/events.html",
            {
                "what": self.what,
                "title": WHATS[self.what],
                "whats": [
                    {"label": label, "url": self.page_url("events", key), "active": key == self.what}
                    for key, label in WHATS.items()
                ],
                "rows": [
                    self._row(row, heads, before.get((row.kind, row.name), 0)) for row in page.object_list
                ],
                "page": page,
                "search": self.search,
                "name": self.name,
                "properties": [self._property(one) for one in self.properties()],
                "kept_search": self.kept("q"),
                "kept_use": self.kept("compare"),
                "comparisons": COMPARISONS,
                "earlier": self.before[0] if self.before else None,
                "visits": len(self.traffic),
                "heads": [
                    {"label": label, "css": "" if key in ("name", "kind") else "tr-num",
                     "aria": {key: "ascending", f"-{key}": "descending"}.get(sort, ""),
                     "url": f"?{self.question.query(q=self.search, sort=self._after(key, sort))}"}
                    for key, label in heads.items()
                ],
                "back": self.page_url("events", "own"),
                "export": f"{reverse('traffic:events_export', args=[self.what])}?"
                + self.question.query(q=self.search, sort=sort, name=self.name),
            },
        )  # fmt: skip

    @staticmethod
    def _after(key: str, sort: str) -> str:
        return f"-{key}" if sort != f"-{key}" and key not in ("name", "kind") else key

    def _row(self, row: Row, heads: dict[str, str], before: int) -> dict[str, Any]:
        behind = {"only": "event", "kind": row.kind, "name": row.name}
        linked = bool(row.visits and row.name)  # no name would mean every event of the kind
        cells: dict[str, dict[str, Any]] = {
            "kind": {"text": kind_label(row.kind)},
            "count": {"text": house.count(row.count), "delta": house.change(before, row.count),
                      "direction": house.direction(before, row.count)},
            "visits": {"text": house.count(row.visits),
                       "url": self.list_url("visits", **behind) if linked else ""},
            "visitors": {"text": house.count(row.visitors),
                         "url": self.list_url("visitors", **behind) if linked else ""},
            "others": {"text": house.count(row.others)},
        }  # fmt: skip
        return {
            "name": row.name,
            "url": self.page_url("events", "own", name=row.name) if row.kind == OWN and row.name else "",
            "cells": [{"key": key, "label": heads[key], **cells[key]} for key in heads if key != "name"],
        }

    def _property(self, one: Property) -> dict[str, Any]:
        behind = {"only": "event", "kind": OWN, "name": self.name, "prop": one.name, "value": one.value}
        return {
            "name": one.name,
            "value": one.value,
            "count": house.count(one.count),
            "visits": house.count(one.visits),
            "visits_url": self.list_url("visits", **behind),
            "visitors": house.count(one.visitors),
            "visitors_url": self.list_url("visitors", **behind),
        }


class EventsExportView(ExportView, EventsView):
    """All rows of the table as a file; of one own event its properties."""

    def table(self) -> Table:
        headers, rows = self._lines()
        return Table(
            title=self.name or str(WHATS[self.what]),
            headers=headers,
            rows=rows,
        )

    def _lines(self) -> tuple[list[str], list[list[Value]]]:
        if self.name:
            return (
                [_("Property"), _("Value"), _("Event count"), _("Visits"), _("Visitors")],
                [[one.name, one.value, one.count, one.visits, one.visitors] for one in self.properties()],
            )
        return (
            [
                _("Event"),
                _("Name or target"),
                _("Event count"),
                _("Visits"),
                _("Visitors"),
                _("Without a visit"),
            ],
            [
                [kind_label(row.kind), row.name, row.count, row.visits, row.visitors, row.others]
                for row in self.asked()[0]
            ],
        )  # fmt: skip
