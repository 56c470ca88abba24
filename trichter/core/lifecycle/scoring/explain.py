"""“Why 73?”: every point with the event behind it. Pure; plain on purpose, it is the judge of `ledger`.

The points of the events of a rule add up to the rule's, those of the rules (and what a group's cap takes
away) to the behaviour points, those of the fit rules to the fit points: whole numbers throughout, equal to
what is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..occurrence import Occurrence
from .ledger import Compiled, Fit, counts_for, repeat_key
from .model import PROFILE_KIND, BehaviourRule, Group
from .steps import left, micros


@dataclass(frozen=True, slots=True)
class Point:
    """An event that counts: `points` are what is left of the rule's."""

    event: Occurrence
    points: int
    full: int

    @property
    def percent(self) -> int:
        """The share that is left."""
        return round(100 * self.points / self.full)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A behaviour rule. times: matching events; repeated and over: not counted, by repetition and by cap."""

    rule: BehaviourRule
    points: int
    counted: tuple[Point, ...]
    times: int
    repeated: int
    over: int

    @property
    def faded(self) -> int:
        """How many points decay has taken from the events that count."""
        return sum(point.full for point in self.counted) - self.points


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group: `points` after the cap, `cut` what the cap took away (zero or negative)."""

    group: Group
    points: int
    cut: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both axes at a moment. `behaviour` is the sum of the rules' points and the groups' cuts."""

    behaviour: int
    rules: tuple[RuleLine, ...]
    groups: tuple[GroupLine, ...]
    fit: Fit
    facts: Mapping[str, Any]

    @property
    def total(self) -> int:
        """The behaviour points: the number that is stored as the score."""
        return self.behaviour


def facts_at(*, occurrences: Sequence[Occurrence], moment: datetime) -> Mapping[str, Any]:
    """The profile at `moment`: the last that was noted; before the first note the first holds."""
    found: Mapping[str, Any] | None = None
    for event in occurrences:
        if event.kind == PROFILE_KIND and (found is None or event.at <= moment):
            found = event.data
    return found or {}


def explain(*, occurrences: Sequence[Occurrence], model: Compiled, moment: datetime) -> Explanation:
    """Every rule with the events it counts. occurrences: sorted by (at, id)."""
    lines = []
    sums = dict.fromkeys(model.groups, 0)
    behaviour = 0
    for slot in model.slots:
        rule = slot.rule
        meant = [e for e in occurrences if e.kind == rule.match.kind and counts_for(slot, e)]
        newest: dict[object, Occurrence] = {}
        for event in meant:
            key = repeat_key(rule, event, event.at, model.zone)
            key = ("event", event.id) if key is None else key
            newest.pop(key, None)
            newest[key] = event
        distinct = list(newest.values())
        counted = distinct if rule.cap is None else distinct[-rule.cap :]
        points = tuple(
            Point(
                event=event,
                points=left(points=rule.points, ages=slot.ages, age=micros(moment) - micros(event.at)),
                full=rule.points,
            )
            for event in counted
        )
        line = RuleLine(
            rule=rule, points=sum(point.points for point in points), counted=points, times=len(meant),
            repeated=len(meant) - len(distinct), over=len(distinct) - len(counted),
        )  # fmt: skip
        lines.append(line)
        behaviour += line.points
        if rule.group in sums:
            sums[rule.group] += line.points
    groups = []
    for group in model.model.groups:
        cut = 0 if group.cap is None else min(0, group.cap - sums[group.key])
        behaviour += cut
        groups.append(GroupLine(group=group, points=sums[group.key] + cut, cut=cut))
    facts = facts_at(occurrences=occurrences, moment=moment)
    return Explanation(
        behaviour=behaviour, rules=tuple(lines), groups=tuple(groups), fit=model.fit(facts), facts=facts
    )
