"""The head of the web analytics: figures against another period, and a line over time."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

import numpy as np
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.shell.queries import company_zone, installation
from trichter.kit.clock import Period
from trichter.kit.tables.writing import Value
from trichter.measure.funnels import display as house
from trichter.measure.funnels.occurrences import micros

from ..chart import Point, Span, draw, span_text
from ..dimensions import LABELS as DIMENSIONS
from ..dimensions import label_of, split
from ..display import DEFINITIONS, LABELS, cards
from ..export import Table
from ..figures import Figures, figures, grouped
from ..filters import NOT_SET
from ..hours import Hour, beside, hours_of
from ..outside import counted_in
from ..queries import notes_of
from ..question import METRICS, Question
from ..visits import Traffic
from .base import ExportView, TrafficView, days_text
from .breakdown import headers, line

NOTHING = Point(value=None, text="–")
RATES = frozenset({"bounce", "conversion"})
_PANELS, _TOP = ("channel", "source", "campaign", "landing", "country", "device"), 6


class OverviewView(TrafficView):
    """Cards, the line with its notes, and the head of the most wanted breakdowns."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        question, currency = self.question, installation().currency
        now = figures(self.traffic)
        earlier, before = self.before or (question.earlier, None)
        compared = before is not None
        spans, points, past = self.line()
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
                    {"text": days_text(span) if isinstance(span, Period) else span_text(span),
                     "now": one.text, "before": past[index].text if index < len(past) else ""}
                    for index, (span, one) in enumerate(zip(spans, points, strict=True))
                ],
                "imported": imported(question.period),
                "imported_url": self.page_url("analytics"),
                "panels": [self.panel(name) for name in _PANELS],
                "export": self.page_url("overview_export"),
            },
        )  # fmt: skip

    def line(self) -> tuple[Sequence[Span], list[Point], list[Point]]:
        """What is drawn: the spans, a point for each, and one of the period compared with."""
        question, zone, now = self.question, company_zone(), timezone.now()
        spans: Sequence[Span] = spans_of(question, question.period)
        found = per_span(self.traffic, spans)
        # What has not begun is no zero.
        points = [
            point(one, question.metric) if span.bounds(zone)[0].astimezone(UTC) <= now else NOTHING
            for span, one in zip(spans, found, strict=True)
        ]
        if self.before is None:
            return spans, points, []
        earlier, before = self.before
        beginnings: Sequence[Span | None]
        if question.unit == "hour":
            beginnings = beside([one for one in spans if isinstance(one, Hour)], period=earlier, zone=zone)
        else:
            beginnings = question.spans(earlier)
        known = {
            number: span
            for number, span in enumerate(beginnings)
            if span is not None and micros(span.bounds(zone)[0]) < before.high
        }
        counted = dict(zip(known, per_span(before, list(known.values())), strict=True))
        past = [
            point(counted[number], question.metric) if number in counted else NOTHING
            for number in range(len(beginnings))
        ]
        return spans, points, past

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


class OverviewExportView(ExportView, OverviewView):
    """The spans of the line with all figures, after them the whole; beside them the period compared with."""

    def table(self) -> Table:
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
        return Table(
            title=_("Web analytics"),
            headers=columns,
            rows=lines,
        )

    def _lines(self, period: Period, traffic: Traffic) -> list[list[Value]]:
        spans, currency = spans_of(self.question, period), installation().currency
        found = [*per_span(traffic, spans), figures(traffic)]
        return [
            [*_ends(span), *line(one, currency)] for span, one in zip([*spans, period], found, strict=True)
        ]


def imported(period: Period) -> dict[str, Any] | None:
    """What Analytics counted in the period, to stand beside; None when nothing was imported."""
    found = counted_in(period)
    return {"sessions": house.count(found[0]), "days": found[1]} if found else None


def _ends(span: Span) -> list[Value]:
    return [span.start, span.end] if isinstance(span, Hour) else [span.first_day, span.last_day]


def spans_of(question: Question, period: Period) -> list[Span]:
    """The period in the question's unit."""
    if question.unit == "hour":
        return list(hours_of(period, zone=company_zone()))
    return list(question.spans(period))


def per_span(traffic: Traffic, spans: Sequence[Span]) -> list[Figures]:
    """The figures of each span; a visit belongs to the span of its first page view."""
    if not spans:
        return []
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
