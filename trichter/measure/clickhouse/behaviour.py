"""Questions besides the funnel, in SQL. What each figure means is said in the engine's kernels."""

# ruff: noqa: S608  every value in a statement is a number or went through `conditions.quoted`

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from trichter.core.events.conditions import EventMatch
from trichter.measure.engine.behaviour import (
    END,
    NO_TOUCH,
    Around,
    Retention,
    Selected,
    Series,
    Touches,
    Visits,
)
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import I64, NO_SESSION, Array, Rows

from .client import Client
from .conditions import condition, mask, of_kinds, quoted
from .rows import WHOLE, rows_of
from .scope import Scope

_ORDER: Final = "actor, at, event, position"
_PLACE: Final = "tuple(at, event, position)"
_COLUMNS: Final = {
    "touch": ("source", "medium", "campaign", "content", "term"), "page": ("page",),
    "place": ("country", "device"), "worth": ("value", "currency"),
}  # fmt: skip
_VIEWED: Final = "page.viewed"


class Asked:
    """The engine's `Asked`, answered by ClickHouse. The book grows with every answer."""

    def __init__(self, client: Client, scope: Scope) -> None:
        self._client = client
        self._scope = scope
        self.book = Codebook()

    def _from(self, *tests: str) -> str:
        return f"FROM {self._scope.table} FINAL WHERE {' AND '.join([self._scope.who(), *tests])}"

    def select(self, matches: Sequence[EventMatch], *, low: int, high: int) -> Selected:
        """As `engine.questions.Asked.select`."""
        *columns, own = self._client.columns(
            f"WITH {mask(matches)} AS mask SELECT {', '.join(WHOLE)}, mask "
            f"{self._from(_between(low, high), _kinds(matches), 'mask != 0')} ORDER BY {_ORDER}",
            width=len(WHOLE) + 1,
        )
        rows = rows_of(dict(zip(WHOLE, columns, strict=True)), self.book)
        return Selected(rows, np.array(own, np.uint32))

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
        """As `engine.questions.Asked.series`."""
        cells = [np.zeros((len(edges) - 1, groups), np.int64) for _ in range(3)]
        chosen = [condition(match), _between(int(edges[0]), int(edges[-1]))]
        group = "0"
        if dimension is not None and group_of is not None:
            group = self._numbered(_COLUMNS[dimension], group_of, chosen)
            chosen.append(f"{group} >= 0")
        amount = "0" if amount_of is None else self._numbered(_COLUMNS["worth"], amount_of, chosen)
        found = self._client.rows(
            f"SELECT {_span(edges)} AS span, {group} AS cell, count(), uniqExactIf(actor, actor != 0), "
            f"sum({amount}) {self._from(*chosen)} GROUP BY span, cell"
        )
        for span, cell, *figures in found:
            for whole, figure in zip(cells, figures, strict=True):
                whole[span, cell] = figure
        return Series(*cells)

    def _numbered(self, names: Sequence[str], number_of: Callable[[Any], int], chosen: Sequence[str]) -> str:
        """The number of each row's value, which Python gives to each value that occurs."""
        columns = ", ".join(names)
        values = self._client.rows(f"SELECT DISTINCT {columns} {self._from(*chosen)}")
        if not values:
            return "0"
        key = f"toString(tuple({columns}))"
        known = {
            _as_tuple(value, names): number_of(value if len(names) > 1 else value[0]) for value in values
        }
        return (
            f"transform({key}, [{', '.join(f'toString({one})' for one in known)}], "
            f"CAST([{', '.join(map(str, known.values()))}], 'Array(Int64)'), toInt64(0))"
        )

    def visits(
        self, view: EventMatch, *, goals: Sequence[EventMatch] = (), low: int, high: int
    ) -> list[Visits]:
        """As `engine.questions.Asked.visits`, in one part."""
        row = f"tuple({', '.join(WHOLE)})"
        flat = [f"{one}.{place}" for one in ("entry", "exit") for place in range(1, len(WHOLE) + 1)]
        columns = self._client.columns(
            f"""
            SELECT {", ".join(flat)}, last, views,
                   arraySum(arrayMap(x -> x.3, behind)),
                   arrayFold((bits, x) -> bitOr(bits, x.2), behind, toUInt64(0))
            FROM (
                SELECT entry, exit, last, views,
                       arrayFilter(x -> x.1 >= tuple(entry.2, entry.3, entry.4), others) AS behind
                FROM (
                    WITH {condition(view)} AS viewed, {mask(goals)} AS met
                    SELECT actor, session, argMinIf({row}, {_PLACE}, viewed) AS entry,
                           argMaxIf({row}, {_PLACE}, viewed) AS exit, max(at) AS last,
                           countIf(viewed) AS views,
                           groupArrayIf(tuple({_PLACE}, met, engaged), met != 0 OR engaged != 0) AS others
                    {self._from(_between(low, high), f"session != {NO_SESSION}")}
                    GROUP BY actor, session
                    HAVING views > 0
                )
            )
            ORDER BY entry.1, entry.2, entry.3, entry.4""",
            width=len(flat) + 4,
        )
        *ends, last, views, engaged, goals_met = columns
        size = len(last)
        rows = rows_of({name: [*ends[n], *ends[n + len(WHOLE)]] for n, name in enumerate(WHOLE)}, self.book)
        return [
            Visits(
                rows=rows, actor=rows.actor[:size], entry=np.arange(size), exit=np.arange(size, 2 * size),
                at=rows.at[:size], end=np.array(last, np.int64), views=np.array(views, np.int32),
                engaged=np.array(engaged, np.int64), goals=np.array(goals_met, np.uint32),
            )
        ]  # fmt: skip

    def around(
        self, parts: Sequence[Visits], matches: Sequence[EventMatch], *, low: int, high: int
    ) -> list[Around]:
        """As `engine.questions.Asked.around`; the rows come from ClickHouse and are matched here."""
        (part,) = parts
        found = self.select(matches, low=low, high=high)
        visit = _visit_of(found.rows, part)
        return [Around(found.rows, np.arange(len(found)), found.mask, visit)]

    def retention(self, first: EventMatch, back: EventMatch, *, edges: I64) -> Retention:
        """As `engine.questions.Asked.retention`."""
        spans = len(edges) - 1
        sizes, matrix = np.zeros(spans, np.int64), np.zeros((spans, spans), np.int64)
        returns = self._client.rows(
            f"SELECT cohort, later, count() FROM ({self._returns(first, back, edges)}) "
            "ARRAY JOIN arrayConcat([-1], backs) AS later GROUP BY cohort, later"
        )
        for cohort, span, count in returns:
            if span < 0:
                sizes[cohort] = count
            else:
                matrix[cohort, span - cohort] = count
        return Retention(sizes, matrix)

    def members(
        self, first: EventMatch, back: EventMatch, *, edges: I64, cohort: int, later: int | None
    ) -> list[int]:
        """As `engine.questions.Asked.members`."""
        chosen = f"cohort = {int(cohort)}"
        if later is not None:
            chosen += f" AND has(backs, {int(cohort) + int(later)})"
        sql = f"SELECT actor FROM ({self._returns(first, back, edges)}) WHERE {chosen} ORDER BY actor"
        return [int(one) for one in self._client.columns(sql, width=1)[0]]

    def _returns(self, first: EventMatch, back: EventMatch, edges: I64) -> str:
        """Per actor its cohort and the spans in which it was back."""
        return f"""
            SELECT actor, entry.2 AS cohort,
                   arrayDistinct(arrayMap(x -> x.2, arrayFilter(x -> x.1 > entry.1, again))) AS backs
            FROM (
                WITH {condition(first)} AS begins, {condition(back)} AS returns,
                     toInt32({_span(edges)}) AS span
                SELECT actor, minIf(tuple({_PLACE}, span), begins) AS entry,
                       groupArrayIf(tuple({_PLACE}, span), returns) AS again
                {self._from(_between(int(edges[0]), int(edges[-1])), _kinds([first, back]))}
                GROUP BY actor HAVING countIf(begins) > 0
            )"""

    def touches(
        self, touch: EventMatch, conversion: EventMatch, *, low: int, high: int, lookback: int | None = None
    ) -> list[Touches]:
        """As `engine.questions.Asked.touches`, in one part."""
        row = f"tuple({', '.join(WHOLE)})"
        near = "" if lookback is None else f" AND goal.2 - x.2 <= {int(lookback)}"
        flat = [f"{one}.{place}" for one in ("goal", "led") for place in range(1, len(WHOLE) + 1)]
        *ends, known = self._client.columns(
            f"""
            SELECT {", ".join(flat)}, known
            FROM (
                SELECT goal,
                       arrayFilter(x -> (x.2, x.3, x.4) <= (goal.2, goal.3, goal.4){near}, firsts) AS before,
                       notEmpty(before) AS known
                FROM (
                    SELECT goals, arrayFilter((x, n) -> x.7 = {NO_SESSION} OR n = 1, sorted,
                                              arrayEnumerateUniq(arrayMap(x -> x.7, sorted))) AS firsts
                    FROM (
                        WITH {condition(touch)} AS touched,
                             {condition(conversion)} AND {_between(low, high)} AS converted
                        SELECT arraySort(x -> (x.2, x.3, x.4), groupArrayIf({row}, touched)) AS sorted,
                               groupArrayIf({row}, converted) AS goals
                        {self._from(f"at < {int(high)}", _kinds([touch, conversion]))}
                        GROUP BY actor HAVING notEmpty(goals)
                    )
                ) ARRAY JOIN goals AS goal
            ) ARRAY JOIN if(known, before, [goal]) AS led
            ORDER BY goal.1, goal.2, goal.3, goal.4, led.2, led.3, led.4""",
            width=len(flat) + 1,
        )
        size = len(known)
        rows = rows_of({name: [*ends[n], *ends[n + len(WHOLE)]] for n, name in enumerate(WHOLE)}, self.book)
        led = np.where(np.array(known, np.bool_), np.arange(size, 2 * size), NO_TOUCH)
        return [Touches(rows, np.arange(size), led)]

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
        """As `engine.questions.Asked.paths`."""
        compared = "<=" if backward else ">="
        session = "AND x.3 = anchor.2" if same_session else ""
        # Of other kinds only the anchor itself is a node.
        seen = f"(x.4 OR x.1 = anchor.1) AND x.1 {compared} anchor.1 {session}"
        order = "arrayReverseSort" if backward else "arraySort"
        found = self._client.columns(
            f"""
            SELECT actor, arraySlice(arrayCompact(arrayMap(
                       x -> x.2, {order}(x -> x.1, arrayFilter(x -> {seen}, steps)))), 1, {depth})
            FROM (
                WITH {condition(anchor)} AND {_between(low, high)} AS anchored,
                     kind = {quoted(_VIEWED)} AS viewed,
                     {of_kinds([*kinds, _VIEWED])} AS counts
                SELECT actor, minIf(tuple({_PLACE}, session), anchored) AS anchor,
                       groupArrayIf(tuple({_PLACE}, tuple(viewed, if(viewed, page, toString(kind))), session,
                                          counts), counts OR anchored) AS steps
                {self._from(of_kinds([*kinds, _VIEWED, anchor.kind]))}
                GROUP BY actor HAVING countIf(anchored) > 0
            )
            ORDER BY actor""",
            width=2,
        )
        actors, ways = found
        nodes = np.full((len(actors), depth), END, np.int64)
        for line, way in enumerate(ways):
            for place, (viewed, name) in enumerate(way):
                nodes[line, place] = (
                    2 * self.book.page.code(name) if viewed else 2 * self.book.kinds.code(name) + 1
                )
        return np.array(actors, np.int64), nodes


