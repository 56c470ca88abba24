"""The question of a funnel: its SQL, and the answer as the engine's ways."""

# ruff: noqa: S608  every value in a statement is a number or went through `conditions.quoted`

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

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
    found = ", ".join(f"arrayMap(k -> rows[k].{place}, hits)" for place in _places(names))
    return f"""
        SELECT who, visit, depth, {found}, arraySlice(best.2, 1, depth),
               depth < {len(plan.steps)} AND ({tracks.still_open(plan, bounds)}) AS open
        FROM (
            SELECT who, visit, rows, track, starts, ways, {tracks.depths(plan)} AS depths,
                   arrayMax(depths) AS depth, ways[indexOf(depths, depth)] AS best,
                   arrayFilter(number -> number > 0, best.1) AS hits
            FROM (
                SELECT who, visit, rows, track, starts, {tracks.ways(plan, bounds)} AS ways
                FROM (
                    SELECT who, visit, rows, {tracks.starts(plan, bounds)} AS starts,
                           arrayMap((row, number) -> tuple(row.1, row.4, toUInt32(number)),
                                    rows, arrayEnumerate(rows)) AS track
                    FROM (
                        WITH {mask(matches)} AS mask
                        SELECT {group} AS who, {session} AS visit, arraySort(groupArray(tuple({row}))) AS rows
                        FROM {scope.table} FINAL
                        WHERE {" AND ".join(tests)}
                        GROUP BY who, visit
                    )
                )
                WHERE notEmpty(starts)
            )
        )
        ORDER BY who, visit"""


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
    who, visit, depth, *fields, steps, still_open = client.columns(sql, width=5 + len(names))
    book = Codebook()
    flat: dict[str, list[Any]] = {
        name: [one for hits in column for one in hits] for name, column in zip(names, fields, strict=True)
    }
    depths = np.array(depth, np.uint8)
    size, n = len(who), len(plan.steps)
    there = np.arange(n) < depths[:, None].astype(np.int64) if size else np.zeros((0, n), bool)
    way = np.zeros((size, n), np.int64)
    way[there] = np.arange(int(there.sum()))
    filled = None
    if plan.order == "any":
        filled = np.zeros((size, n), np.int8)
        filled[there] = [one for own in steps for one in own]
    ways = Ways(
        actor=np.array(who, np.int64),
        session=np.array(visit, np.int64),
        depth=depths,
        still_open=np.array(still_open, np.bool_),
        way=way,
        steps=filled,
        sources=(rows_of(flat, book),),
    )
    return ways, book
