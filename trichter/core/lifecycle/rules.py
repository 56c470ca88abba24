"""Which stages an actor entered, when, and why. Pure: occurrences, versions and the clock are passed in.

The order is (at, event id) throughout. For every event the versions in force at its time apply; at the
moment a version becomes effective everybody is looked at again (a tick, before the events of that moment).
Nobody moves backwards by rule; a colleague may move somebody either way (`stage.set`). After a move back the
stages above need fresh evidence: only what comes after the move counts for them. The whole agreement in
words, with worked examples: docs/lifecycle.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from .occurrence import Occurrence
from .program import BY_HAND_KIND, Agreement, Known, Program, State, Version
from .scoring.model import PROFILE_KIND

__all__ = ["Agreement", "Occurrence", "StageEntry", "Version", "current_stage", "evaluate"]


@dataclass(frozen=True, slots=True)
class StageEntry:
    """A stage entered. `cause` is the event's id, None at the tick of a version.

    position: order among the entries of one cause. implied: jumped over on the way to a later stage.
    backward: moved back by hand. version: of the stage's rule at that moment, 0 when none was in force.
    """

    stage: str
    at: datetime
    cause: int | None
    position: int
    implied: bool = False
    backward: bool = False
    version: int = 0


def evaluate(*, occurrences: Sequence[Occurrence], versions: Agreement, now: datetime) -> list[StageEntry]:
    """The stages entered by one actor, in order.

    occurrences: sorted by (at, id); those of kinds that no version looks at are ignored. Versions that
    become effective after `now` and after the last occurrence play no part yet.
    """
    kinds = versions.kinds
    watched = [occurrence for occurrence in occurrences if occurrence.kind in kinds]
    if not watched:
        return []
    return _Walk(occurrences=watched, agreement=versions).run(until=max(now, watched[-1].at))


def current_stage(entries: Sequence[StageEntry]) -> str:
    """The key of the stage the actor stands at; empty before the first."""
    return entries[-1].stage if entries else ""


class _Walk:
    """One actor's way. `states` holds what was collected for each stage above the current one."""

    def __init__(self, *, occurrences: Sequence[Occurrence], agreement: Agreement) -> None:
        self.occurrences = occurrences
        self.agreement = agreement
        size = len(agreement.keys)
        self.size = size
        self.period = agreement.period_at(occurrences[0].at)
        programs = agreement.periods[self.period]
        # Before a profile was noted for the first time, that first note holds.
        noted = next((event.data for event in occurrences if event.kind == PROFILE_KIND), {})
        self.known = Known(noted)
        self.states: list[State | None] = [self._begun(program) for program in programs]
        self.since = [0] * size  # number of the first occurrence that counts for the stage
        self.moved = [-1] * size  # step of the move back after which the stage needs fresh evidence
        self.reached: list[int | None] = [None] * size  # step at which the stage was last entered
        self.current = -1
        self.seen = 0
        self.step = 0
        self.entries: list[StageEntry] = []
        self.position = 0

    def run(self, *, until: datetime) -> list[StageEntry]:
        ticks = self.agreement.ticks
        for event in self.occurrences:
            while self.period < len(ticks) and ticks[self.period] <= event.at:
                self._tick(ticks[self.period])
            self._event(event)
        while self.period < len(ticks) and ticks[self.period] <= until:
            self._tick(ticks[self.period])
        return self.entries

    def _tick(self, moment: datetime) -> None:
        self.step += 1
        self.position = 0
        self.period += 1
        programs = self.agreement.periods[self.period]
        for stage in range(self.current + 1, self.size):
            state, program = self.states[stage], programs[stage]
            if program is not None and (state is None or state.program is not program):
                self.states[stage] = self._collected(State(program, self.known), since=self.since[stage])
        self._climb(range(self.size), at=moment, cause=None)

    def _begun(self, program: Program | None) -> State | None:
        return None if program is None else State(program, self.known)

    def _collected(self, state: State, *, since: int) -> State:
        for event in self.occurrences[since : self.seen]:
            state.add(event, event.at)
        return state

    def _event(self, event: Occurrence) -> None:
        self.step += 1
        self.position = 0
        self.seen += 1
        if event.kind == PROFILE_KIND:
            self.known.facts = event.data
        hit = []
        states = self.states
        for stage in self.agreement.watching[self.period].get(event.kind, ()):
            state = states[stage]
            if stage > self.current and state is not None and state.add(event, event.at):
                hit.append(stage)
        if event.kind == BY_HAND_KIND and self._by_hand(event):
            self._climb(range(self.size), at=event.at, cause=event.id)
        elif hit:
            self._climb(hit, at=event.at, cause=event.id)

    def _by_hand(self, event: Occurrence) -> bool:
        """Move to the stage a colleague chose. True when somebody may climb on from there."""
        target = self.agreement.index.get(str(event.data.get("stage", "")))
        if target is None or target == self.current:
            return False
        if target > self.current:
            self._enter(target, at=event.at, cause=event.id)
            return True
        programs = self.agreement.periods[self.period]
        self.current = target
        for stage in range(target + 1, self.size):
            program = programs[stage]
            self.states[stage] = self._begun(program)
            self.since[stage] = self.seen
            self.moved[stage] = self.step
            self.reached[stage] = None
        self.reached[target] = self.step
        self._note(target, at=event.at, cause=event.id, backward=True)
        return False

    def _climb(self, candidates: Sequence[int], *, at: datetime, cause: int | None) -> None:
        """Enter the highest stage whose rule holds; again while that makes a rule hold that builds on it.

        candidates: the stages, first to last, whose rule may have come to hold; time alone makes none hold.
        """
        while True:
            for stage in reversed(candidates):
                if stage > self.current and self._holds(stage, at):
                    self._enter(stage, at=at, cause=cause)
                    candidates = range(self.size)
                    break
            else:
                return

    def _enter(self, target: int, *, at: datetime, cause: int | None) -> None:
        for stage in range(self.current + 1, target + 1):
            implied = stage != target and not self._holds(stage, at)
            self.reached[stage] = self.step
            self.states[stage] = None
            self._note(stage, at=at, cause=cause, implied=implied)
        self.current = target

    def _holds(self, stage: int, at: datetime) -> bool:
        state = self.states[stage]
        return state is not None and state.holds(at, partial(self._reached, stage))

    def _reached(self, stage: int, key: str) -> bool:
        """Whether `stage` may build on the stage `key`: it was entered, after a move back anew."""
        number = self.agreement.index.get(key)
        step = None if number is None else self.reached[number]
        return step is not None and step > self.moved[stage]

    def _note(
        self, stage: int, *, at: datetime, cause: int | None, implied: bool = False, backward: bool = False
    ) -> None:
        program = self.agreement.periods[self.period][stage]
        self.entries.append(
            StageEntry(
                stage=self.agreement.keys[stage], at=at, cause=cause, position=self.position,
                implied=implied, backward=backward, version=0 if program is None else program.number,
            )
        )  # fmt: skip
        self.position += 1