def _between(low: int, high: int) -> str:
    return f"at >= {int(low)} AND at < {int(high)}"


def _kinds(matches: Sequence[EventMatch]) -> str:
    return of_kinds(one.kind for one in matches)


def _span(edges: I64) -> str:
    """The number of the span a row lies in, which must be in one of them."""
    listed = f"[{', '.join(map(str, edges.tolist()))}]"
    return f"indexOf({listed}, roundDown(at, {listed})) - 1"


def _as_tuple(value: Sequence[Any], names: Sequence[str]) -> str:
    """A tuple literal of the types in the table."""
    given = [
        f"CAST({'NULL' if one is None else int(one)}, 'Nullable(Int64)')" if name == "value" else quoted(one)
        for name, one in zip(names, value, strict=True)
    ]
    return f"tuple({', '.join(given)})"


def _visit_of(rows: Rows, part: Visits) -> I64:
    """The visit of each row: its session's, or the last one that began before it; -1 for none."""
    if not len(part) or not len(rows):
        return np.full(len(rows), -1, np.int64)
    entries = part.rows.take(part.entry)
    order = _merged(entries, rows)
    is_entry = order < len(part)
    before = np.maximum.accumulate(np.where(is_entry, order, -1))
    place = np.full(len(rows), -1, np.int64)
    place[order[~is_entry] - len(part)] = before[~is_entry]
    while True:
        place[(place >= 0) & (entries.actor[place] != rows.actor)] = -1
        wrong = (place >= 0) & (rows.session != NO_SESSION) & (entries.session[place] != rows.session)
        if not wrong.any():
            return place
        place[wrong] -= 1


def _merged(entries: Rows, rows: Rows) -> Array:
    """The order of both together; a first page view comes before itself as a row."""
    both = [
        np.concatenate([getattr(entries, name), getattr(rows, name)])
        for name in ("position", "event", "at", "actor")
    ]
    second = np.repeat([0, 1], [len(entries), len(rows)])
    order: Array = np.lexsort((second, *both))
    return order
