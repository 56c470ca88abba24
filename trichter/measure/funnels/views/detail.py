"""The page of one funnel."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import display
from ..asking import Answer, ask
from ..chart import zones
from ..tabs import breakdown_tab, controls, definition_tab, leak_text, revenue_tab, time_tab, trend_tab
from .base import PERIODS, FunnelView, reader

TABS = (
    ("funnel", gettext_lazy("Funnel"), "filter"),
    ("breakdown", gettext_lazy("Breakdown"), "columns-3"),
    ("time", gettext_lazy("Duration"), "clock"),
    ("trend", gettext_lazy("Weeks"), "chart-line"),
    ("revenue", gettext_lazy("Revenue"), "coin-euro"),
    ("definition", gettext_lazy("Definition"), "file-text"),
)


class DetailView(FunnelView):
    """The drawing with leak and conversions, and its tabs; everything the page shows is in its address."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        question = self.question
        answer = ask(question=question, user=self.user, compare=question.tab in ("funnel", "revenue"))
        words = reader()
        context: dict[str, Any] = {
            "tabs": [
                {"label": label, "url": f"?{question.query(tab=key if key != 'funnel' else None)}",
                 "active": key == question.tab, "icon": icon}
                for key, label, icon in TABS
            ],
            "periods": [
                {"label": label, "url": f"?{question.query(period=key)}", "active": key == question.preset}
                for key, label in PERIODS
            ],
            "controls": controls(question),
            "result": answer.now,
            "report": answer.now.report,
            "summary": _summary(answer),
            "year_query": question.query(period="12m"),
            "entered": display.count(answer.now.report.entered),
            "template": f"funnels/tab_{question.tab}.html",
        }  # fmt: skip
        match question.tab:
            case "breakdown":
                context |= breakdown_tab(question, answer.now, url=self.people_url)
            case "time":
                context |= time_tab(question, answer.now)
            case "trend":
                context |= trend_tab(question, answer.now, self.user)
            case "revenue":
                context |= revenue_tab(question, answer, url=self.people_url)
            case "definition":
                context |= definition_tab(question, words, self.saved)
            case _:
                context |= self._drawing(answer, words)
        return self.show("funnels/detail.html", context)

    def _drawing(self, answer: Answer, words: Any) -> dict[str, Any]:
        question = self.question
        report = answer.now.report
        rules = {
            number: words.match(step.match) for number, step in enumerate(question.definition.steps, start=1)
        }
        found = zones(
            report=report,
            earlier=answer.before.report if answer.before else None,
            rules=rules,
            scale=question.scale,
            url=self.people_url,
            ordered=question.definition.order != "any",
        )
        rows = [row for zone in found for row in zone.rows]
        has_money = any(row.money for row in rows)
        scales = (("phase", _("the phase")), ("entry", _("the entry")), ("step", _("the step")))
        return {
            "zones": found,
            "leak": leak_text(answer.now, url=self.people_url),
            "scales": [
                {"label": label, "url": f"?{question.query(scale=key if key != 'phase' else None)}",
                 "active": key == question.scale}
                for key, label in scales
            ],
            "table": [
                {"row": row, "before": rows[index - 1].gap if index else None}
                for index, row in enumerate(rows)
            ],
            "has_money": has_money,
            "columns": f"{'m' if has_money else ''}{'b' if answer.before else ''}",
        }  # fmt: skip


def _summary(answer: Answer) -> dict[str, Any]:
    """The line under the title."""
    report = answer.now.report
    whole = report.timings[-1]
    return {
        "entered": display.count(report.entered),
        "finished": display.count(report.finished),
        "open": display.count(report.still_open),
        "has_open": bool(report.still_open),
        "rate": display.rate(report.conversion),
        "interval": display.interval(report.conversion),
        "median": display.duration(whole.median) if whole.enough else "",
        "since": answer.since,
        "before": None
        if answer.before is None
        else {
            "entered": display.count(answer.before.report.entered),
            "rate": display.rate(answer.before.report.conversion),
            "period": answer.before.period,
            "as_of": answer.before.as_of,
        },
    }
