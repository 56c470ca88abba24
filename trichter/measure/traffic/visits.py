"""Visits of a span of time as arrays, with what became of them.

A visit is what `behaviour.visits` says: the rows of one session from its first page view in the span on. What
happens outside of a session (a paid invoice, a signed contract) is credited to the last visit that the same
actor began before it within the span; without such a visit it is credited to none.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from trichter.core.events.conditions import EventMatch
from trichter.measure.engine import behaviour, questions
from trichter.measure.engine.asking import marks
from trichter.measure.engine.behaviour import Layer, Visits
from trichter.measure.engine.columns import I64, NO_SESSION, Array
from trichter.measure.engine.questions import Asked

VIEW: Final = EventMatch("page.viewed")
MONEY: Final = {"order.paid": 1, "deal.won": 1, "order.refunded": -1}
ENGAGED_FROM: Final = 10  # seconds of attention that make a visit of one page an engaged one
MAX_GOALS: Final = 31  # the kernel keeps them as bits
_MICRO: Final = 1_000_000
_COLUMNS: Final = (
    "actor", "session", "at", "last", "views", "seconds", "tracked", "goals", "touch", "place", "landing",
    "exit", "facts", "amount",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Visits. Shapes: all (n,).

    `at` and `last` are the times of the first and the last page view (microseconds), `seconds` the engaged
    time where the tracker measured it (`tracked`), else the time between both; `goals` bits; `amount` minor
    units in the company's currency; the rest codes of `asked.book`. `number`: place among all visits found.
    """

    asked: Asked
    parts: tuple[Visits, ...]
    low: int
    high: int
    number: I64
    actor: I64
    session: I64
    at: I64
    last: I64
    views: I64
    seconds: I64
    tracked: Array
    goals: I64
    touch: I64
    place: I64
    landing: I64
    exit: I64
    facts: I64
    amount: I64

    def __len__(self) -> int:
        return len(self.actor)

    def take(self, which: Array) -> "Traffic":
        """The visits with these numbers, or those marked in a mask."""
        picked: dict[str, Any] = {name: getattr(self, name)[which] for name in ("number", *_COLUMNS)}
        return replace(self, **picked)

    @property
    def bounced(self) -> Array:
        """Visits with exactly one page view: the definition of the KPI dictionary."""
        found: Array = self.views == 1
        return found

    @property
    def engaged(self) -> Array:
        """Two page views or more, a goal, or at least `ENGAGED_FROM` seconds."""
        found: Array = (self.views > 1) | (self.goals != 0) | (self.seconds >= ENGAGED_FROM)
        return found

    @cached_property
    def _place_of(self) -> I64:
        """For every visit found its place here; -1 for those that were filtered out."""
        found = np.full(sum(len(part) for part in self.parts), -1, np.int64)
        found[self.number] = np.arange(len(self))
        return found

    def rows(self, kinds: Collection[str]) -> list[tuple[Layer, I64, I64]]:
        """The rows of these kinds in the visits' sessions: per layer the rows, and the visit of each."""
        codes = [code for kind in kinds if (code := self.asked.book.kinds.known(kind)) is not None]
        found, offset = [], 0
        for layer, part in zip(self.asked.layers, self.parts, strict=True):
            rows = layer.columns.rows
            wanted = np.isin(rows.kind, codes) & (rows.session != NO_SESSION)
            wanted &= (rows.at >= self.low) & (rows.at < self.high)
            numbers = np.flatnonzero(wanted)
            place = visit_of(layer, part, numbers)
            here = np.full(len(place), -1, np.int64)
            here[place >= 0] = self._place_of[place[place >= 0] + offset]
            found.append((layer, numbers[here >= 0], here[here >= 0]))
            offset += len(part)
        return found


def visit_of(layer: Layer, part: Visits, numbers: I64) -> I64:
    """For rows of a layer (ascending) the visit each belongs to, as said above; -1 for none."""
    if not len(part):
        return np.full(len(numbers), -1, np.int64)
    rows = layer.columns.rows
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


def load(
    *, low: int, high: int, people: Collection[int] | None, goals: Sequence[EventMatch], currency: str
) -> Traffic:
    """The visits with a page view in low <= time < high (microseconds) of these people and all unknown.

    goals: at most `MAX_GOALS`. currency: money in another one is left out.
    """
    asked = questions.asked(people=people)
    parts = behaviour.visits(
        asked.layers, tables=asked.tables, view=VIEW, goals=goals, low=low, high=high, seconds=_engaged
    )
    sign = _signs(asked)
    amount_of = np.array([value or 0 if unit == currency else 0 for value, unit in asked.book.worth.values])
    columns: dict[str, list[Array]] = {name: [] for name in _COLUMNS}
    for layer, part in zip(asked.layers, parts, strict=True):
        rows, tracked = part.rows, part.engaged > 0
        last = rows.at[part.exit]
        between = (last - part.at) // _MICRO
        values = {
            "actor": part.actor, "session": rows.session[part.entry], "at": part.at, "last": last,
            "views": part.views.astype(np.int64), "seconds": np.where(tracked, part.engaged, between),
            "tracked": tracked, "goals": _goals(asked, layer, part, goals, low, high),
            "touch": rows.touch[part.entry], "place": rows.place[part.entry],
            "landing": rows.page[part.entry], "exit": rows.page[part.exit], "facts": rows.facts[part.entry],
            "amount": _amount(layer, part, sign, amount_of, low, high),
        }  # fmt: skip
        for name, value in values.items():
            columns[name].append(value)
    merged: dict[str, Any] = {
        name: np.concatenate(values) if values else np.empty(0, np.int64) for name, values in columns.items()
    }
    number = np.arange(len(merged["actor"]))
    return Traffic(asked=asked, parts=tuple(parts), low=low, high=high, number=number, **merged)


def _engaged(facts: str) -> int:
    seconds = json.loads(facts).get("engaged", 0)
    return max(0, int(seconds)) if isinstance(seconds, int | float) else 0


def _signs(asked: Asked) -> I64:
    return np.array([MONEY.get(kind, 0) for kind in asked.book.kinds.values], np.int64)


def _goals(asked: Asked, layer: Layer, part: Visits, goals: Sequence[EventMatch], low: int, high: int) -> I64:
    """The kernel's bits, and those of rows outside of sessions."""
    bits = part.goals.astype(np.int64)
    if not goals or not len(part):
        return bits
    rows = layer.columns.rows
    program = asked.tables.program(goals)
    sure = program.by_kind()
    mask = marks(layer.columns, program).astype(np.int64) if sure is None else sure[rows.kind]
    outside = (mask != 0) & (rows.session == NO_SESSION) & (rows.at >= low) & (rows.at < high)
    numbers = np.flatnonzero(outside)
    place = visit_of(layer, part, numbers)
    np.bitwise_or.at(bits, place[place >= 0], mask[numbers[place >= 0]])
    return bits


def _amount(layer: Layer, part: Visits, sign: I64, amount_of: I64, low: int, high: int) -> I64:
    rows = layer.columns.rows
    found = np.zeros(len(part), np.int64)
    numbers = np.flatnonzero((sign[rows.kind] != 0) & (rows.at >= low) & (rows.at < high))
    place = visit_of(layer, part, numbers)
    numbers, place = numbers[place >= 0], place[place >= 0]
    np.add.at(found, place, sign[rows.kind[numbers]] * amount_of[rows.worth[numbers]])
    return found
