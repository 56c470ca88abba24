"""What a person's page shows of the score: both axes, why, the way there, what would raise it."""

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.journal.checks import StatusCheck
from trichter.core.people.models import Person
from trichter.core.people.panels import Panel

from .. import queries
from ..labels import kind_label
from .explain import Point, RuleLine, explain
from .history import LOOKS_BACK, points_over_time, raises, sparkline, unknown_facts
from .queries import last_check

SHOWN = 12
"""Events listed under one rule; the others are added up in a line of their own."""
FACTS: Final[dict[str, str | Promise]] = {
    "employees": gettext_lazy("Company size"),
    "industry": gettext_lazy("Industry"),
    "role": gettext_lazy("Role"),
    "country": gettext_lazy("Country"),
    "mail": gettext_lazy("Mail address"),
}


def score_panel(*, person: Person) -> Panel:
    """The card “Score”."""
    now = timezone.now()
    agreement = queries.agreement()
    model = agreement.model_at(moment=now)
    context: dict[str, Any] = {"person": person, "explanation": None}
    if model is not None:
        events = queries.person_occurrences(person)
        found = explain(occurrences=events, model=model, moment=now)
        asked = agreement.threshold(moment=now)
        start = max(min((event.at for event in events), default=now), now - LOOKS_BACK)
        line = points_over_time(occurrences=events, model=model, start=start, end=now)
        values = [points for _moment, points in line]
        needed = asked[1].behaviour if asked else None
        context |= {
            "explanation": found,
            "number": model.number,
            "rules": [rule_line(one) for one in sorted(found.rules, key=_weight) if one.counted],
            "groups": [one for one in found.groups if one.points or one.cut],
            "fit_lines": sorted(found.fit.lines, key=lambda rule: -abs(rule.points)),
            "unknown": [
                FACTS.get(name, name) for name in unknown_facts(rules=model.model.fit, explanation=found)
            ],
            "raises": raises(explanation=found)[:3],
            "spark": sparkline(values=values) if any(values) else "",
            "spark_label": _("Behaviour points since %(day)s: from %(low)s to %(high)s")
            % {
                "day": timezone.localtime(start).strftime("%d.%m.%Y"),
                "low": min(values),
                "high": max(values),
            },
            "needed": needed,
            "needed_fit": asked[1].fit if asked else "",
            "stage": queries.name_of(asked[0]) if asked else "",
            "scale": max(100, needed or 0, found.behaviour),
        }
    return Panel(slot="score", template="lifecycle/scoring/panel.html", order=10, context=context)


def _weight(line: RuleLine) -> int:
    return -abs(line.points)


def rule_line(line: RuleLine) -> dict[str, Any]:
    """A rule with its events, newest first; older ones than are shown in one sum."""
    points = list(reversed(line.counted))
    rest = points[SHOWN:]
    return {
        "line": line,
        "events": [event_line(point) for point in points[:SHOWN]],
        "rest": len(rest),
        "rest_points": sum(point.points for point in rest),
        "unused": line.repeated + line.over,
    }


def event_line(point: Point) -> dict[str, Any]:
    """An event that counts, as a line."""
    event = point.event
    data = event.data or {}
    detail = next(
        (data[name] for name in ("asset", "form", "subject", "name", "target") if data.get(name)), ""
    )
    return {
        "at": event.at, "what": kind_label(event.kind), "detail": event.page or str(detail),
        "points": point.points, "full": point.full, "percent": point.percent,
    }  # fmt: skip


def score_checks() -> list[StatusCheck]:
    """What the last nightly comparison with a recomputation found; nothing before the first."""
    last = last_check()
    if last is None:
        return []
    day = date_format(timezone.localtime(last.at), "SHORT_DATETIME_FORMAT")
    text = _("%(n)s differences among %(people)s people, %(at)s") % {
        "n": last.differences, "people": last.people, "at": day,
    }  # fmt: skip
    url = reverse("lifecycle:scoring")
    return [StatusCheck(label=_("Stored scores"), text=text, good=not last.differences, url=url)]
