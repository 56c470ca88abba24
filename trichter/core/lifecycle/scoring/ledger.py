"""Counts points while events come in, in the order of (at, id). Pure; the plain judge is `explain`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from trichter.core.events.conditions import EventLike, Predicate, as_text, field_value

from ..matching import compiled
from .model import PROFILE_KIND, BehaviourRule, FitRule, Model
from .steps import drops, left, micros

UTC_ZONE = ZoneInfo("UTC")
_MAX_PROFILES = 5_000


class Slot(NamedTuple):
    """A behaviour rule, ready to count."""

    number: int
    test: Predicate | None
    machine: bool
    rule: BehaviourRule
    ages: tuple[int, ...]
    plain: bool
    """Neither cap nor decay nor repetition to look after: a counter is enough."""


class Profile(NamedTuple):
    """What fit conditions look at: the facts of a `profile.noted`."""

    data: Mapping[str, Any]
    kind: str = PROFILE_KIND


@dataclass(frozen=True, slots=True)
class Fit:
    """The fit of a profile: `lines` are the rules that hold; their points add up to `points`."""

    points: int
    grade: str
    lines: tuple[FitRule, ...]


@dataclass(slots=True)
class Compiled:
    """A model made ready for many actors. zone: the company's, in which a day is a day."""

    model: Model
    zone: ZoneInfo = UTC_ZONE
    number: int = 0
    watch: dict[str, list[Slot]] = field(init=False)
    slots: list[Slot] = field(init=False)
    groups: dict[str, int] = field(init=False)
    tests: list[tuple[FitRule, Predicate | None]] = field(init=False)
    fits: dict[tuple[Any, ...], Fit] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the rules by kind."""
        self.slots = [
            Slot(
                number, compiled(rule.match), rule.machine, rule,
                drops(points=rule.points, decay=rule.decay),
                rule.decay is None and rule.cap is None and rule.per == "each",
            )
            for number, rule in enumerate(self.model.behaviour)
        ]  # fmt: skip
        self.watch = {}
        for slot in self.slots:
            self.watch.setdefault(slot.rule.match.kind, []).append(slot)
        self.groups = {group.key: number for number, group in enumerate(self.model.groups)}
        self.tests = [(rule, compiled(rule.match)) for rule in self.model.fit]
        self.fits = {}

    def fit(self, facts: Mapping[str, Any]) -> Fit:
        """The fit of these facts; the answer is kept, because most profiles share theirs."""
        key = tuple(sorted((name, str(value)) for name, value in facts.items()))
        found = self.fits.get(key)
        if found is None:
            profile: Any = Profile(facts)
            lines = tuple(rule for rule, test in self.tests if test is None or test(profile))
            points = sum(rule.points for rule in lines)
            found = Fit(points=points, grade=self.model.grades.letter(points), lines=lines)
            if len(self.fits) >= _MAX_PROFILES:
                self.fits.clear()
            self.fits[key] = found
        return found


def counts_for(slot: Slot, event: EventLike) -> bool:
    """Whether the event is meant by the rule; its kind is."""
    if not slot.machine and (event.data or {}).get("machine") is True:
        return False
    return slot.test is None or slot.test(event)


def repeat_key(rule: BehaviourRule, event: EventLike, moment: datetime, zone: ZoneInfo) -> object:
    """What must differ for two events both to count; None: every event counts."""
    match rule.per:
        case "each":
            return None
        case "once":
            return 0
        case "day":
            return moment.astimezone(zone).toordinal()
        case "value":
            value = field_value(event, rule.field)
            return as_text(value) if isinstance(value, str | int | float) else ""


class Ledger:
    """What one actor has collected. Of each rule only the events that can still give points are kept.

    most: no sum is above it, at whatever moment; the points without decay, caps of groups and deductions.
    """

    __slots__ = ("compiled", "kept", "most", "serial", "totals")

    def __init__(self, compiled_: Compiled) -> None:
        self.compiled = compiled_
        self.totals = [0] * len(compiled_.slots)
        self.kept: dict[int, dict[object, int]] = {}
        self.serial = 0
        self.most = 0

    def add(self, event: EventLike, moment: datetime) -> bool:
        """Count the event. False when no rule means it."""
        watched = self.compiled.watch.get(event.kind)
        if watched is None:
            return False
        hit = False
        for slot in watched:
            if not counts_for(slot, event):
                continue
            hit = True
            self.most += max(slot.rule.points, 0)
            if slot.plain:
                self.totals[slot.number] += 1
                continue
            kept = self.kept.get(slot.number)
            if kept is None:
                kept = self.kept[slot.number] = {}
            rule = slot.rule
            if rule.per == "each":
                self.serial += 1
                key: object = self.serial
            else:
                key = repeat_key(rule, event, moment, self.compiled.zone)
                if kept.pop(key, None) is not None:
                    self.most -= max(rule.points, 0)
            now = micros(moment)
            kept[key] = now
            # Whoever is not among the newest now never will be again: events only get newer.
            if rule.cap is not None and len(kept) > rule.cap:
                del kept[next(iter(kept))]
                self.most -= max(rule.points, 0)
            elif slot.ages:
                oldest = next(iter(kept))
                if now - kept[oldest] >= slot.ages[-1]:
                    del kept[oldest]
                    self.most -= max(rule.points, 0)
        return hit

    def _rule(self, slot: Slot, now: int) -> int:
        points = slot.rule.points
        if slot.plain:
            return points * self.totals[slot.number]
        kept = self.kept.get(slot.number)
        if not kept:
            return 0
        if not slot.ages:
            return points * len(kept)
        total = 0
        for at in kept.values():
            total += left(points=points, ages=slot.ages, age=now - at)
        return total

    def sums(self, moment: datetime) -> tuple[int, dict[str, int]]:
        """The behaviour points at `moment`, and those of each group after its cap."""
        now = micros(moment)
        total = 0
        groups = dict.fromkeys(self.compiled.groups, 0)
        for slot in self.compiled.slots:
            points = self._rule(slot, now)
            if slot.rule.group in groups:
                groups[slot.rule.group] += points
            else:
                total += points
        for group in self.compiled.model.groups:
            if group.cap is not None and groups[group.key] > group.cap:
                groups[group.key] = group.cap
        return total + sum(groups.values()), groups

    def next_change(self, moment: datetime) -> int | None:
        """Microseconds since 1970 of the next moment at which time alone changes a rule's points."""
        now = micros(moment)
        found: int | None = None
        for slot in self.compiled.slots:
            kept = self.kept.get(slot.number)
            if not slot.ages or not kept:
                continue
            for at in kept.values():
                ahead = next((at + age for age in slot.ages if at + age > now), None)
                if ahead is not None and (found is None or ahead < found):
                    found = ahead
        return found
