"""The engine's door: what `measure` asks about behaviour.

Answers come from this process's columns, or from whoever was named by `answer_by` (ClickHouse), with the same
types and the same figures.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from trichter.core.events.conditions import EventMatch

from . import asking, behaviour
from .answers import Ways, joined
from .behaviour import Around, Layer, Retention, Selected, Series, Touches, Visits
from .codebook import Codebook
from .columns import I64, NOBODY, Array, Columns, sorted_columns
from .levels import Level, rows_of
from .matching import Tables
from .mirror import State, own_mirror
from .plan import Bounds, Plan

Part = tuple[Columns, asking.Groups, Array | None]


class Asked(Protocol):
    """The journal, ready to be asked; `book` has the values of the codes in what was answered so far.

    What each figure means is said in `behaviour` and its kernels. Times are microseconds since 1970.
    """

    @property
    def book(self) -> Codebook: ...

    def select(self, matches: Sequence[EventMatch], *, low: int, high: int) -> Selected:
        """The rows with low <= time < high that fulfil one of the matches (at most 32)."""
        ...

    def series(
        self,
        match: EventMatch,
        *,
        edges: I64,
        dimension: str | None = None,
        group_of: Callable[[Any], int] | None = None,
        groups: int = 1,
        amount_of: Callable[[tuple[int | None, str]], int] | None = None,
    ) -> Series:
        """Events that match by span and group.

        dimension: a coded column; group_of a value of it: 0 … groups - 1, negative: left out. amount_of
        (minor units, currency): what it counts.
        """
        ...

    def visits(
        self, view: EventMatch, *, goals: Sequence[EventMatch] = (), low: int, high: int
    ) -> list[Visits]:
        """The visits with a page view in low <= time < high, in parts. goals: at most 31."""
        ...

    def around(
        self, parts: Sequence[Visits], matches: Sequence[EventMatch], *, low: int, high: int
    ) -> list[Around]:
        """What else happened in those visits, or after them outside of sessions; part by part."""
        ...

    def retention(self, first: EventMatch, back: EventMatch, *, edges: I64) -> Retention:
        """Cohorts by the first time of `first`, and how many did `back` in which later span."""
        ...

    def members(
        self, first: EventMatch, back: EventMatch, *, edges: I64, cohort: int, later: int | None
    ) -> list[int]:
        """The actors behind a figure of `retention`."""
        ...

    def touches(
        self, touch: EventMatch, conversion: EventMatch, *, low: int, high: int, lookback: int | None = None
    ) -> list[Touches]:
        """What led to the conversions with low <= time < high, in parts; lookback: None is ever."""
        ...

    def paths(
        self,
        anchor: EventMatch,
        *,
        kinds: frozenset[str],
        low: int,
        high: int,
        depth: int,
        backward: bool = False,
        same_session: bool = True,
    ) -> tuple[I64, I64]:
        """Who met the anchor, and the nodes from it on, shape (m, depth); END after the last.

        A page view is the node 2 × code of its page, another of these kinds 2 × code of its kind + 1.
        """
        ...


class Backend(Protocol):
    """Who answers in the engine's place."""

    def asked(self, *, people: Collection[int] | None, nobody: bool) -> Asked: ...

    def funnel(
        self,
        plan: Plan,
        *,
        bounds: Bounds,
        people: Collection[int] | None,
        company_of: Mapping[int, int] | None,
        columns: Collection[str],
    ) -> tuple[Ways, Codebook]: ...


_backend: list[Callable[[], Backend]] = []


def answer_by(backend: Callable[[], Backend] | None) -> None:
    """Let somebody else answer from now on; None: the engine itself."""
    _backend[:] = [] if backend is None else [backend]


def answered_elsewhere() -> bool:
    """Whether the columns of this process are not asked at all."""
    return bool(_backend)


