"""The engine's door: what `measure` asks about behaviour."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from . import asking
from .answers import Ways, joined
from .behaviour import Layer
from .codebook import Codebook
from .columns import NOBODY, Array, Columns, sorted_columns
from .levels import Level, rows_of
from .matching import Tables
from .mirror import State, own_mirror
from .plan import Bounds, Plan

Part = tuple[Columns, asking.Groups, Array | None]


@dataclass(frozen=True)
class Asked:
    """What the functions of `behaviour` are called with, as it stands now; `book` has the values of codes."""

    layers: tuple[Layer, ...]
    tables: Tables
    book: Codebook


def asked(*, people: Collection[int] | None = None, nobody: bool = False) -> Asked:
    """The journal until this moment. people: only these, and unknown visitors (None: everybody).

    nobody: with the events that belong to no identity, for sums; they are no actor.
    """
    state = own_mirror().current()
    allowed = None if people is None else np.array(sorted(people), np.int64)
    layers = [
        Layer(level.columns, _skipped(level, asking.people(level.columns), allowed, nobody=nobody))
        for level in state.levels
    ]
    return Asked(tuple(layers), state.tables, state.tables.book)


def funnel(
    plan: Plan,
    *,
    bounds: Bounds,
    people: Collection[int] | None = None,
    company_of: Mapping[int, int] | None = None,
) -> tuple[Ways, Codebook]:
    """How far everybody came, and the values behind the codes.

    people: only these, and unknown visitors (None: everybody). company_of: for the unit company, the company
    of each person who has one.
    """
    state = own_mirror().current()
    allowed = None if people is None else np.array(sorted(people), np.int64)
    if plan.unit == "company":
        columns = _whole(state, [one for one in company_of or {} if people is None or one in people])
        parts: list[Part] = [(columns, asking.companies(columns, company_of or {}), None)]
    else:
        group = asking.sessions if plan.unit == "session" else asking.people
        parts = []
        for level in state.levels:
            groups = group(level.columns)
            parts.append((level.columns, groups, _skipped(level, groups, allowed)))
    ways = [
        asking.ask(plan, columns=columns, groups=groups, tables=state.tables, bounds=bounds, skip=skip)
        for columns, groups, skip in parts
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
