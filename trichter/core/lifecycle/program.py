"""Stage rules made ready for many actors: matchers compiled, sorted by kind. Pure; no framework."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from trichter.core.events import registry
from trichter.core.events.conditions import Condition, EventLike, EventMatch, Predicate

from .rule import BehaviourClause, Clause, EventClause, PointsClause, ReachedClause, Rule

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
BY_HAND_KIND: Final = "stage.set"
# Envelope fields in which the same texts come again and again.
_FEW_VALUES: Final = frozenset({"source", "medium", "campaign", "page", "country", "device"})
_MAX_ANSWERS: Final = 20_000

Reached = Callable[[str], bool]
Test = Callable[["State", datetime, Reached], bool]
Watch = dict[str, list[tuple[int, Predicate | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a stage means from `effective_from` (included) until its next version."""

    stage: str
    number: int
    effective_from: datetime
    rule: Rule


class State:
    """What one actor has collected for one version: a counter per matcher, and the times a window needs."""

    __slots__ = ("counts", "program", "times")

    def __init__(self, program: "Program") -> None:
        self.program = program
        self.counts = [0] * program.slots
        self.times: dict[int, list[datetime]] = {slot: [] for slot in program.windowed}

    def add(self, event: EventLike, moment: datetime) -> bool:
        """Count the event. False when the rule does not look at it."""
        watched = self.program.watch.get(event.kind)
        if watched is None:
            return False
        hit = False
        for slot, test in watched:
            if test is None or test(event):
                hit = True
                self.counts[slot] += 1
                if slot in self.times:
                    self.times[slot].append(moment)
        return hit

    def holds(self, moment: datetime, reached: Reached) -> bool:
        """Whether the rule holds at `moment` for what was counted so far."""
        # Plain loops: this runs for every event of everybody, and generators double its cost.
        program = self.program
        if program.all_of:
            for test in program.tests:  # noqa: SIM110
                if not test(self, moment, reached):
                    return False
            return True
        for test in program.tests:  # noqa: SIM110
            if test(self, moment, reached):
                return True
        return False


class Program:
    """A version's rule, compiled: `watch` says per kind which counters move, `tests` are the clauses."""

    __slots__ = ("all_of", "number", "slots", "tests", "watch", "windowed")

    def __init__(self, version: Version) -> None:
        self.number = version.number
        self.all_of = version.rule.mode == "all_of" and bool(version.rule.clauses)
        self.slots = 0
        self.windowed: list[int] = []
        self.watch: Watch = {}
        self.tests: list[Test] = [self._test(clause) for clause in version.rule.clauses]

    def _slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def _look(self, slot: int, kind: str, test: Predicate | None) -> None:
        self.watch.setdefault(kind, []).append((slot, test))

    def _test(self, clause: Clause) -> Test:
        match clause:
            case EventClause():
                slot = self._slot()
                self._look(slot, clause.match.kind, compiled(clause.match))
                return self._often(slot, clause.times, clause.within_days)
            case BehaviourClause():
                slot = self._slot()
                for kind, test in behaviour_watch():
                    self._look(slot, kind, test)
                return self._often(slot, clause.times, clause.within_days)
            case PointsClause():
                return self._points(clause)
            case ReachedClause():
                stage = clause.stage
                return lambda state, moment, reached: reached(stage)

    def _often(self, slot: int, times: int, within_days: int | None) -> Test:
        if within_days is None:
            return lambda state, moment, reached: state.counts[slot] >= times
        self.windowed.append(slot)
        window = timedelta(days=within_days)

        def inside(state: State, moment: datetime, reached: Reached) -> bool:
            seen = state.times[slot]
            return len(seen) >= times and moment - seen[-times] <= window

        return inside

    def _points(self, clause: PointsClause) -> Test:
        rows: list[tuple[int, int, int]] = []
        for rule in clause.rules:
            slot = self._slot()
            self._look(slot, rule.match.kind, compiled(rule.match))
            rows.append((slot, rule.points, -1 if rule.cap is None else rule.cap))
        least = clause.at_least

        def enough(state: State, moment: datetime, reached: Reached) -> bool:
            counts = state.counts
            total = 0
            for slot, points, cap in rows:
                count = counts[slot]
                total += points * (count if cap < 0 or count < cap else cap)
            return total >= least

        return enough


@dataclass(slots=True)
class Agreement:
    """All stages in their order and all versions of their rules, compiled once for many actors.

    keys: the stages, first to last. versions: in any order; one for an unknown stage is ignored.
    kinds: all that any version looks at; events of other kinds play no part.
    """

    keys: Sequence[str]
    versions: Sequence[Version]
    index: dict[str, int] = field(init=False)
    kinds: frozenset[str] = field(init=False)
    ticks: list[datetime] = field(init=False)
    periods: list[list[Program | None]] = field(init=False)

    def __post_init__(self) -> None:
        """`periods[n]` are the programs in force after `ticks[n - 1]`; before the first there are none."""
        self.index = {key: number for number, key in enumerate(self.keys)}
        known = [version for version in self.versions if version.stage in self.index]
        ordered = sorted(known, key=lambda version: (version.effective_from, version.number))
        self.ticks = sorted({version.effective_from for version in ordered})
        in_force: list[Program | None] = [None] * len(self.keys)
        self.periods = [list(in_force)]
        kinds = {BY_HAND_KIND}
        for moment in self.ticks:
            for version in ordered:
                if version.effective_from == moment:
                    program = in_force[self.index[version.stage]] = Program(version)
                    kinds.update(program.watch)
            self.periods.append(list(in_force))
        self.kinds = frozenset(kinds)

    def period_at(self, moment: datetime) -> int:
        """The number of the period `moment` lies in."""
        return bisect_right(self.ticks, moment)

    def in_force(self, *, stage: str, moment: datetime) -> Version | None:
        """The version of `stage` that applies at `moment`; None before the first."""
        applying = [v for v in self.versions if v.stage == stage and v.effective_from <= moment]
        return max(applying, key=lambda version: (version.effective_from, version.number), default=None)

    def scoring(self, *, moment: datetime) -> PointsClause | None:
        """The points that make up a person's score: of the first stage whose rule at `moment` has any."""
        for key in self.keys:
            version = self.in_force(stage=key, moment=moment)
            points = None if version is None else version.rule.points()
            if points is not None:
                return points
        return None


@lru_cache(maxsize=512)
def compiled(match: EventMatch) -> Predicate | None:
    """The matcher's conditions as a function, None without any; the answer for a page or source is kept."""
    test = match.where_compiled()
    if test is None or len(match.where) != 1 or not isinstance(match.where[0], Condition):
        return test
    field = match.where[0].field
    if field not in _FEW_VALUES:
        return test
    answers: dict[Any, bool] = {}

    def remembered(event: EventLike) -> bool:
        value = getattr(event, field)
        answer = answers.get(value)
        if answer is None:
            if len(answers) >= _MAX_ANSWERS:
                answers.clear()
            answer = answers[value] = test(event)
        return answer

    return remembered


def _no_machine(event: EventLike) -> bool:
    return (event.data or {}).get("machine") is not True


def behaviour_watch() -> list[tuple[str, Predicate | None]]:
    """The kinds that are behaviour, with the test that leaves out what a machine did in a person's name."""
    return [
        (kind, _no_machine if "machine" in cls.__dataclass_fields__ else None)
        for kind, cls in sorted(registry.items())
        if cls.behaviour
    ]
