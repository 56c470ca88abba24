"""Where somebody goes next. Pure: whatever is asked about the person comes in with `Look`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from trichter.core.events.conditions import AnyOf, EventMatch
from trichter.core.segments.rules.model import Group

from .model import Action, Branch, Goal, Plan, Reentry, Split, Wait, WaitEvent, WaitTime
from .times import next_local

Kind = Literal["act", "go", "wait", "end"]


class Happened(Protocol):
    """An event with its number and time."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What is known. events: by kind, in order. holds: whether the person fulfils a rule now.

    since, cause: the moment and the event (0: none) by which the person entered; that event moves nobody
    further. seed: decides splits. done: steps this person has left before.
    """

    events: Mapping[str, Sequence[Happened]]
    holds: Callable[[Group], bool]
    zone: ZoneInfo
    since: datetime
    cause: int = 0
    seed: str = ""
    done: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where somebody is, since when."""

    step: str
    came_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """act: do the step, then go `to`. go: go `to` (None: the end). wait: look again at `due`. end: leave.

    outcome: done, waited, came, timeout, yes, no, way-1 …, reached, missed, pulled, again; of an end the why.
    """

    kind: Kind
    to: str | None = None
    due: datetime | None = None
    outcome: str = ""


def decide(*, plan: Plan, place: Place, look: Look, now: datetime) -> Decision:
    """The next move of somebody at `place`. Exits come first, then goals, then the step itself."""
    for one in plan.definition.exits:
        if _came(one.match, look, since=look.since):
            return Decision(kind="end", outcome=f"exit_{one.why}")
    here = plan.order[place.step]
    for goal in reversed(plan.goals):
        if plan.order[goal.id] > here and _came(goal.match, look, since=look.since):
            return Decision(kind="go", to=goal.id, outcome="pulled")
    step, after = plan.steps[place.step], plan.after[place.step]
    match step:
        case Action():
            if step.id in look.done:
                return Decision(kind="go", to=after, outcome="again")
            return Decision(kind="act", to=after, outcome="done")
        case Wait():
            due = place.came_at + timedelta(minutes=step.minutes)
            return _waited(due, now=now, to=after)
        case WaitTime():
            due = next_local(
                after=place.came_at,
                weekdays=step.weekdays,
                hour=step.hour,
                minute=step.minute,
                zone=look.zone,
            )
            return _waited(due, now=now, to=after)
        case WaitEvent():
            if _came(step.match, look, since=place.came_at):
                return Decision(kind="go", to=plan.into(step, 0), outcome="came")
            due = place.came_at + timedelta(minutes=step.minutes)
            if now >= due:
                return Decision(kind="go", to=plan.into(step, 1), outcome="timeout")
            return Decision(kind="wait", due=due)
        case Branch():
            way = 0 if look.holds(step.rule) else 1
            return Decision(kind="go", to=plan.into(step, way), outcome=("yes", "no")[way])
        case Split():
            way = chosen(seed=f"{look.seed}/{step.id}", shares=[one.share for one in step.ways])
            return Decision(kind="go", to=plan.into(step, way), outcome=f"way-{way + 1}")
        case Goal():
            if _came(step.match, look, since=look.since):
                return Decision(kind="go", to=after, outcome="reached")
            if step.otherwise == "continue":
                return Decision(kind="go", to=after, outcome="missed")
            return Decision(kind="end", outcome="missed")


def _waited(due: datetime, *, now: datetime, to: str | None) -> Decision:
    if now >= due:
        return Decision(kind="go", to=to, outcome="waited")
    return Decision(kind="wait", due=due)


def _came(match: EventMatch, look: Look, *, since: datetime) -> bool:
    return any(
        event.at >= since and event.id != look.cause and counts(match, event)
        for event in look.events.get(match.kind, ())
    )


def counts(match: EventMatch, event: Any) -> bool:
    """Whether this is such an event. What a machine did does not count unless the condition speaks of it."""
    if event.data.get("machine") and not speaks_of_machines(match):
        return False
    return match.matches(event)


def speaks_of_machines(match: EventMatch) -> bool:
    """Whether a condition looks at `data.machine` itself."""
    fields = [
        one.field
        for clause in match.where
        for one in (clause.conditions if isinstance(clause, AnyOf) else (clause,))
    ]
    return "data.machine" in fields


def chosen(*, seed: str, shares: Sequence[int]) -> int:
    """The number of the way; over many seeds as often as its share says."""
    place = int.from_bytes(sha256(seed.encode()).digest()[:8]) / 2**64 * sum(shares)
    for number, share in enumerate(shares):
        place -= share
        if place < 0:
            return number
    return len(shares) - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """The last time somebody was in a journey. ended_at: None while it goes on."""

    started_at: datetime
    ended_at: datetime | None


def may_enter(*, reentry: Reentry, last: Before | None, at: datetime) -> bool:
    """Whether somebody may enter by something that happened at `at`. Nobody is in a journey twice at once."""
    if last is None:
        return True
    if last.ended_at is None or reentry.after == "never" or at <= last.ended_at:
        return False
    return reentry.after == "ended" or at >= last.started_at + timedelta(days=reentry.days)
