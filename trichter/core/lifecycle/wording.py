"""A machine rule in words, line by line, for reading and for comparing two versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.events.conditions import AnyOf, Condition, EventMatch

from .labels import OPS, YES_NO, field_label, kind_label
from .rule import BehaviourClause, Clause, EventClause, ReachedClause, Rule, ScoreClause


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
        case ScoreClause():
            return [score_words(clause)]
        case ReachedClause():
            return [_("Stage %(stage)s reached") % {"stage": stages.get(clause.stage, clause.stage)}]


def score_words(clause: ScoreClause) -> str:
    """`Score: at least 40 behaviour points and grade B or better`."""
    parts = []
    if clause.behaviour is not None:
        text = ngettext("at least %(n)s behaviour point", "at least %(n)s behaviour points", clause.behaviour)
        parts.append(text % {"n": clause.behaviour})
    if clause.group:
        parts.append(_("of the group “%(group)s”") % {"group": clause.group})
    if clause.fit:
        parts.append(_("fit %(grade)s or better") % {"grade": clause.fit})
    return _("Score: %(what)s") % {"what": ", ".join(parts)}


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
