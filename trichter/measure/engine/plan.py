"""What the engine is asked: a funnel reduced to what its kernels need."""

from dataclasses import dataclass
from typing import Literal

from trichter.core.events.conditions import EventMatch

Order = Literal["ordered", "strict", "any"]
Unit = Literal["person", "company", "session"]


@dataclass(frozen=True, slots=True)
class Break:
    """Events that break a way when they come after step `after` and before step `before` (from 1)."""

    match: EventMatch
    after: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A funnel. Times are microseconds; `window` and each of `gaps` (one per step) may be None: no limit.

    `first`: only the actor's first entry starts the clock; otherwise the entry that leads deepest does.
    `in_play`: with strict order the kinds between which nothing may lie; None for the other orders.
    """

    steps: tuple[EventMatch, ...]
    gaps: tuple[int | None, ...]
    window: int | None
    order: Order
    unit: Unit
    first: bool
    breaks: tuple[Break, ...] = ()
    in_play: frozenset[str] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the window limits ordered steps."""
        return self.order == "ordered" and not self.breaks and all(gap is None for gap in self.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Entries with start <= time < end count, of all events those until `now`; microseconds since 1970."""

    start: int | None = None
    end: int | None = None
    now: int | None = None
