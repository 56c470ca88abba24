"""A machine rule in words, line by line, for reading and for comparing two versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.events.conditions import AnyOf, Condition, EventMatch

from .labels import OPS, YES_NO, field_label, kind_label
from .rule import BehaviourClause, Clause, EventClause, PointsClause, PointsRule, ReachedClause, Rule


def rule_lines(*, rule: Rule, stages: Mapping[str, str]) -> list[str]:
    """The rule in words. stages: names by key."""
    if not rule.clauses:
        return [_("By hand only")]
    lines: list[str] = []
    if len(rule.clauses) > 1:
        lines.append(_("One of these:") if rule.mode == "any_of" else _("All of these:"))
    for clause in rule.clauses:
        lines += _clause_lines(clause, stages)
    return lines


def _clause_lines(clause: Clause, stages: Mapping[str, str]) -> list[str]:
    match clause:
        case EventClause():
            return [match_words(clause.match) + _often(clause.times, clause.within_days)]
        case BehaviourClause():
            return [_("Any behaviour, not by a machine") + _often(clause.times, clause.within_days)]
        case PointsClause():
            head = ngettext("At least %(n)s point:", "At least %(n)s points:", clause.at_least)
            return [head % {"n": clause.at_least}, *(points_words(rule) for rule in clause.rules)]
        case ReachedClause():
            return [_("Stage %(stage)s reached") % {"stage": stages.get(clause.stage, clause.stage)}]


def points_words(rule: PointsRule) -> str:
    """`+8 Viewed the price page (Page viewed, page path fits /preise*), at most 3 times`."""
    text = f"{rule.points:+d} {rule.label} ({match_words(rule.match)})"
    if rule.cap is None:
        return text
    return text + ngettext(", at most %(n)s time", ", at most %(n)s times", rule.cap) % {"n": rule.cap}


def match_words(match: EventMatch) -> str:
    """The kind and its conditions."""
    parts = [str(kind_label(match.kind))]
    for clause in match.where:
        if isinstance(clause, AnyOf):
            parts.append(_(" or ").join(condition_words(condition) for condition in clause.conditions))
        else:
            parts.append(condition_words(clause))
    return ", ".join(parts)


def condition_words(condition: Condition) -> str:
    """`Page path fits /preise*`."""
    if condition.field in YES_NO and condition.op in ("is", "is_not"):
        wanted = (condition.value in (True, "true")) == (condition.op == "is")
        return f"{field_label(condition.field)}: {_('yes') if wanted else _('no')}"
    name, comparison = str(field_label(condition.field)), str(OPS[condition.op]).split(" (")[0]
    shown = value_words(condition)
    return f"{name} {comparison} {shown}".strip()


def value_words(condition: Condition) -> str:
    """The value as a person types it."""
    value = condition.value
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if condition.field in YES_NO:
        return _("yes") if value in (True, "true") else _("no")
    return str(value)


def _often(times: int, within_days: int | None) -> str:
    text = "" if times == 1 else ngettext(", %(n)s time", ", %(n)s times", times) % {"n": times}
    if within_days is None:
        return text
    return text + ngettext(" within %(n)s day", " within %(n)s days", within_days) % {"n": within_days}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of two compared texts."""

    what: Literal["same", "added", "removed"]
    text: str


def difference(*, old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    """What became of the old lines."""
    lines: list[DiffLine] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            lines += [DiffLine("same", text) for text in old[i1:i2]]
        else:
            lines += [DiffLine("removed", text) for text in old[i1:i2]]
            lines += [DiffLine("added", text) for text in new[j1:j2]]
    return lines
