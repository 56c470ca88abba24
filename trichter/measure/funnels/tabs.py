"""What each tab of a funnel's page shows, as text and geometry."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.accounts.models import User
from trichter.core.lifecycle.changes import RuleChange, rule_changes
from trichter.kit.clock import Period

from . import dimensions, display, plots
from .analysis.leaks import money_steps
from .analysis.segments import Segment
from .analysis.trend import Week
from .asking import Answer
from .definition import FunnelDefinition
from .kinds import field_label, value_label
from .queries import FunnelResult
from .question import WINDOWS, Question
from .words import Reader

Url = Callable[..., str]
ORDER_LABELS = {
    "ordered": gettext_lazy("one after the other"),
    "strict": gettext_lazy("directly one after the other"),
    "any": gettext_lazy("in any order"),
}
UNIT_LABELS = {
    "person": gettext_lazy("people and visitors"),
    "company": gettext_lazy("companies"),
    "session": gettext_lazy("sessions"),
}
START_LABELS = {
    "first": gettext_lazy("first entry"),
    "best": gettext_lazy("best entry"),
}


def dimension_label(name: str) -> str:
    """What a breakdown's dimension is called."""
    labels = dict(dimensions.choices())
    return str(labels[name]) if name in labels else field_label(name)


def controls(question: Question) -> dict[str, Any]:
    """The selects above the drawing, each with what is chosen."""
    definition, saved = question.definition, question.saved
    breakdown = definition.breakdown
    known = [(key, str(label)) for key, label in dimensions.choices()]
    for one in (saved.breakdown, breakdown):
        if one is not None and one.dimension not in dict(known):
            known.append((one.dimension, dimension_label(one.dimension)))
    places = [("entry", _("at the entry")), ("last", _("at the last step reached"))] + [
        (str(number), _("at step %(n)s: %(label)s") % {"n": number, "label": step.label})
        for number, step in enumerate(definition.steps, start=1)
    ]
    days = [str(definition.window.days)] if definition.window else ["none"]
    saved_window = ("", _("%(window)s (as saved)") % {"window": display.span(saved.window)})
    windows = [saved_window]
    if saved.window is not None:
        windows.append(("none", display.span(None)))
    windows += [
        (value, _("%(n)s days") % {"n": value})
        for value in WINDOWS
        if saved.window is None or str(saved.window.days) != value
    ]
    return {
        "by": breakdown.dimension if breakdown else "none",
        "by_label": dimension_label(breakdown.dimension) if breakdown else "",
        "dimensions": known,
        "at": str(breakdown.at) if breakdown else "entry",
        "places": places,
        "by_actor": breakdown is not None and dimensions.is_of_actor(breakdown.dimension),
        "order": definition.order,
        "orders": list(ORDER_LABELS.items()),
        "unit": definition.unit,
        "units": list(UNIT_LABELS.items()),
        "start": definition.start,
        "starts": list(START_LABELS.items()),
        "window": question.params.get("window", ""),
        "windows": windows,
        "days": days,
        "said": [
            str(ORDER_LABELS[definition.order]),
            str(UNIT_LABELS[definition.unit]),
            str(START_LABELS[definition.start]),
            _("within %(window)s") % {"window": display.span(definition.window)}
            if definition.window
            else display.span(None),
        ],
        "hidden": [
            (name, value)
            for name, value in question.params.items()
            if name in ("period", "from", "to", "tab", "scale")
        ],
        "hidden_period": [
            (name, value) for name, value in question.params.items() if name not in ("period", "from", "to")
        ],
    }


def leak_text(result: FunnelResult, *, url: Url) -> dict[str, Any]:
    """The largest leak in a sentence, with its rule."""
    leaks, steps = result.report.leaks, result.definition.steps
    largest = leaks.largest
    if largest is None:
        return {"rule": leaks.rule, "found": False}
    missed = largest.missed
    currency = leaks.currency or ""
    return {
        "rule": leaks.rule,
        "found": True,
        "from": steps[largest.step - 1].label,
        "to": steps[largest.step].label,
        "lost": display.count(largest.lost),
        "cases": display.count(largest.conversion.cases),
        "share": display.percent(largest.lost / largest.conversion.cases),
        "passed": display.count(largest.conversion.hits),
        "rate": display.percent(largest.conversion.share),
        "missed": display.money(missed, currency) if missed is not None else "",
        "ahead": display.money(largest.ahead, currency) if largest.ahead is not None else "",
        "url": url(largest.step, "dropped"),
        "others": [
            {
                "from": steps[leak.step - 1].label,
                "to": steps[leak.step].label,
                "missed": display.money(leak.missed, currency) if leak.missed is not None else "",
                "rate": display.percent(leak.conversion.share),
                "lost": display.count(leak.lost),
                "url": url(leak.step, "dropped"),
            }
            for leak in leaks.ranked[1:]
        ],
    }


def segment_key(segment: Segment) -> str:
    """How an address names a row of the breakdown."""
    if segment.kind == "value":
        return f"v:{segment.values[0]}"
    return segment.kind


def segment_label(segment: Segment, dimension: str) -> str:
    """What a row of the breakdown is called."""
    if segment.kind == "value":
        return value_label(dimension, segment.values[0])
    if segment.kind == "not_set":
        return _("not set")
    return _("other (%(n)s values)") % {"n": display.count(len(segment.values))}


