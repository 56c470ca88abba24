"""A plan and columns in, the ways of everybody who entered out; the groups are shared out to all cores."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from .answers import Ways, no_session
from .codebook import Codebook
from .columns import I64, NO_SESSION, Array, Columns
from .kernels import funnel as kernel
from .kernels.ways import NEVER
from .matching import Program, Tables
from .plan import Bounds, Plan

_HOW: Final = {"ordered": kernel.ORDERED, "strict": kernel.STRICT, "any": kernel.ANY}
_CORES: Final = len(os.sched_getaffinity(0))
# Below this many rows a second thread costs more than it saves.
_WORTH_SHARING: Final = 50_000


@dataclass(frozen=True, slots=True)
class Groups:
    """Who is counted: group g owns the rows order[starts[g]:starts[g + 1]] in time; no `order`: as they lie."""

    actor: I64
    session: I64
    starts: I64
    order: I64


_AS_THEY_LIE: Final = np.empty(0, np.int64)


def people(columns: Columns) -> Groups:
    """Each actor by itself."""
    return Groups(columns.actors, no_session(len(columns.actors)), columns.starts, _AS_THEY_LIE)


def sessions(columns: Columns) -> Groups:
    """Each session of each actor by itself; rows outside of a session belong to none."""
    rows = columns.rows
    inside = np.flatnonzero(rows.session != NO_SESSION)
    actor, session = rows.actor[inside], rows.session[inside]
    # Stable, so that within a session time goes on.
    order = np.lexsort((session, actor))
    return _grouped(actor[order], session[order], inside[order])


def companies(columns: Columns, company_of: Mapping[int, int]) -> Groups:
    """All actors of a company as one; actors of no company are left out."""
    company = np.array([company_of.get(actor, 0) for actor in columns.actors.tolist()], np.int64)
    of_row = np.repeat(company, np.diff(columns.starts))
    inside = np.flatnonzero(of_row)
    rows = columns.rows
    order = inside[
        np.lexsort((rows.position[inside], rows.event[inside], rows.at[inside], of_row[inside]))
    ]
    owner = of_row[order]
    return _grouped(owner, no_session(len(owner)), order)


def _grouped(actor: I64, session: I64, order: I64) -> Groups:
    if not len(order):
        return Groups(actor, session, np.zeros(1, np.int64), order)
    changes = (actor[1:] != actor[:-1]) | (session[1:] != session[:-1])
    first = np.flatnonzero(np.concatenate([[True], changes]))
    return Groups(actor[first], session[first], np.append(first, len(order)), order)


def ask(
    plan: Plan, *, columns: Columns, groups: Groups, tables: Tables, bounds: Bounds, skip: Array | None = None
) -> Ways:
    """The ways of the groups that entered; `skip` marks groups to pass over."""
    program = tables.program([*plan.steps, *(one.match for one in plan.breaks)])
    count = len(groups.actor)
    skip = np.zeros(count, np.uint8) if skip is None else skip
    parts = [
        part
        for part in _shared(_Question(plan, columns, groups, tables.book, program, bounds, skip), count)
        if part
    ]
    group, way, step, depth, still_open = (np.concatenate(column) for column in zip(*parts, strict=True))
    # Beyond the depth reached there is no row; row 0 stands in, and nobody looks at it.
    way = np.where(np.arange(way.shape[1]) < depth[:, None], way, 0) if len(way) else way
    rows = columns.rows
    return Ways(
        actor=groups.actor[group],
        session=groups.session[group],
        depth=depth,
        still_open=still_open.astype(np.bool_),
        at=rows.at[way],
        event=rows.event[way],
        position=rows.position[way],
        step=step,
        dims=tuple(codes[way] for codes in columns.dims),
    )


Part = tuple[Array, Array, Array, Array, Array]


@dataclass(frozen=True, slots=True)
class _Question:
    plan: Plan
    columns: Columns
    groups: Groups
    book: Codebook
    program: Program
    bounds: Bounds
    skip: Array

    def part(self, first: int, last: int) -> Part:
        plan, rows, bounds = self.plan, self.columns.rows, self.bounds
        size, n = last - first, len(plan.steps)
        any_order = plan.order == "any"
        group = np.empty(size, np.int64)
        way = np.empty((size, n), np.int64)
        step = np.empty((size, n) if any_order else (0, n), np.int8)
        depth = np.empty(size, np.uint8)
        still_open = np.empty(size, np.uint8)
        program = self.program
        found = kernel.funnel(
            first,
            last,
            self.groups.starts,
            self.groups.order,
            self.skip,
            rows.at,
            rows.kind,
            self.columns.dims,
            (program.match_from, program.match_of, program.clause_from, program.condition_from,
             program.column, program.table_from, program.table),
            self._in_play(),
            n,
            kernel.NO_LIMIT if plan.window is None else plan.window,
            np.array([kernel.NO_LIMIT if gap is None else gap for gap in plan.gaps], np.int64),
            np.array([(one.after, one.before) for one in plan.breaks], np.int64).reshape(-1, 2),
            _HOW[plan.order],
            plan.first,
            -NEVER if bounds.start is None else bounds.start,
            NEVER if bounds.end is None else bounds.end,
            NEVER if bounds.now is None else bounds.now,
            group,
            way,
            step,
            depth,
            still_open,
        )  # fmt: skip
        steps = (step[:found] if any_order else np.broadcast_to(np.arange(n), (found, n))) + 1
        return group[:found], way[:found], steps, depth[:found], still_open[:found]

    def _in_play(self) -> Array:
        if self.plan.in_play is None:
            return np.empty(0, np.uint8)
        return np.array([kind in self.plan.in_play for kind in self.book.kinds.values], np.uint8)


def _shared(question: _Question, count: int) -> list[Part]:
    rows = int(question.groups.starts[-1])
    if _CORES == 1 or rows < _WORTH_SHARING:
        return [question.part(0, count)]
    # Several parts per core, so that a core with the quick ones helps with the slow ones.
    marks = np.linspace(0, rows, 4 * _CORES + 1)[1:-1]
    cuts = sorted({0, count, *np.searchsorted(question.groups.starts, marks).tolist()})
    with ThreadPoolExecutor(_CORES) as pool:
        return list(pool.map(question.part, cuts[:-1], cuts[1:]))
