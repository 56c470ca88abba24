"""The definition of a journey as data, and the plan by which people walk. JSON form: docs/journeys.md.

Steps stand in lists; a step with ways holds a list for each, and all ways come together again behind it. So
there are no circles, and everybody comes to an end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from trichter.core.events.conditions import EventMatch
from trichter.core.segments.rules.model import Group

Otherwise = Literal["end", "continue"]
Reenter = Literal["never", "ended", "days"]

ACTIONS: Final = ("mail", "tag", "score", "task", "notify", "webhook", "stage", "segment")
WAITS: Final = ("wait", "wait_time", "wait_event")
FORKS: Final = ("branch", "split", "wait_event")
KINDS: Final = (*ACTIONS, "wait", "wait_time", "wait_event", "branch", "split", "goal")


@dataclass(frozen=True, slots=True)
class Action:
    """Something is done. `settings`: as in JSON, checked when it was read."""

    id: str
    do: str
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for so many minutes."""

    id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class WaitTime:
    """Wait until one of these weekdays (0 is Monday; empty: any day) at this time on the contact's clock."""

    id: str
    weekdays: tuple[int, ...]
    hour: int
    minute: int = 0


@dataclass(frozen=True, slots=True)
class WaitEvent:
    """Wait until it happens, at most `minutes`; then the first way (it did) or the second (it did not)."""

    id: str
    match: EventMatch
    minutes: int
    yes: tuple["Step", ...] = ()
    no: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Whoever fulfils the rule at this moment goes the first way, everybody else the second."""

    id: str
    rule: Group
    yes: tuple["Step", ...] = ()
    no: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a split. `share`: in per cent."""

    share: int
    steps: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """By chance, but always the same for one person."""

    id: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """Whoever does this is pulled here from any step before. Who walks here without it ends or goes on."""

    id: str
    name: str
    match: EventMatch
    otherwise: Otherwise = "end"


Step = Action | Wait | WaitTime | WaitEvent | Branch | Split | Goal


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes people enter: an event (also: joined a segment), a stage entered, or days after a date."""

    match: EventMatch | None = None
    stage: str = ""
    field: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Exit:
    """What makes people leave from wherever they are. `why` is kept: event, segment or consent."""

    why: str
    match: EventMatch


@dataclass(frozen=True, slots=True)
class Reentry:
    """Whether somebody may enter again: never, once it has ended, or so many days after the last start."""

    after: Reenter = "never"
    days: int = 0


@dataclass(frozen=True)
class Definition:
    """A whole journey. `who`: only those who fulfil this rule enter."""

    steps: tuple[Step, ...]
    triggers: tuple[Trigger, ...] = ()
    exits: tuple[Exit, ...] = ()
    reentry: Reentry = Reentry()
    who: Group | None = None

    @cached_property
    def plan(self) -> "Plan":
        """The steps in order, with what comes after each."""
        return Plan.of(self)


def ways_of(step: Step) -> tuple[tuple[Step, ...], ...]:
    """The lists inside a step."""
    if isinstance(step, (WaitEvent, Branch)):
        return (step.yes, step.no)
    return tuple(way.steps for way in step.ways) if isinstance(step, Split) else ()


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """All steps, each before those inside it."""
    for step in steps:
        yield step
        for inside in ways_of(step):
            yield from walk(inside)


@dataclass(frozen=True)
class Plan:
    """`order`: position by id, as drawn. `after`: the step behind each; None: the end. `goals`: main line."""

    definition: Definition
    steps: Mapping[str, Step]
    order: Mapping[str, int]
    after: Mapping[str, str | None]
    goals: tuple[Goal, ...]

    @classmethod
    def of(cls, definition: Definition) -> "Plan":
        """Worked out once per version."""
        after: dict[str, str | None] = {}

        def join(steps: tuple[Step, ...], behind: str | None) -> None:
            for number, step in enumerate(steps):
                following = steps[number + 1] if number + 1 < len(steps) else None
                after[step.id] = following.id if following is not None else behind
                for inside in ways_of(step):
                    join(inside, after[step.id])

        join(definition.steps, None)
        everything = list(walk(definition.steps))
        return cls(
            definition=definition,
            steps={step.id: step for step in everything},
            order={step.id: number for number, step in enumerate(everything)},
            after=after,
            goals=tuple(step for step in definition.steps if isinstance(step, Goal)),
        )

    @property
    def first(self) -> str:
        """Where everybody begins."""
        return self.definition.steps[0].id

    def into(self, step: Step, way: int) -> str | None:
        """The first step of a way; an empty way leads on behind the step."""
        inside = ways_of(step)[way]
        return inside[0].id if inside else self.after[step.id]

    @cached_property
    def matches(self) -> tuple[EventMatch, ...]:
        """Everything that people under way are waiting for, are pulled by, or leave at."""
        found = [one.match for one in self.definition.exits] + [one.match for one in self.goals]
        found += [one.match for one in self.steps.values() if isinstance(one, WaitEvent)]
        return tuple(found)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Kinds of events that can move somebody."""
        return frozenset(match.kind for match in self.matches)

    @cached_property
    def rules(self) -> tuple[Group, ...]:
        """Rules that are asked on the way."""
        return tuple(one.rule for one in self.steps.values() if isinstance(one, Branch))
