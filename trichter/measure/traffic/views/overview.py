"""The head of the web analytics: figures against another period, and a line over time."""

from typing import Any

import numpy as np
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from trichter.core.shell.queries import company_zone, installation
from trichter.kit.clock import Period
from trichter.kit.tables.writing import Value
from trichter.measure.funnels import display as house
from trichter.measure.funnels.occurrences import micros

from ..chart import Point, draw
from ..dimensions import LABELS as DIMENSIONS
from ..dimensions import NOT_SET, label_of, split
from ..display import DEFINITIONS, LABELS, cards
from ..export import file_of
from ..figures import Figures, figures, grouped
from ..outside import counted_in
from ..queries import notes_of
from ..question import METRICS
from ..visits import Traffic
from .base import TrafficView
from .breakdown import headers, line

RATES = frozenset({"bounce", "conversion"})
_PANELS, _TOP = ("channel", "source", "landing", "country", "device"), 6


class OverviewView(TrafficView):
    """Cards, the line with its notes, and the head of the most wanted breakdowns."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        question, currency = self.question, installation().currency
        now = figures(self.traffic)
        earlier, before = self.before or (question.earlier, None)
        compared = before is not None
        spans = question.spans()
        points = [point(one, question.metric) for one in per_span(self.traffic, spans)]
        past = []
        if before is not None and earlier is not None:
            past = [point(one, question.metric) for one in per_span(before, question.spans(earlier))]
        notes = notes_of(question.period)
        drawing = draw(spans=spans, now=points, before=past, notes=notes, share=question.metric in RATES)
        return self.show(
            "traffic/overview.html",
            {
                "figures": now,
                "cards": cards(
                    now, figures(before) if before is not None else None, currency=currency, url=self.list_url
                ),
                "earlier": earlier if compared else None,
                "not_compared": earlier is not None and not compared,
                "metrics": [
                    {"label": LABELS[key], "active": key == question.metric,
                     "url": f"?{question.query(metric=key if key != METRICS[0] else None)}"}
                    for key in METRICS
                ],
                "metric_label": LABELS[question.metric],
                "definition": DEFINITIONS[question.metric],
                "drawing": drawing,
                "notes": list(enumerate(notes, start=1)),
                "spans": [
                    {"span": span, "now": one.text, "before": past[index].text if index < len(past) else ""}
                    for index, (span, one) in enumerate(zip(spans, points, strict=True))
                ],
                "imported": imported(question.period),
                "imported_url": self.page_url("analytics"),
                "panels": [self.panel(name) for name in _PANELS],
                "export": self.page_url("overview_export"),
            },
        )  # fmt: skip

    def panel(self, name: str) -> dict[str, Any]:
        """The values with most visits."""
        values, group = split(self.traffic, name)
        counts = np.bincount(group, minlength=len(values)).tolist()
        most = sorted(zip(values, counts, strict=True), key=lambda pair: (-pair[1], pair[0]))
        return {
            "label": DIMENSIONS[name],
            "url": self.page_url("breakdown", name),
            "more": max(0, len(most) - _TOP),
            "rows": [
                {
                    "label": label_of(name, value),
                    "unset": not value,
                    "filter": f"?{self.question.query(**{name: value or NOT_SET})}",
                    "list": self.list_url("visits", **{name: value or NOT_SET}),
                    "visits": house.count(count),
                    "bar": round(100 * count / most[0][1]),
                }
                for value, count in most[:_TOP]
            ],
        }


class OverviewExportView(OverviewView):
    """The spans of the line with all figures, after them the whole; beside them the period compared with."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        columns = [_("From"), _("to"), *headers()]
        lines = self._lines(self.question.period, self.traffic)
        earlier, before = self.before or (None, None)
        if earlier is not None and before is not None:
            past = self._lines(earlier, before)
            # Both may have a different number of spans; the last line of each is its whole.
            missing: list[Value] = [None] * len(columns)
            longer = max(len(lines), len(past)) - 1
            both = [(one[:-1] + [missing] * (longer - len(one) + 1) + one[-1:]) for one in (lines, past)]
            lines = [now + then for now, then in zip(*both, strict=True)]
            columns += [_("%(column)s, compared with") % {"column": one} for one in columns]
        return file_of(
            form=request.GET.get("format", "xlsx"),
            title=_("Web analytics"),
            headers=columns,
            rows=lines,
            user=self.user,
        )

    def _lines(self, period: Period, traffic: Traffic) -> list[list[Value]]:
        spans, currency = self.question.spans(period), installation().currency
        found = [*per_span(traffic, spans), figures(traffic)]
        return [
            [span.first_day, span.last_day, *line(one, currency)]
            for span, one in zip([*spans, period], found, strict=True)
        ]


def imported(period: Period) -> dict[str, Any] | None:
    """What Analytics counted in the period, to stand beside; None when nothing was imported."""
    found = counted_in(period)
    return {"sessions": house.count(found[0]), "days": found[1]} if found else None


def per_span(traffic: Traffic, spans: list[Period]) -> list[Figures]:
    """The figures of each span; a visit belongs to the span of its first page view."""
    zone = company_zone()
    starts = np.array([micros(span.bounds(zone)[0]) for span in spans], np.int64)
    group = np.searchsorted(starts, traffic.at, side="right").astype(np.int64) - 1
    return grouped(traffic, group=group, groups=len(spans))


def point(one: Figures, metric: str) -> Point:
    """A figure as a point of the line; a rate under 30 cases is not drawn."""
    if metric in RATES:
        rate = one.bounce if metric == "bounce" else one.conversion
        return Point(value=rate.share if rate.enough else None, text=house.rate(rate))
    value = int(getattr(one, metric))
    return Point(value=float(value), text=house.count(value))
