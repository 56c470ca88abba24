"""A plan and columns in, the ways of everybody who entered out; the groups are shared out to all cores."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from . import kernels
from .answers import Ways, no_session
from .codebook import Codebook
from .columns import I64, NO_SESSION, Array, Columns
from .kernels.signs import ANY, NEVER, NO_LIMIT, ORDERED, STRICT
from .matching import Program, Tables
from .plan import Bounds, Plan

T = TypeVar("T")

_HOW: Final = {"ordered": ORDERED, "strict": STRICT, "any": ANY}
_CORES: Final = len(os.sched_getaffinity(0))
# Below this many rows a second thread costs more than it saves.
_WORTH_SHARING: Final = 50_000


@dataclass(frozen=True, slots=True)
class Groups:
    """Who is counted: group g owns the rows order[starts[g]:starts[g + 1]], in order of time.

    An empty `order` means the rows as they lie.
    """

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
    order = inside[np.lexsort((rows.position[inside], rows.event[inside], rows.at[inside], of_row[inside]))]
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
    sure = program.by_kind()
    question = _Question(
        plan=plan,
        columns=columns,
        groups=groups,
        sure=np.empty(0, np.int64) if sure is None else sure,
        masks=np.empty(0, np.uint32) if sure is not None else marks(columns, program),
        in_play=_in_play(plan, tables.book),
        bounds=bounds,
        skip=np.zeros(count, np.uint8) if skip is None else skip,
    )
    answer = question.plain() if plan.is_plain else question.limited()
    return Ways(
        actor=groups.actor[answer.group],
        session=groups.session[answer.group],
        depth=answer.depth,
        still_open=answer.still_open.view(np.bool_),
        width=len(plan.steps),
        find_way=answer.find_way,
        steps=answer.step,
        sources=(columns.rows,),
    )


def marks(columns: Columns, program: Program) -> Array:
    """For each row the matches that it fulfils, as bits."""
    out = np.empty(len(columns), np.uint32)
    size = len(columns)

    def part(first: int, last: int) -> None:
        kernels.masks.mark(first, last, columns.rows.kind, *columns.dims, *program.arrays(), out)

    shared(
        part,
        np.array([0, size]) if size < _WORTH_SHARING else np.linspace(0, size, 9).astype(np.int64),
        each=True,
    )
    return out


def _in_play(plan: Plan, book: Codebook) -> Array:
    if plan.in_play is None:
        return np.empty(0, np.uint8)
    return np.array([kind in plan.in_play for kind in book.kinds.values], np.uint8)


class _Answer(NamedTuple):
    """Who entered, as the kernels say it: a line per group, the step only with any order."""

    group: Array
    depth: Array
    still_open: Array
    find_way: Callable[[int], Array]
    step: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    plan: Plan
    columns: Columns
    groups: Groups
    sure: I64
    masks: Array
    in_play: Array
    bounds: Bounds
    skip: Array

    @property
    def window(self) -> int:
        return NO_LIMIT if self.plan.window is None else self.plan.window

    @property
    def when(self) -> tuple[int, int, int]:
        """Bounds of the entries, and of all events."""
        start, end, now = self.bounds.start, self.bounds.end, self.bounds.now
        return (
            -NEVER if start is None else start,
            NEVER if end is None else end,
            NEVER if now is None else now,
        )

    @property
    def what(self) -> tuple[Array, ...]:
        rows = self.columns.rows
        return rows.at, rows.kind, self.sure, self.masks

    @property
    def number(self) -> Any:
        """The type that can number all rows."""
        return np.int32 if len(self.columns.rows) < 2**31 else np.int64

    def plain(self) -> _Answer:
        """Depths now, ways when they are asked for."""
        groups, n = self.groups, len(self.plan.steps)

        def depths(first: int, last: int) -> tuple[Array, ...]:
            size = last - first
            out = (
                np.empty(size, self.number), np.empty(size, self.number), np.empty(size, np.uint8),
                np.empty(size, np.uint8),
            )  # fmt: skip
            found = kernels.plain.plain_depths(
                first, last, groups.starts, groups.order, self.skip, *self.what, n, self.window,
                self.plan.first, *self.when, *out,
            )  # fmt: skip
            return tuple(column[:found] for column in out)

        group, entry, depth, still_open = _together(shared(depths, groups.starts))

        def find_way(depths: int) -> Array:
            if depths == 1:
                return (groups.order[entry] if len(groups.order) else entry)[:, None]
            way = np.zeros((depths, len(group)), self.number).T  # step by step: most ways are short
            _at, *what = self.what
            shared(
                lambda first, last: kernels.plain.plain_ways(
                    first, last, groups.order, *what, entry, depth, way
                ),
                np.append(entry, len(self.columns)),
            )
            return way

        return _Answer(group, depth, still_open, find_way)

    def limited(self) -> _Answer:
        """Everything at once: with limits, exclusions and other orders depth and way are found together."""
        plan, n = self.plan, len(self.plan.steps)
        any_order = plan.order == "any"
        gaps = np.array([NO_LIMIT if gap is None else gap for gap in plan.gaps], np.int64)
        breaks = np.array([(one.after, one.before) for one in plan.breaks], np.int64).reshape(-1, 2)

        def part(first: int, last: int) -> tuple[Array, ...]:
            size = last - first
            out = (
                np.empty(size, np.int64), np.empty((size, n), self.number),
                np.empty((size, n) if any_order else (0, n), np.int8), np.empty(size, np.uint8),
                np.empty(size, np.uint8),
            )  # fmt: skip
            found = kernels.funnel.funnel(
                first, last, self.groups.starts, self.groups.order, self.skip, *self.what, self.in_play, n,
                self.window, gaps, breaks, _HOW[plan.order], plan.first, *self.when, *out,
            )  # fmt: skip
            return tuple(column[:found] for column in out)

        group, way, step, depth, still_open = _together(shared(part, self.groups.starts))
        return _Answer(group, depth, still_open, lambda depths: way[:, :depths], step if any_order else None)


def _together(parts: list[tuple[Array, ...]]) -> tuple[Array, ...]:
    return tuple(
        column[0] if len(column) == 1 else np.concatenate(column) for column in zip(*parts, strict=True)
    )


def shared(part: Callable[[int, int], T], starts: I64, *, each: bool = False) -> list[T]:
    """Call `part` for spans of groups that together are all of them, on all cores when it is worth it.

    starts: where the rows of each group begin, as in `Groups`. each: one call for each group.
    """
    count, rows = len(starts) - 1, int(starts[-1])
    if each:
        cuts = starts.tolist()
    elif _CORES == 1 or rows < _WORTH_SHARING:
        return [part(0, count)]
    else:
        # Several parts per core, so that a core with the quick ones helps with the slow ones.
        marks = np.linspace(0, rows, 4 * _CORES + 1)[1:-1]
        cuts = sorted({0, count, *np.searchsorted(starts, marks).tolist()})
    with ThreadPoolExecutor(_CORES) as pool:
        return list(pool.map(part, cuts[:-1], cuts[1:]))
