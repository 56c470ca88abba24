"""What a funnel is: steps, order, time limits, exclusions, breakdown. Pure data with a JSON form.

Steps are numbered from 1, here and on every screen. Durations are whole seconds in JSON. A definition read
from JSON of any origin is checked completely; the only error is `Malformed`, with one `Problem` for each
thing to change. What every setting means is told in docs/funnels.md; `reference` is its exact implementation.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, Self, get_args

from trichter.core.events.conditions import EventMatch, Malformed, Problem

Band = Literal["tofu", "mofu", "bofu", "after"]
Order = Literal["ordered", "strict", "any"]
Unit = Literal["person", "company", "session"]
Start = Literal["first", "best"]

BANDS: Final[tuple[Band, ...]] = get_args(Band)
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
STARTS: Final[tuple[Start, ...]] = get_args(Start)

# Splits by what is known of the actor today; all other dimensions are fields of the event.
ACTOR_DIMENSIONS: Final = frozenset(
    {
        "person.owner", "person.country", "person.city", "person.job_title", "person.first_source",
        "company.name", "company.industry", "company.country", "company.employees",
    }
)  # fmt: skip

SCHEMA: Final = 1
MIN_STEPS: Final = 2
MAX_STEPS: Final = 12
MAX_EXCLUSIONS: Final = 12
MAX_VALUES: Final = 50
MAX_DURATION: Final = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `within` is the longest time since the step before it; None is no such limit."""

    key: str
    label: str
    band: Band
    match: EventMatch
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An event that breaks a way when it comes after step `after_step` and before step `before_step`."""

    match: EventMatch
    after_step: int
    before_step: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Split by the field `dimension` of one event: of the entry, of the last step reached, or of step k.

    The `limit` most frequent values are shown by name, all further ones together as "other".
    """

    dimension: str
    at: Literal["entry", "last"] | int = "entry"
    limit: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelDefinition:
    """A funnel.

    `window` is the longest time from the entry to any later step (inclusive, never restarted; None: none).
    `start` says which entry counts: the actor's first in the period, or the one that leads deepest.
    """

    name: str
    slug: str
    steps: tuple[Step, ...]
    order: Order = "ordered"
    unit: Unit = "person"
    window: timedelta | None = None
    start: Start = "best"
    exclusions: tuple[Exclusion, ...] = ()
    breakdown: Breakdown | None = None

    def kinds(self) -> frozenset[str] | None:
        """The kinds of events the answer depends on; None when it is all of them (strict order)."""
        if self.order == "strict":
            return None
        matches = [step.match for step in self.steps] + [exclusion.match for exclusion in self.exclusions]
        return frozenset(match.kind for match in matches)

    def problems(self, *, kinds: Collection[str] | None = None) -> list[Problem]:
        """All that is wrong with the definition; `kinds` are the kinds that exist (None: unchecked)."""
        from .validation import problems_of  # here, because validation builds on the classes above

        return problems_of(self, kinds=kinds)

    def checked(self, *, kinds: Collection[str] | None = None) -> Self:
        """The definition itself when it is sound; raises `Malformed` otherwise."""
        if found := self.problems(kinds=kinds):
            raise Malformed(found)
        return self

    def to_json(self) -> dict[str, Any]:
        """The definition as JSON data; `from_json` turns it back into an equal definition."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "slug": self.slug,
            "order": self.order,
            "unit": self.unit,
            "start": self.start,
            "window": _seconds(self.window),
            "steps": [
                {
                    "key": step.key,
                    "label": step.label,
                    "band": step.band,
                    "match": step.match.to_json(),
                    "within": _seconds(step.within),
                }
                for step in self.steps
            ],
            "exclusions": [
                {
                    "match": exclusion.match.to_json(),
                    "after_step": exclusion.after_step,
                    "before_step": exclusion.before_step,
                }
                for exclusion in self.exclusions
            ],
            "breakdown": None
            if self.breakdown is None
            else {
                "dimension": self.breakdown.dimension,
                "at": self.breakdown.at,
                "limit": self.breakdown.limit,
            },
        }

    def dumps(self) -> str:
        """The definition as JSON text, the same text for equal definitions."""
        return json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, data: object, *, kinds: Collection[str] | None = None) -> "FunnelDefinition":
        """The definition in JSON `data` of any origin; raises `Malformed`, and nothing else, when unsound."""
        from .validation import read_definition

        return read_definition(data).checked(kinds=kinds)

    @classmethod
    def loads(cls, text: str | bytes, *, kinds: Collection[str] | None = None) -> "FunnelDefinition":
        """The definition in JSON `text` of any origin; raises `Malformed`, and nothing else, when unsound."""
        from .validation import parse

        return cls.from_json(parse(text), kinds=kinds)


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else duration // timedelta(seconds=1)
