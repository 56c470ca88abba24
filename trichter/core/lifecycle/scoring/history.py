"""A person's points over time, and what would raise them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from trichter.core.events.conditions import AnyOf

from ..occurrence import Occurrence
from .explain import Explanation, RuleLine
from .ledger import Compiled, Ledger
from .model import FitRule

POINTS = 60


def points_over_time(
    *, occurrences: Sequence[Occurrence], model: Compiled, start: datetime, end: datetime
) -> list[tuple[datetime, int]]:
    """The behaviour points at evenly spaced moments, both ends included, by this one model."""
    ledger = Ledger(model)
    step = (end - start) / (POINTS - 1)
    found = []
    number = 0
    for place in range(POINTS):
        moment = end if place == POINTS - 1 else start + place * step
        while number < len(occurrences) and occurrences[number].at <= moment:
            ledger.add(occurrences[number], occurrences[number].at)
            number += 1
        found.append((moment, ledger.sums(moment)[0]))
    return found


@dataclass(frozen=True, slots=True)
class Raise:
    """What one more event of a rule would add to the behaviour points now."""

    label: str
    points: int


def raises(*, explanation: Explanation) -> list[Raise]:
    """The most that one event of each rule would add, the largest first; nothing that adds nothing."""
    room = {
        line.group.key: line.group.cap - line.points
        for line in explanation.groups
        if line.group.cap is not None
    }
    found = []
    for line in explanation.rules:
        gain = min(_gain(line), room.get(line.rule.group, _gain(line)))
        if gain > 0:
            found.append(Raise(line.rule.label, gain))
    return sorted(found, key=lambda one: -one.points)


def _gain(line: RuleLine) -> int:
    rule, counted = line.rule, line.counted
    full = rule.cap is not None and len(counted) >= rule.cap
    if rule.per == "once" and counted:
        return rule.points - counted[-1].points
    return rule.points - (counted[0].points if full else 0)


def unknown_facts(*, rules: Sequence[FitRule], explanation: Explanation) -> list[str]:
    """The fields of the profile that the model looks at and nobody has filled in."""
    used = {
        condition.field.removeprefix("data.")
        for rule in rules
        for clause in rule.match.where
        for condition in (clause.conditions if isinstance(clause, AnyOf) else (clause,))
    }
    return sorted(name for name in used if explanation.facts.get(name) in (None, ""))


def sparkline(*, values: Sequence[int]) -> str:
    """The points of a line in a box of 100 × 28, y downwards."""
    low, high = min(0, *values), max(1, *values)
    width = 100 / max(1, len(values) - 1)
    return " ".join(
        f"{place * width:.1f},{26 - 24 * (value - low) / (high - low):.1f}"
        for place, value in enumerate(values)
    )


LOOKS_BACK = timedelta(days=180)
