"""A definition in words: what each step asks for, and the rules by which it is counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from trichter.core.events.conditions import AnyOf, Clause, Condition, EventMatch, as_text
from trichter.kit.money import exponent

from . import display
from .definition import FunnelDefinition
from .kinds import ENTERED, OPS, field_label, kind_label

_BARE = ("exists", "not_exists")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Says things with the names of this company: `stages` by key, `currency` for amounts."""

    stages: Mapping[str, str]
    currency: str

    def match(self, match: EventMatch) -> str:
        """“Form submitted, where Form contains “demo””."""
        stage = _stage_of(match)
        if stage is not None:
            return _("enters the stage “%(stage)s”") % {"stage": self.stages.get(stage, stage)}
        kind = kind_label(match.kind)
        if not match.where:
            return kind
        conditions = _(" and ").join(self.clause(clause, match.kind) for clause in match.where)
        return _("%(event)s, where %(conditions)s") % {"event": kind, "conditions": conditions}

    def clause(self, clause: Clause, kind: str) -> str:
        """One condition, or alternatives in brackets."""
        if isinstance(clause, AnyOf):
            either = _(" or ").join(self.clause(part, kind) for part in clause.conditions)
            return f"({either})"
        name, op = field_label(clause.field), str(OPS.get(clause.op, clause.op))
        if clause.op in _BARE:
            return f"{name} {op}"
        return f"{name} {op} {self.value(clause, kind)}"

    def value(self, condition: Condition, kind: str) -> str:
        """The value of a condition in quotes; amounts in the company's currency."""
        given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        shown = []
        for value in given:
            if condition.field == "value" and isinstance(value, int) and not isinstance(value, bool):
                shown.append(display.money(value, self.currency))
            elif kind == ENTERED and condition.field == "data.stage":
                shown.append(_("“%(text)s”") % {"text": self.stages.get(str(value), str(value))})
            elif isinstance(value, bool):
                shown.append(_("yes") if value else _("no"))
            else:
                shown.append(_("“%(text)s”") % {"text": as_text(value)})
        return ", ".join(shown)

    def order(self, definition: FunnelDefinition) -> str:
        """How steps follow each other."""
        return {
            "ordered": _("One after the other; anything may happen in between."),
            "strict": _("Directly one after the other; nothing else may happen in between."),
            "any": _("In any order; bar k counts those who took at least k different steps."),
        }[definition.order]

    def window(self, definition: FunnelDefinition) -> str:
        """The total time limit."""
        if definition.window is None:
            return _(
                "No time limit: whoever entered may still finish years later, so nobody is “still open”."
            )
        return _("Every step must come within %(window)s of the entry; the clock is never restarted.") % {
            "window": display.span(definition.window)
        }

    def unit(self, definition: FunnelDefinition) -> str:
        """Who is counted."""
        return {
            "person": _("People and unknown visitors; each counts once, at the greatest depth."),
            "company": _(
                "Companies: everything their people did, together. People without company are left out."
            ),
            "session": _("Sessions: each stands alone. What happened outside of any session is left out."),
        }[definition.unit]

    def start(self, definition: FunnelDefinition) -> str:
        """Which entry starts the clock."""
        return {
            "first": _("The first entry in the period starts the clock, and no other."),
            "best": _("Every entry in the period may start the clock; the one that leads deepest counts."),
        }[definition.start]

    def exclusions(self, definition: FunnelDefinition) -> list[str]:
        """What breaks a way, one sentence each."""
        return [
            _("%(event)s, after step %(after)s and before step %(before)s")
            % {"event": self.match(one.match), "after": one.after_step, "before": one.before_step}
            for one in definition.exclusions
        ]


def _stage_of(match: EventMatch) -> str | None:
    if match.kind != ENTERED or len(match.where) != 1:
        return None
    only = match.where[0]
    if isinstance(only, Condition) and only.field == "data.stage" and only.op == "is":
        return str(only.value)
    return None


def major(minor: int, currency: str) -> Decimal:
    """An amount in whole units, as people type it."""
    return Decimal(minor).scaleb(-exponent(currency))
