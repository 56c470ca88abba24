"""Stage rules made ready for many actors: matchers compiled, sorted by kind. Pure; no framework."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from trichter.core.events import registry
from trichter.core.events.conditions import EventLike, Predicate

from .matching import compiled
from .rule import BehaviourClause, Clause, EventClause, ReachedClause, Rule, ScoreClause
from .scoring.ledger import UTC_ZONE, Compiled, Ledger
from .scoring.model import PROFILE_KIND, Model, at_least_as_good

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
BY_HAND_KIND: Final = "stage.set"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """The score model from `effective_from` (included) until its next version."""

    number: int
    effective_from: datetime
    model: Model


class Known:
    """What is known of an actor at the moment looked at: the profile last noted."""

    __slots__ = ("facts",)

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts


class State:
    """What one actor has collected for one version: a counter per matcher, times for windows, points."""

    __slots__ = ("counts", "known", "ledger", "program", "times")

    def __init__(self, program: "Program", known: Known) -> None:
        self.program = program
        self.known = known
        self.ledger = None if program.model is None else Ledger(program.model)
        self.counts = [0] * program.slots
        self.times: dict[int, list[datetime]] = {slot: [] for slot in program.windowed}

    def add(self, event: EventLike, moment: datetime) -> bool:
        """Count the event. False when the rule does not look at it."""
        hit = self.ledger is not None and (self.ledger.add(event, moment) or event.kind == PROFILE_KIND)
        for slot, test in self.program.watch.get(event.kind, ()):
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

    __slots__ = ("all_of", "kinds", "model", "number", "slots", "tests", "version", "watch", "windowed")

    def __init__(self, version: Version, model: Compiled | None = None) -> None:
        self.version = version
        self.number = version.number
        self.model = None if version.rule.score() is None else model
        self.all_of = version.rule.mode == "all_of" and bool(version.rule.clauses)
        self.slots = 0
        self.windowed: list[int] = []
        self.watch: Watch = {}
        self.tests: list[Test] = [self._test(clause) for clause in version.rule.clauses]
        self.kinds = {*self.watch, *(() if self.model is None else (*self.model.watch, PROFILE_KIND))}

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
            case ScoreClause():
                return self._scored(clause)
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

    def _scored(self, clause: ScoreClause) -> Test:
        model = self.model
        least, wanted, group = clause.behaviour, clause.fit, clause.group

        def enough(state: State, moment: datetime, reached: Reached) -> bool:
            if model is None or state.ledger is None:
                return False
            if least is not None and state.ledger.most < least:
                return False  # the usual answer, without adding up
            if wanted and not at_least_as_good(grade=model.fit(state.known.facts).grade, wanted=wanted):
                return False
            if least is None:
                return True
            total, groups = state.ledger.sums(moment)
            return (groups.get(group, 0) if group else total) >= least

        return enough


@dataclass(slots=True)
class Agreement:
    """All stages in their order and all versions of their rules, compiled once for many actors.

    keys: the stages, first to last. versions: in any order; one for an unknown stage is ignored. models:
    those of the score, in any order. zone: the company's. kinds: all that any version or model looks at;
    events of other kinds play no part.
    """

    keys: Sequence[str]
    versions: Sequence[Version]
    models: Sequence[ModelVersion] = ()
    zone: ZoneInfo = UTC_ZONE
    compiled: list[tuple[datetime, Compiled]] = field(init=False)
    index: dict[str, int] = field(init=False)
    kinds: frozenset[str] = field(init=False)
    ticks: list[datetime] = field(init=False)
    periods: list[list[Program | None]] = field(init=False)
    watching: list[dict[str, tuple[int, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        """`periods[n]` are the programs in force after `ticks[n - 1]`; before the first there are none.

        `watching[n]` says by kind which of them look at an event, as numbers of stages.
        """
        self.index = {key: number for number, key in enumerate(self.keys)}
        known = [version for version in self.versions if version.stage in self.index]
        ordered = sorted(known, key=lambda version: (version.effective_from, version.number))
        models = sorted(self.models, key=lambda model: (model.effective_from, model.number))
        self.compiled = [
            (one.effective_from, Compiled(model=one.model, zone=self.zone, number=one.number))
            for one in models
        ]
        self.ticks = sorted({v.effective_from for v in ordered} | {m.effective_from for m in models})
        in_force: list[Program | None] = [None] * len(self.keys)
        self.periods = [list(in_force)]
        kinds = {BY_HAND_KIND}
        for _moment, model in self.compiled:
            kinds.update(model.watch, (PROFILE_KIND,))
        for moment in self.ticks:
            model_now = self.model_at(moment=moment)
            for version in ordered:
                if version.effective_from == moment:
                    program = in_force[self.index[version.stage]] = Program(version, model_now)
                    kinds.update(program.watch)
            for number, known_program in enumerate(in_force):
                if (
                    known_program is not None
                    and known_program.version.rule.score() is not None
                    and known_program.model is not model_now
                ):
                    in_force[number] = Program(known_program.version, model_now)
            self.periods.append(list(in_force))
        self.kinds = frozenset(kinds)
        self.watching = [
            {
                kind: tuple(n for n, one in enumerate(programs) if one is not None and kind in one.kinds)
                for kind in kinds
            }
            for programs in self.periods
        ]

    def period_at(self, moment: datetime) -> int:
        """The number of the period `moment` lies in."""
        return bisect_right(self.ticks, moment)

    def in_force(self, *, stage: str, moment: datetime) -> Version | None:
        """The version of `stage` that applies at `moment`; None before the first."""
        applying = [v for v in self.versions if v.stage == stage and v.effective_from <= moment]
        return max(applying, key=lambda version: (version.effective_from, version.number), default=None)

    def model_at(self, *, moment: datetime) -> Compiled | None:
        """The score model in force at `moment`; None before the first."""
        return next((model for start, model in reversed(self.compiled) if start <= moment), None)

    def threshold(self, *, moment: datetime) -> tuple[str, ScoreClause] | None:
        """The first stage whose rule at `moment` asks for the score, and what it asks."""
        for key in self.keys:
            version = self.in_force(stage=key, moment=moment)
            clause = None if version is None else version.rule.score()
            if clause is not None:
                return key, clause
        return None


def _no_machine(event: EventLike) -> bool:
    return (event.data or {}).get("machine") is not True


def behaviour_watch() -> list[tuple[str, Predicate | None]]:
    """The kinds that are behaviour, with the test that leaves out what a machine did in a person's name."""
    return [
        (kind, _no_machine if "machine" in cls.__dataclass_fields__ else None)
        for kind, cls in sorted(registry.items())
        if cls.behaviour
    ]
