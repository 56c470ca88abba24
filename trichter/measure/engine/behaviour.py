"""Questions besides the funnel: what happened when, visits, who came back, which way people went.

Every function asks all layers of a state and adds up; all times are microseconds since 1970, `skip` as in
`asking`. What each figure means is said in its kernel.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from trichter.core.events.conditions import EventMatch

from . import kernels
from .asking import marks, shared
from .codebook import Codebook
from .columns import I64, NO_SESSION, Array, Columns, Rows, joined, no_rows
from .kernels import signs
from .matching import Tables

END: Final = signs.END
NO_TOUCH: Final = signs.NO_TOUCH
NONE: Final = np.empty(0, np.int64)
_KEPT_ROWS: Final = 1_000_000  # of selections, per layer; about 60 MB
_lock = threading.Lock()


@dataclass(frozen=True)
class Layer:
    """Columns and which of their actors are passed over."""

    columns: Columns
    skip: Array


@dataclass(frozen=True)
class Series:
    """Per span of time and group: events, different actors, minor units; shapes (spans, groups)."""

    events: I64
    actors: I64
    amount: I64


@dataclass(frozen=True)
class Visits:
    """One line per visit. `entry` and `exit` are rows of `rows`; `at`, `end` times; `goals` bits."""

    rows: Rows
    actor: I64
    entry: I64
    exit: I64
    at: I64
    end: I64
    views: Array
    engaged: I64
    goals: Array

    def __len__(self) -> int:
        return len(self.actor)


@dataclass(frozen=True)
class Retention:
    """`sizes`: actors per cohort, shape (spans,); `back`: [cohort, spans later], shape (spans, spans)."""

    sizes: I64
    back: I64


@dataclass(frozen=True)
class Touches:
    """One line per pair of a conversion and a touch before it, by actor, conversion and touch in order.

    `conversion` and `touch` are rows of `rows`; NO_TOUCH where nothing is known before a conversion.
    """

    rows: Rows
    conversion: I64
    touch: I64

    def __len__(self) -> int:
        return len(self.conversion)


@dataclass(frozen=True)
class Selected:
    """Rows in the order of their layers, and in a layer by actor and time. `mask`: bit m for match m."""

    rows: Rows
    mask: Array

    def __len__(self) -> int:
        return len(self.mask)

    def of(self, number: int) -> Rows:
        """The rows that fulfil match `number`."""
        return self.rows.take((self.mask >> number) & 1 == 1)


@dataclass(frozen=True)
class Around:
    """Rows and the visit of each: `numbers` of `rows`, bits of the matches, place of the visit (-1: none)."""

    rows: Rows
    numbers: I64
    mask: Array
    visit: I64


def select(
    layers: Sequence[Layer], *, tables: Tables, matches: Sequence[EventMatch], low: int, high: int
) -> Selected:
    """The rows with low <= time < high that fulfil one of the matches (at most 32)."""
    found, masks_found = [no_rows()], [np.empty(0, np.uint32)]
    for layer in layers:
        picked = _remembered(layer.columns, tables, matches, low, high)
        rows, own = picked.rows, picked.mask
        gone = layer.skip[picked.places] != 0
        if gone.any():
            rows, own = rows.take(~gone), own[~gone]
        found.append(rows)
        masks_found.append(own)
    return Selected(joined(found), np.concatenate(masks_found))


@dataclass(frozen=True)
class _Picked:
    """What one layer holds of a selection, whoever is passed over; `places`: the actor of each row."""

    rows: Rows
    mask: Array
    places: I64


def _remembered(
    columns: Columns, tables: Tables, matches: Sequence[EventMatch], low: int, high: int
) -> _Picked:
    """The rows of a layer, from the last time they were asked for: columns and the codes in them never
    change, and only newer layers and `skip` tell what has happened since.
    """
    known: OrderedDict[tuple[Any, ...], _Picked] = columns.selections
    key = (*map(repr, matches), low, high)
    with _lock:
        picked = known.get(key)
        if picked is not None:
            known.move_to_end(key)
            return picked
    picked = _pick(columns, tables, matches, low, high)
    if len(picked.mask) <= _KEPT_ROWS // 4:
        with _lock:
            known[key] = picked
            while sum(len(one.mask) + 1_000 for one in known.values()) > _KEPT_ROWS:
                known.popitem(last=False)
    return picked


def _pick(columns: Columns, tables: Tables, matches: Sequence[EventMatch], low: int, high: int) -> _Picked:
    sure, masks = _marked(columns, tables, matches)
    rows, starts = columns.rows, columns.starts
    skip = np.zeros(len(columns.actors), np.uint8)

    def part(first: int, last: int) -> tuple[Any, Any]:
        what = first, last, starts, skip, rows.at, rows.kind, sure, masks, low, high
        size = kernels.selection.select(*what, NONE, np.empty(0, np.uint32), False)
        numbers, own = np.empty(size, np.int64), np.empty(size, np.uint32)
        kernels.selection.select(*what, numbers, own, True)
        return numbers, own

    numbers, own = (np.concatenate(column) for column in zip(*shared(part, starts), strict=True))
    return _Picked(rows.take(numbers), own, np.searchsorted(starts, numbers, side="right") - 1)


def series(
    layers: Sequence[Layer],
    *,
    tables: Tables,
    match: EventMatch,
    edges: I64,
    dimension: str | None = None,
    group_of: I64 | None = None,
    groups: int = 1,
    amount_of: I64 | None = None,
) -> Series:
    """Count the events that match, by time and by the group of a coded column.

    dimension: a column of `DIMS`, with group_of[code] 0 … groups - 1, negative: left out. amount_of[code of
    worth]: minor units.
    """
    spans = len(edges) - 1
    money = np.zeros(len(tables.book.worth), np.int64) if amount_of is None else amount_of
    total = [np.zeros((spans, groups), np.int64) for _ in range(3)]
    for layer in layers:
        sure, masks = _marked(layer.columns, tables, [match])
        rows = layer.columns.rows
        codes = np.empty(0, np.uint32) if dimension is None else getattr(rows, dimension)

        def part(first: int, last: int, layer: Layer = layer, sure: Any = sure, masks: Any = masks,
                 rows: Rows = rows, codes: Any = codes) -> list[Any]:  # fmt: skip
            cells = [np.zeros((spans, groups), np.int64) for _ in range(3)]
            kernels.series.series(
                first, last, layer.columns.starts, layer.skip, rows.at, rows.kind, sure, masks, edges,
                NONE if group_of is None else group_of, codes, money, rows.worth, *cells,
            )  # fmt: skip
            return cells

        for cells in shared(part, layer.columns.starts):
            for whole, own in zip(total, cells, strict=True):
                whole += own
    return Series(*total)


def visits(
    layers: Sequence[Layer],
    *,
    tables: Tables,
    view: EventMatch,
    goals: Sequence[EventMatch] = (),
    low: int,
    high: int,
    seconds: Callable[[str], int] | None = None,
) -> list[Visits]:
    """The visits with a page view in low <= time < high, layer by layer.

    goals: at most 31; `seconds` reads the engaged seconds from a kind's own fields as JSON.
    """
    found = []
    for layer in layers:
        sure, masks = _marked(layer.columns, tables, [view, *goals])
        seconds_of = _seconds(tables.book, seconds)
        rows, starts = layer.columns.rows, layer.columns.starts

        def part(
            first: int, last: int, layer: Layer = layer, sure: Any = sure, masks: Any = masks,
            rows: Rows = rows, starts: Any = starts, seconds_of: Any = seconds_of,
        ) -> tuple[Any, ...]:  # fmt: skip
            asked = (
                first, last, starts, layer.skip, rows.at, rows.session, sure, masks, rows.kind, seconds_of,
                rows.facts, low, high,
            )  # fmt: skip
            size = kernels.visits.visits(*asked, *_room(0), False)
            out = _room(size)
            kernels.visits.visits(*asked, *out, True)
            return out

        columns = [np.concatenate(column) for column in zip(*shared(part, starts), strict=True)]
        place, entry, last_view, end, views, engaged, met = columns
        found.append(
            Visits(
                rows=rows, actor=layer.columns.actors[place], entry=entry, exit=last_view, at=rows.at[entry],
                end=end, views=views, engaged=engaged, goals=met,
            )
        )  # fmt: skip
    return found


def around(
    layers: Sequence[Layer],
    parts: Sequence[Visits],
    *,
    tables: Tables,
    matches: Sequence[EventMatch],
    low: int,
    high: int,
) -> list[Around]:
    """Layer by layer the rows with low <= time < high that fulfil one of the matches, with their visits.

    A row of a session belongs to that visit, when it lies behind its first page view; one outside of sessions
    to the last visit that the same actor began before it. parts: the visits of each layer.
    """
    found = []
    for layer, part in zip(layers, parts, strict=True):
        sure, masks = _marked(layer.columns, tables, matches)
        rows = layer.columns.rows
        mask = masks if len(masks) else sure[rows.kind]
        numbers = np.flatnonzero((mask != 0) & (rows.at >= low) & (rows.at < high))
        visit = _visit_of(rows, part, numbers)
        found.append(Around(rows=rows, numbers=numbers, mask=mask[numbers], visit=visit))
    return found


def _visit_of(rows: Rows, part: Visits, numbers: I64) -> I64:
    if not len(part):
        return np.full(len(numbers), -1, np.int64)
    actor, own = rows.actor[numbers], rows.session[numbers]
    sessions = part.rows.session[part.entry]
    # Rows lie in the order of (actor, time), and so do the first page views of the visits.
    place = np.searchsorted(part.entry, numbers, side="right").astype(np.int64) - 1
    while True:
        place[(place >= 0) & (part.actor[place] != actor)] = -1
        # Two sessions of one actor may overlap: a row then belongs to an earlier visit.
        wrong = (place >= 0) & (own != NO_SESSION) & (sessions[place] != own)
        if not wrong.any():
            return place
        place[wrong] -= 1


def retention(
    layers: Sequence[Layer], *, tables: Tables, first: EventMatch, back: EventMatch, edges: I64
) -> Retention:
    """Cohorts by the first time of `first`, and how many did `back` in which later span."""
    spans = len(edges) - 1
    sizes, matrix = np.zeros(spans, np.int64), np.zeros((spans, spans), np.int64)
    for layer in layers:
        sure, masks = _marked(layer.columns, tables, [first, back])
        rows = layer.columns.rows

        def part(begin: int, last: int, layer: Layer = layer, sure: Any = sure, masks: Any = masks,
                 rows: Rows = rows) -> tuple[Any, Any]:  # fmt: skip
            own = np.zeros(spans, np.int64), np.zeros((spans, spans), np.int64)
            kernels.retention.retention(
                begin, last, layer.columns.starts, layer.skip, rows.at, rows.kind, sure, masks, edges, *own
            )
            return own

        for own_sizes, own_matrix in shared(part, layer.columns.starts):
            sizes += own_sizes
            matrix += own_matrix
    return Retention(sizes, matrix)


def touches(
    layers: Sequence[Layer],
    *,
    tables: Tables,
    touch: EventMatch,
    conversion: EventMatch,
    low: int,
    high: int,
    lookback: int | None = None,
) -> list[Touches]:
    """What led to the conversions with low <= time < high, layer by layer; `lookback` in microseconds.

    Each conversion has touches of its own, so a second one takes nothing from the first.
    """
    found = []
    for layer in layers:
        sure, masks = _marked(layer.columns, tables, [touch, conversion])
        rows, starts = layer.columns.rows, layer.columns.starts

        def part(
            first: int, last: int, layer: Layer = layer, sure: Any = sure, masks: Any = masks,
            rows: Rows = rows, starts: Any = starts,
        ) -> tuple[Any, Any]:  # fmt: skip
            asked = (
                first, last, starts, layer.skip, rows.at, rows.session, sure, masks, rows.kind, low, high,
                -1 if lookback is None else lookback,
            )  # fmt: skip
            size = kernels.touches.touches(*asked, NONE, NONE, False)
            out = np.empty(size, np.int64), np.empty(size, np.int64)
            kernels.touches.touches(*asked, *out, True)
            return out

        conversions, own = (np.concatenate(column) for column in zip(*shared(part, starts), strict=True))
        found.append(Touches(rows, conversions, own))
    return found


def members(
    layers: Sequence[Layer],
    *,
    tables: Tables,
    first: EventMatch,
    back: EventMatch,
    edges: I64,
    cohort: int,
    later: int | None,
) -> list[int]:
    """The actors behind a figure of `retention`; later: only those back so many spans later."""
    found: list[int] = []
    for layer in layers:
        columns = layer.columns
        sure, masks = _marked(columns, tables, [first, back])
        mask = masks.astype(np.int64) if len(masks) else sure[columns.rows.kind]
        at = columns.rows.at
        owner = np.repeat(np.arange(len(columns.actors)), np.diff(columns.starts))
        inside = (at >= edges[0]) & (at < edges[-1]) & (layer.skip[owner] == 0)
        begun = np.flatnonzero(inside & (mask & 1 == 1))
        actors, place = np.unique(owner[begun], return_index=True)
        entry = begun[place]  # the first row of each actor that begins
        span = np.searchsorted(edges, at[entry], side="right") - 1
        chosen = span == cohort
        actors, entry = actors[chosen], entry[chosen]
        if later is not None:
            begin = np.full(len(columns.actors), np.iinfo(np.int64).max, np.int64)
            begin[actors] = entry
            again = np.flatnonzero(inside & (mask & 2 == 2))
            again = again[again > begin[owner[again]]]
            when = np.searchsorted(edges, at[again], side="right") - 1
            actors = np.unique(owner[again[when == cohort + later]])
        found += columns.actors[actors].tolist()
    return found


def paths(
    layers: Sequence[Layer],
    *,
    tables: Tables,
    anchor: EventMatch,
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
    book = tables.book
    page_kind = book.kinds.known("page.viewed")
    node_of_kind = np.array([kind in kinds for kind in book.kinds.values], np.uint8)
    actors, ways = [NONE], [np.empty((0, depth), np.int64)]
    for layer in layers:
        sure, masks = _marked(layer.columns, tables, [anchor])
        rows = layer.columns.rows

        def part(first: int, last: int, layer: Layer = layer, sure: Any = sure, masks: Any = masks,
                 rows: Rows = rows) -> tuple[Any, Any]:  # fmt: skip
            nodes = np.empty((last - first, depth), np.int64)
            who = np.empty(last - first, np.int64)
            count = kernels.paths.paths(
                first, last, layer.columns.starts, layer.skip, rows.at, rows.session, rows.kind, rows.page,
                sure, masks, -1 if page_kind is None else page_kind, node_of_kind, low, high,
                -1 if backward else 1, same_session, nodes, who,
            )  # fmt: skip
            return layer.columns.actors[who[:count]], nodes[:count]

        for who, nodes in shared(part, layer.columns.starts):
            actors.append(who)
            ways.append(nodes)
    return np.concatenate(actors), np.concatenate(ways)


def _marked(columns: Columns, tables: Tables, matches: Sequence[EventMatch]) -> tuple[I64, Array]:
    """Which rows meet which match: by kind alone, or row by row (the other is empty)."""
    program = tables.program(matches)
    sure = program.by_kind()
    if sure is not None:
        return sure, np.empty(0, np.uint32)
    return NONE, marks(columns, program)


def _room(size: int) -> tuple[Any, ...]:
    integers = [np.zeros(size, np.int64) for _ in range(4)]
    return *integers, np.zeros(size, np.int32), np.zeros(size, np.int64), np.zeros(size, np.uint32)


def _seconds(book: Codebook, seconds: Callable[[str], int] | None) -> I64:
    found = np.zeros(len(book.facts), np.int64)
    wanted = book.kinds.known("page.left")
    if seconds is not None and wanted is not None:
        for code, (kind, facts) in enumerate(book.facts.values):
            if kind == wanted:
                found[code] = seconds(facts)
    return found


def engaged_seconds(facts: str) -> int:
    """The seconds of attention in the facts of a leaving; 0 for what is none."""
    seconds = json.loads(facts).get("engaged", 0)
    return max(0, int(seconds)) if isinstance(seconds, int | float) else 0
