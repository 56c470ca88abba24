"""How fast pages felt, how far they were scrolled, how far videos were watched."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.kit.tables.writing import Value
from trichter.kit.text import clean
from trichter.measure.funnels import display as house

from .. import use
from ..depths import MARKS, Depth, Reached, depths_of, scrolled, watched
from ..dimensions import label_of
from ..export import Table
from ..filters import NOT_SET
from ..visits import Traffic
from ..vitals import GRADES, METRICS, Measured, Row, Vital, measured, rows_of, whole
from .base import COMPARISONS, ExportView, TrafficView
from .paging import page_of

_READ: Final[dict[str, Callable[[Traffic], Reached]]] = {"scroll": scrolled, "videos": watched}


class UseView(TrafficView):
    """`/traffic/use/vitals/?split=page&q=…&sort=-lcp` and the question; also `scroll` and `videos`."""

    tab = "use"
    own = ("q", "sort", "split")

    @property
    def what(self) -> str:
        """Which of the tables, or 404."""
        name: str = self.kwargs["what"]
        if name not in use.WHATS:
            raise Http404
        return name

    @property
    def search(self) -> str:
        """The words looked for."""
        return clean(self.request.GET.get("q", ""))[:100]

    @property
    def by_device(self) -> bool:
        """Whether a page has a row for each class of device."""
        return not self.split

    @property
    def split(self) -> str:
        """`page`: a row for each page alone."""
        return "page" if self.request.GET.get("split") == "page" else ""

    @cached_property
    def measures(self) -> Measured:
        """What was measured in the period."""
        return measured(self.traffic)

    def asked(self, rows: Iterable[Any], sorts: dict[str, Callable[[Any], Any]]) -> tuple[list[Any], str]:
        """The rows searched and sorted, and the order understood."""
        words = self.search.casefold().split()
        found = [row for row in rows if all(word in _name(row).casefold() for word in words)]
        sort = self.request.GET.get("sort", "")
        key = sorts.get(sort.removeprefix("-"))
        if key is not None:
            found.sort(key=key, reverse=sort.startswith("-"))
        return found, sort if key is not None else ""

    def vitals(self) -> tuple[list[Row], str]:
        """The rows of the web vitals."""
        rows = rows_of(self.traffic, self.measures, by_device=self.by_device)
        return self.asked(rows, _vital_sorts())

    def depths(self) -> tuple[list[Depth], str]:
        """The rows of scrolling or of videos."""
        return self.asked(depths_of(_READ[self.what](self.traffic)), _depth_sorts())

    def get(self, request: HttpRequest, what: str) -> HttpResponseBase:
        own = self._vitals() if self.what == "vitals" else self._depths()
        return self.show(
            "traffic/use.html",
            {
                "what": self.what,
                "title": use.WHATS[self.what],
                "whats": [
                    {"label": label, "url": self.page_url("use", key), "active": key == self.what}
                    for key, label in use.WHATS.items()
                ],
                "search": self.search,
                "split": self.split,
                "kept_search": self.kept("q"),
                "kept_use": self.kept("compare", "split"),
                "comparisons": COMPARISONS,
                "earlier": self.before[0] if self.before else None,
                "visits": len(self.traffic),
                "export": f"{reverse('traffic:use_export', args=[self.what])}?"
                + self.question.query(q=self.search, sort=own["sort"], split=self.split),
                **own,
            },
        )

    def _heads(self, labels: dict[str, Any], sort: str) -> list[dict[str, str]]:
        found = []
        for key, label in labels.items():
            text = key in ("page", "device", "name")
            after = f"-{key}" if sort != f"-{key}" and not text else key
            found.append(
                {"label": str(label), "css": "" if text else "tr-num",
                 "aria": {key: "ascending", f"-{key}": "descending"}.get(sort, ""),
                 "url": f"?{self.question.query(q=self.search, sort=after, split=self.split)}"}
            )  # fmt: skip
        return found

    # ---- web vitals ----

    def _vitals(self) -> dict[str, Any]:
        rows, sort = self.vitals()
        before: dict[tuple[str, str | None], Row] = {}
        was: dict[str, Vital] = {}
        if self.before is not None:
            found = measured(self.before[1])
            was = whole(found)
            before = {
                (row.page, row.device): row
                for row in rows_of(self.before[1], found, by_device=self.by_device)
            }
        page = page_of(rows, self.request)
        labels = {"page": _("Page"), **({"device": _("Device")} if self.by_device else {})}
        return {
            "rows": [self._vital_row(row, before.get((row.page, row.device))) for row in page.object_list],
            "page": page,
            "sort": sort,
            "n": house.count(sum(row.cases for row in rows)),
            "heads": self._heads({**labels, **{one: one.upper() for one in METRICS}}, sort),
            "cards": [
                self._card(metric, one, was.get(metric)) for metric, one in whole(self.measures).items()
            ],
            "definitions": [(use.NAMES[one], use.DEFINITIONS[one]) for one in METRICS],
        }

    def _card(self, metric: str, one: Vital, was: Vital | None) -> dict[str, Any]:
        said = use.told(metric, one)
        change = use.difference(metric, one, was)
        direction = "flat" if not change else "up" if change[0] == "+" else "down"
        note = ", ".join(part for part in (said["grade"], f"n = {house.count(one.cases)}") if part)
        return {
            "label": use.NAMES[metric], "value": said["text"], "note": note, "delta": change,
            "direction": direction, "definition": use.DEFINITIONS[metric],
            "url": self.list_url("views", only=metric) if one.cases else "",
        }  # fmt: skip

    def _vital_row(self, row: Row, before: Row | None) -> dict[str, Any]:
        narrow: dict[str, str] = {"url": row.page}
        if row.device is not None:
            narrow["device"] = row.device or NOT_SET
        return {
            "page": row.page,
            "device": label_of("device", row.device) if row.device is not None else "",
            "cells": [
                {
                    "label": metric.upper(),
                    **use.told(metric, one),
                    # A page without an address has no list of its own: “any page” would be meant.
                    "n": house.count(one.cases) if one.cases else "",
                    "url": self.list_url("views", only=metric, **narrow) if row.page else "",
                    "delta": use.difference(metric, one, before.vitals[metric] if before else None),
                    "grades": [
                        {"label": use.GRADE_LABELS[grade], "share": use.share(count, one.cases),
                         "url": self.list_url("views", only=f"{metric}-{grade}", **narrow)
                         if row.page and count else ""}
                        for grade, count in one.by_grade.items()
                    ] if one.enough else [],
                }
                for metric, one in row.vitals.items()
            ],
        }  # fmt: skip

    # ---- scrolling and videos ----

    def _depths(self) -> dict[str, Any]:
        rows, sort = self.depths()
        before: dict[str, Depth] = {}
        if self.before is not None:
            before = {row.name: row for row in depths_of(_READ[self.what](self.before[1]))}
        page = page_of(rows, self.request)
        video = self.what == "videos"
        labels = {
            "name": _("Video") if video else _("Page"),
            "visits": _("Started") if video else _("Visits"),
        }
        return {
            "rows": [self._depth_row(row, before.get(row.name)) for row in page.object_list],
            "page": page,
            "sort": sort,
            "heads": self._heads({**labels, **{str(mark): f"{mark} %" for mark in MARKS}}, sort),
        }

    def _depth_row(self, row: Depth, before: Depth | None) -> dict[str, Any]:
        video = self.what == "videos"
        kind, narrow = ("video", {"video": row.name}) if video else ("scroll", {"url": row.name})
        was = before.reached if before else (None,) * len(MARKS)

        def url(mark: int, count: int) -> str:
            return self.list_url("visits", only=f"{kind}-{mark}", **narrow) if row.name and count else ""

        return {
            "name": row.name,
            "visits": house.count(row.visits),
            "url": url(0, row.visits),
            "visits_label": _("Started") if video else _("Visits"),
            "cells": [
                {
                    "label": f"{mark} %",
                    "rate": house.percent(one.share) if one.enough else "",
                    "title": house.interval(one),
                    "count": house.count(one.hits),
                    "url": url(mark, one.hits),
                    **use.moved(one, past),
                }
                for mark, one, past in zip(MARKS, row.reached, was, strict=True)
            ],
        }


def _name(row: Row | Depth) -> str:
    return row.page if isinstance(row, Row) else row.name


def _vital_sorts() -> dict[str, Callable[[Row], Any]]:
    """By what is shown: a row with too few cases for a percentile comes after all that have one."""

    def by(metric: str) -> Callable[[Row], Any]:
        return lambda row: row.vitals[metric].p75 if row.vitals[metric].enough else -1.0

    return {
        "page": lambda row: row.page.casefold(),
        "device": lambda row: row.device or "",
        **{metric: by(metric) for metric in METRICS},
    }


def _depth_sorts() -> dict[str, Callable[[Depth], Any]]:
    def by(place: int) -> Callable[[Depth], Any]:
        return lambda row: row.reached[place].share if row.reached[place].enough else -1.0

    return {
        "name": lambda row: row.name.casefold(),
        "visits": lambda row: row.visits,
        **{str(mark): by(place) for place, mark in enumerate(MARKS)},
    }


class UseExportView(ExportView, UseView):
    """All rows of the table as a file: counts, and percentiles and shares where there are cases enough."""

    def table(self) -> Table:
        headers, rows = self._vital_lines() if self.what == "vitals" else self._depth_lines()
        return Table(
            title=str(use.WHATS[self.what]),
            headers=headers,
            rows=rows,
            rates=frozenset() if self.what == "vitals" else frozenset(range(3, len(headers), 2)),
        )

    def _vital_lines(self) -> tuple[list[str], list[list[Value]]]:
        headers = [_("Page"), *([_("Device")] if self.by_device else []), _("Page views measured")]
        for metric in METRICS:
            name = metric.upper()
            unit = "" if metric == "cls" else " (ms)"
            grades = [f"{name} {use.GRADE_LABELS[one]}" for one in GRADES]
            headers += [f"{name} n", f"{name} p75{unit}", *grades]
        lines: list[list[Value]] = []
        for row in self.vitals()[0]:
            device: list[Value] = [label_of("device", row.device)] if row.device is not None else []
            line: list[Value] = [row.page, *device, row.cases]
            for metric, one in row.vitals.items():
                p75 = one.p75 if one.enough else None
                shown = p75 / 1_000 if p75 is not None and metric == "cls" else p75
                line += [one.cases, shown, *one.by_grade.values()]
            lines.append(line)
        return headers, lines

    def _depth_lines(self) -> tuple[list[str], list[list[Value]]]:
        video = self.what == "videos"
        headers = [_("Video") if video else _("Page"), _("Started") if video else _("Visits")]
        for mark in MARKS:
            headers += [f"{mark} %", _("Share that reached %(mark)s %%") % {"mark": mark}]
        lines: list[list[Value]] = []
        for row in self.depths()[0]:
            line: list[Value] = [row.name, row.visits]
            for one in row.reached:
                line += [one.hits, one.share if one.enough else None]
            lines.append(line)
        return headers, lines
