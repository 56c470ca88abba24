"""A score model in words, line by line, for reading and for comparing two versions."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.events.conditions import AnyOf, Condition

from ..labels import field_label
from ..wording import match_words, value_words
from .model import BehaviourRule, FitRule, Group, Model
from .story import FACTS

_COMPARISONS = {
    "gte": "≥",
    "lte": "≤",
    "gt": ">",
    "lt": "<",
    "is": "=",
    "in": "=",
    "is_not": "≠",
    "not_in": "≠",
}


def behaviour_words(rule: BehaviourRule) -> str:
    """`+12 Downloaded a document (File downloaded), once per value of “File”, at most 3 times`."""
    parts = [f"{rule.points:+d} {rule.label} ({match_words(rule.match)})"]
    if rule.per == "once":
        parts.append(_("once"))
    elif rule.per == "day":
        parts.append(_("once a day"))
    elif rule.per == "value":
        parts.append(_("once per value of “%(field)s”") % {"field": field_label(rule.field)})
    if rule.cap is not None:
        parts.append(ngettext("at most %(n)s time", "at most %(n)s times", rule.cap) % {"n": rule.cap})
    if rule.decay is not None:
        text = (
            ngettext("half is left after %(n)s day", "half is left after %(n)s days", rule.decay.days)
            if rule.decay.shape == "half_life"
            else ngettext(
                "fades evenly, gone after %(n)s day", "fades evenly, gone after %(n)s days", rule.decay.days
            )
        )
        parts.append(text % {"n": rule.decay.days})
    if rule.group:
        parts.append(_("group “%(group)s”") % {"group": rule.group})
    if rule.machine:
        parts.append(_("machines count too"))
    return ", ".join(parts)


def fit_words(rule: FitRule) -> str:
    """`+20 Company of 50 to 249 people (Company size ≥ 50, Company size ≤ 249)`."""
    return f"{rule.points:+d} {rule.label} ({', '.join(_clause(clause) for clause in rule.match.where)})"


def _clause(clause: Condition | AnyOf) -> str:
    if isinstance(clause, AnyOf):
        name = _fact(clause.conditions[0])
        values = ", ".join(value_words(condition) for condition in clause.conditions)
        return _("%(name)s contains one of: %(values)s") % {"name": name, "values": values}
    return f"{_fact(clause)} {_COMPARISONS.get(clause.op, clause.op)} {value_words(clause)}".strip()


def _fact(condition: Condition) -> str:
    name = condition.field.removeprefix("data.")
    return str(FACTS.get(name, name))


def group_words(group: Group) -> str:
    """`Group cloud: Cloud, at most 40 points`."""
    text = _("Group “%(key)s”: %(label)s") % {"key": group.key, "label": group.label}
    if group.cap is None:
        return text
    return text + ngettext(", at most %(n)s point", ", at most %(n)s points", group.cap) % {"n": group.cap}


def grade_words(model: Model) -> str:
    """`A from 35, B from 20, C from -15, else D`."""
    grades = model.grades
    return _("A from %(a)s, B from %(b)s, C from %(c)s fit points, else D") % {
        "a": grades.a, "b": grades.b, "c": grades.c,
    }  # fmt: skip


def model_lines(model: Model) -> list[str]:
    """The whole model in words."""
    return [
        *(group_words(group) for group in model.groups),
        *(behaviour_words(rule) for rule in model.behaviour),
        *(fit_words(rule) for rule in model.fit),
        grade_words(model),
    ]