def breakdown_tab(question: Question, result: FunnelResult, *, url: Url) -> dict[str, Any]:
    """One row a value; every column adds up to the total."""
    report, breakdown = result.report, result.definition.breakdown
    dimension = breakdown.dimension if breakdown is not None else ""
    rows = [
        {
            "label": segment_label(part, dimension),
            "kind": part.kind,
            "cells": [
                {
                    "count": display.count(count.reached),
                    "rate": display.rate(count.from_previous) if count.from_previous else "",
                    "few": count.from_previous is not None and not count.from_previous.enough,
                    "interval": display.interval(count.from_previous) if count.from_previous else "",
                    "url": url(count.number, "reached", segment=segment_key(part)),
                    "empty": not count.reached,
                }
                for count in part.counts
            ],
            "whole": display.rate(part.counts[-1].from_entry),
            "few": not part.counts[-1].from_entry.enough,
            "bar": round(100 * part.counts[0].reached / report.entered) if report.entered else 0,
        }
        for part in report.segments
    ]
    return {
        "rows": rows,
        "total": [
            {"count": display.count(count.reached), "url": url(count.number, "reached"),
             "rate": display.rate(count.from_previous) if count.from_previous else ""}
            for count in report.steps
        ],
        "whole": display.rate(report.conversion),
        "suggestions": [
            {"label": str(label), "url": f"?{question.query(by=key, at=None)}"}
            for key, label in dimensions.choices()
        ],
    }  # fmt: skip


def time_tab(question: Question, result: FunnelResult) -> dict[str, Any]:
    """Median, 90th percentile and histogram for each way."""
    steps, report = question.definition.steps, result.report
    names = [step.label for step in steps]
    ways = []
    for index, timing in enumerate(report.timings):
        whole = index == len(report.timings) - 1
        ways.append(
            {
                "from": names[timing.start - 1],
                "to": names[timing.stop - 1],
                "whole": whole,
                "median": display.duration(timing.median) if timing.enough else "–",
                "p90": display.duration(timing.p90) if timing.enough else "–",
                "cases": display.count(timing.cases),
                "enough": timing.enough,
                "drawing": plots.histogram(timing),
                "bins": [
                    {
                        "label": f"{display.edge(one.low)} – {display.edge(one.high)}"
                        if one.high is not None
                        else f"≥ {display.edge(one.low)}",
                        "count": display.count(one.count),
                    }
                    for one in timing.bins
                ],
            }
        )
    return {"ways": [ways[-1], *ways[:-1]] if len(ways) > 2 else ways[:1]}


def rules_between(weeks: Sequence[Week], user: User) -> list[RuleChange]:
    """Versions of stages and scores that took effect within the weeks shown."""
    if not weeks:
        return []
    period = Period(first_day=weeks[0].monday, last_day=weeks[-1].monday + timedelta(days=6))
    return rule_changes(period=period, user=user)


def trend_tab(question: Question, result: FunnelResult, user: User) -> dict[str, Any]:
    """By week of the entry: how many entered, and the conversion of each way; with the rules that changed."""
    steps, weeks = question.definition.steps, result.report.weeks
    changes = rules_between(weeks, user)
    marked = [one.day for one in changes]
    panels = [{"title": _("Entered"), "drawing": plots.line(weeks, 0, marked), "count": True}]
    panels += [
        {
            "title": f"{steps[number - 1].label} → {steps[number].label}",
            "drawing": plots.line(weeks, number, marked),
            "count": False,
        }
        for number in range(1, len(steps))
    ]
    return {
        "panels": panels,
        "changes": changes,
        "weeks": [
            {
                "name": week.name,
                "monday": week.monday,
                "open": week.still_open,
                "cells": [
                    {
                        "count": display.count(count.reached),
                        "rate": display.rate(count.from_previous) if count.from_previous else "",
                        "few": count.from_previous is not None and not count.from_previous.enough,
                    }
                    for count in week.counts
                ],
            }
            for week in reversed(weeks)
        ],
        "any_open": any(week.still_open for week in weeks),
    }


def revenue_tab(question: Question, answer: Answer, *, url: Url) -> dict[str, Any]:
    """What the events that filled each step were worth."""
    now, before = answer.now.report, answer.before.report if answer.before else None
    paying = money_steps(question.definition)
    most = max((sum(sums.values()) for sums in now.revenue if len(sums) == 1), default=0)
    rows = []
    for index, (count, sums) in enumerate(zip(now.steps, now.revenue, strict=True)):
        earlier = before.revenue[index] if before else {}
        only = next(iter(sums)) if len(sums) == 1 else ""
        total = sums[only] if only else 0
        rows.append(
            {
                "number": count.number,
                "label": count.label,
                "reached": display.count(count.reached),
                "url": url(count.number, "reached"),
                "sum": display.sums(dict(sums)),
                "each": display.money(round(total / count.reached), only) if only and count.reached else "–",
                "per_entry": display.money(round(total / now.entered), only) if only and now.entered else "–",
                "before": display.sums(dict(earlier)) if before else "",
                "paying": count.number in paying,
                "bar": f"{100 * total / most:.2f}%" if most > 0 and total > 0 else "",
            }
        )
    return {"rows": rows, "has_money": any(now.revenue), "compared": before is not None}


def definition_tab(question: Question, words: Reader, saved: FunnelDefinition) -> dict[str, Any]:
    """The definition in words."""
    definition = question.definition
    return {
        "steps": [
            {
                "number": number,
                "label": step.label,
                "band": step.band,
                "rule": words.match(step.match),
                "within": _("at most %(time)s after the step before") % {"time": display.span(step.within)}
                if step.within
                else "",
            }
            for number, step in enumerate(definition.steps, start=1)
        ],
        "rules": [
            (_("Order of the steps"), words.order(definition)),
            (_("Time limit"), words.window(definition)),
            (_("Counted are"), words.unit(definition)),
            (_("Start of the clock"), words.start(definition)),
        ],
        "exclusions": words.exclusions(definition),
        "breakdown": dimension_label(definition.breakdown.dimension) if definition.breakdown else "",
        "json": saved.to_json(),
    }
