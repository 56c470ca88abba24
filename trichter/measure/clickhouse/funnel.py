"""The question of a funnel: its SQL, and the answer as the engine's ways."""

# ruff: noqa: S608  every value in a statement is a number or went through `conditions.quoted`

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np

from trichter.measure.engine.answers import Ways
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import NO_SESSION
from trichter.measure.engine.plan import Bounds, Plan

from . import tracks
from .client import Client
from .conditions import mask, of_kinds
from .rows import rows_of
from .scope import Scope

_OF_COLUMN: Final = {
    "touch": ("source", "medium", "campaign", "content", "term"),
    "page": ("page",),
    "place": ("country", "device"),
    "facts": ("kind", "data"),
}
_ALWAYS: Final = ("at", "event", "position", "value", "currency")


def names_of(columns: Collection[str]) -> list[str]:
    """The columns of the table that stand behind some of the engine's."""
    return [*_ALWAYS, *(name for one in columns for name in _OF_COLUMN.get(one, ()))]


def statement(
    plan: Plan, *, bounds: Bounds, scope: Scope, company_of: Mapping[int, int] | None, names: Sequence[str]
) -> str:
    """The SQL: one line per actor that entered, sorted by actor and session."""
    matches = [*plan.steps, *(one.match for one in plan.breaks)]
    group = scope.company(company_of or {}) if plan.unit == "company" else "actor"
    session = "session" if plan.unit == "session" else f"toInt64({NO_SESSION})"
    tests = [scope.who(), f"{group} != 0" if plan.unit == "company" else "actor != 0"]
    if plan.unit == "session":
        tests.append(f"session != {NO_SESSION}")
    if plan.in_play is None:
        # What lies before the first entry, or behind the last window, cannot be part of a way.
        tests += [of_kinds(one.kind for one in matches), "mask != 0"]
        if bounds.start is not None:
            tests.append(f"at >= {bounds.start}")
    else:
        tests.append(of_kinds(plan.in_play))
    if bounds.now is not None:
        tests.append(f"at <= {bounds.now}")
    if bounds.end is not None and plan.window is not None:
        tests.append(f"at <= {bounds.end + plan.window}")
    row = ", ".join(["at", "event", "position", "mask", *names[3:]])
    found = ", ".join(f"rows[number].{place}" for place in _places(names))
    step = "best.2[indexOf(hits, number)]" if plan.order == "any" else "toUInt8(0)"
    return f"""
        SELECT who, visit, depth, open, {step}, {found}
        FROM (
            SELECT who, visit, rows, arrayMax({tracks.depths(plan)}) AS depth,
                   ways[indexOf({tracks.depths(plan)}, depth)] AS best,
                   arrayFilter(number -> number > 0, best.1) AS hits,
                   depth < {len(plan.steps)} AND ({tracks.still_open(plan, bounds)}) AS open
            FROM (
                SELECT who, visit, rows, track, starts, {tracks.ways(plan, bounds)} AS ways
                FROM (
                    SELECT who, visit, rows, {tracks.starts(plan, bounds)} AS starts,
                           arrayMap((row, number) -> tuple(row.1, row.4, toUInt32(number)),
                                    rows, arrayEnumerate(rows)) AS track
                    FROM (
                        WITH {mask(matches)} AS mask
                        SELECT {group} AS who, {session} AS visit,
                               arraySort(groupArray(tuple({row}))) AS rows
                        FROM {scope.table} FINAL
                        WHERE {" AND ".join(tests)}
                        GROUP BY who, visit
                    )
                )
                WHERE notEmpty(starts)
            )
        )
        ARRAY JOIN hits AS number
        ORDER BY who, visit, rows[number].1, rows[number].2, rows[number].3"""


def _places(names: Sequence[str]) -> list[int]:
    """Where each of `names` stands in a row of `rows`, whose fourth field is the mask."""
    return [1, 2, 3, *range(5, 2 + len(names))]


def funnel(
    client: Client,
    plan: Plan,
    *,
    bounds: Bounds,
    scope: Scope,
    company_of: Mapping[int, int] | None,
    columns: Collection[str],
) -> tuple[Ways, Codebook]:
    """Ask, and put the answer together as the engine does."""
    names = names_of(columns)
    sql = statement(plan, bounds=bounds, scope=scope, company_of=company_of, names=names)
    # One line per row of a way: plain columns are read much faster than arrays.
    who, visit, depth, still_open, step, *fields = client.columns(sql, width=5 + len(names))
    book = Codebook()
    depths = np.array(depth, np.int64)
    first = np.zeros(len(depths), bool)
    place, own = 0, depths.tolist()
    while place < len(own):
        first[place] = True
        place += own[place]
    n, reached = len(plan.steps), depths[first]
    there = np.arange(n) < reached[:, None] if len(reached) else np.zeros((0, n), bool)
    way = np.zeros(there.shape, np.int64)
    way[there] = np.arange(len(depths))
    filled = None
    if plan.order == "any":
        filled = np.zeros(there.shape, np.int8)
        filled[there] = step
    ways = Ways(
        actor=np.array(who, np.int64)[first],
        session=np.array(visit, np.int64)[first],
        depth=reached.astype(np.uint8),
        still_open=np.array(still_open, np.bool_)[first],
        width=n,
        find_way=lambda depths: way[:, :depths],
        steps=filled,
        sources=(rows_of(dict(zip(names, fields, strict=True)), book),),
    )
    return ways, book