@dataclass(frozen=True)
class InColumns:
    """`Asked` of this process's columns."""

    layers: tuple[Layer, ...]
    tables: Tables
    book: Codebook

    def select(self, matches: Sequence[EventMatch], *, low: int, high: int) -> Selected:
        return behaviour.select(self.layers, tables=self.tables, matches=matches, low=low, high=high)

    def series(
        self,
        match: EventMatch,
        *,
        edges: I64,
        dimension: str | None = None,
        group_of: Callable[[Any], int] | None = None,
        groups: int = 1,
        amount_of: Callable[[tuple[int | None, str]], int] | None = None,
    ) -> Series:
        values = self.book.of(dimension).values if dimension else []
        group = np.array([group_of(value) for value in values], np.int64) if group_of else None
        amount = np.array([amount_of(one) for one in self.book.worth.values], np.int64) if amount_of else None
        return behaviour.series(
            self.layers, tables=self.tables, match=match, edges=edges, dimension=dimension, group_of=group,
            groups=groups, amount_of=amount,
        )  # fmt: skip

    def visits(
        self, view: EventMatch, *, goals: Sequence[EventMatch] = (), low: int, high: int
    ) -> list[Visits]:
        return behaviour.visits(
            self.layers, tables=self.tables, view=view, goals=goals, low=low, high=high,
            seconds=behaviour.engaged_seconds,
        )  # fmt: skip

    def around(
        self, parts: Sequence[Visits], matches: Sequence[EventMatch], *, low: int, high: int
    ) -> list[Around]:
        return behaviour.around(self.layers, parts, tables=self.tables, matches=matches, low=low, high=high)

    def retention(self, first: EventMatch, back: EventMatch, *, edges: I64) -> Retention:
        return behaviour.retention(self.layers, tables=self.tables, first=first, back=back, edges=edges)

    def members(
        self, first: EventMatch, back: EventMatch, *, edges: I64, cohort: int, later: int | None
    ) -> list[int]:
        return behaviour.members(
            self.layers, tables=self.tables, first=first, back=back, edges=edges, cohort=cohort, later=later
        )

    def touches(
        self, touch: EventMatch, conversion: EventMatch, *, low: int, high: int, lookback: int | None = None
    ) -> list[Touches]:
        return behaviour.touches(
            self.layers, tables=self.tables, touch=touch, conversion=conversion, low=low, high=high,
            lookback=lookback,
        )  # fmt: skip

    def paths(
        self,
        anchor: EventMatch,
        *,
        kinds: frozenset[str],
        low: int,
        high: int,
        depth: int,
        backward: bool = False,
        same_session: bool = True,
    ) -> tuple[I64, I64]:
        return behaviour.paths(
            self.layers, tables=self.tables, anchor=anchor, kinds=kinds, low=low, high=high, depth=depth,
            backward=backward, same_session=same_session,
        )  # fmt: skip


def asked(*, people: Collection[int] | None = None, nobody: bool = False) -> Asked:
    """The journal until this moment. people: only these, and unknown visitors (None: everybody).

    nobody: with the events that belong to no identity, for sums; they are no actor.
    """
    if _backend:
        return _backend[0]().asked(people=people, nobody=nobody)
    state = own_mirror().current()
    allowed = None if people is None else np.array(sorted(people), np.int64)
    layers = [
        Layer(level.columns, _skipped(level, asking.people(level.columns), allowed, nobody=nobody))
        for level in state.levels
    ]
    return InColumns(tuple(layers), state.tables, state.tables.book)


def funnel(
    plan: Plan,
    *,
    bounds: Bounds,
    people: Collection[int] | None = None,
    company_of: Mapping[int, int] | None = None,
    columns: Collection[str] = (),
) -> tuple[Ways, Codebook]:
    """How far everybody came, and the values behind the codes.

    people: only these, and unknown visitors (None: everybody). company_of: for the unit company, the company
    of each person who has one. columns: those of the ways' rows that will be looked up, besides time, event,
    position and worth, which are always there.
    """
    if _backend:
        return _backend[0]().funnel(
            plan, bounds=bounds, people=people, company_of=company_of, columns=columns
        )
    state = own_mirror().current()
    allowed = None if people is None else np.array(sorted(people), np.int64)
    if plan.unit == "company":
        whole = _whole(state, [one for one in company_of or {} if people is None or one in people])
        parts: list[Part] = [(whole, asking.companies(whole, company_of or {}), None)]
    else:
        group = asking.sessions if plan.unit == "session" else asking.people
        parts = []
        for level in state.levels:
            groups = group(level.columns)
            parts.append((level.columns, groups, _skipped(level, groups, allowed)))
    ways = [
        asking.ask(plan, columns=part, groups=groups, tables=state.tables, bounds=bounds, skip=skip)
        for part, groups, skip in parts
    ]
    return joined(ways), state.tables.book


def _whole(state: State, actors: Collection[int]) -> Columns:
    return sorted_columns(rows_of(state.levels, actors))


def _skipped(level: Level, groups: asking.Groups, allowed: Array | None, *, nobody: bool = False) -> Array:
    """The groups that live in a newer layer, and those of people who are not meant."""
    skip = level.gone
    if groups.actor is not level.columns.actors:
        skip = skip[np.searchsorted(level.columns.actors, groups.actor)]
    if not nobody:
        skip = skip | (groups.actor == NOBODY)
    if allowed is not None:
        skip = skip | ((groups.actor > 0) & ~np.isin(groups.actor, allowed))
    return skip.astype(np.uint8)
