"""Visits of a span of time as arrays, with what became of them.

A visit is what `behaviour.visits` says: the rows of one session from its first page view in the span on. What
happens outside of a session (a paid invoice, a signed contract) is credited to the last visit that the same
actor began before it within the span; without such a visit it is credited to none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from trichter.core.events.conditions import EventMatch
from trichter.measure.engine import questions
from trichter.measure.engine.behaviour import Visits
from trichter.measure.engine.columns import I64, NO_SESSION, Array, Rows
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

    def rows(self, kinds: Collection[str], *, credited: bool = False) -> list[tuple[Rows, I64, I64]]:
        """What happened of these kinds in the visits: in parts (rows, their numbers, the visit of each).

        credited: also what happened outside of sessions and belongs to a visit before it, as goals do.
        """
        found, offset = [], 0
        parts = self.asked.around(self.parts, _of(kinds), low=self.low, high=self.high)
        for one, part in zip(parts, self.parts, strict=True):
            inside = one.visit >= 0
            if not credited:
                inside &= one.rows.session[one.numbers] != NO_SESSION
            here = self._place_of[one.visit[inside] + offset]
            found.append((one.rows, one.numbers[inside][here >= 0], here[here >= 0]))
            offset += len(part)
        return found


def load(
    *, low: int, high: int, people: Collection[int] | None, goals: Sequence[EventMatch], currency: str
) -> Traffic:
    """The visits with a page view in low <= time < high (microseconds) of these people and all unknown.

    goals: at most `MAX_GOALS`. currency: money in another one is left out.
    """
    asked = questions.asked(people=people)
    parts = asked.visits(VIEW, goals=goals, low=low, high=high)
    met = _goals(asked, parts, goals, low, high)
    amounts = _amounts(asked, parts, currency, low, high)
    columns: dict[str, list[Array]] = {name: [] for name in _COLUMNS}
    for part, bits, amount in zip(parts, met, amounts, strict=True):
        rows, tracked = part.rows, part.engaged > 0
        last = rows.at[part.exit]
        between = (last - part.at) // _MICRO
        values = {
            "actor": part.actor, "session": rows.session[part.entry], "at": part.at, "last": last,
            "views": part.views.astype(np.int64), "seconds": np.where(tracked, part.engaged, between),
            "tracked": tracked, "goals": bits, "touch": rows.touch[part.entry],
            "place": rows.place[part.entry], "landing": rows.page[part.entry], "exit": rows.page[part.exit],
            "facts": rows.facts[part.entry], "amount": amount,
        }  # fmt: skip
        for name, value in values.items():
            columns[name].append(value)
    merged: dict[str, Any] = {
        name: np.concatenate(values) if values else np.empty(0, np.int64) for name, values in columns.items()
    }
    number = np.arange(len(merged["actor"]))
    return Traffic(asked=asked, parts=tuple(parts), low=low, high=high, number=number, **merged)


def _of(kinds: Collection[str]) -> list[EventMatch]:
    return [EventMatch(kind) for kind in kinds]


def _goals(
    asked: Asked, parts: Sequence[Visits], goals: Sequence[EventMatch], low: int, high: int
) -> list[I64]:
    """The bits of what happened in the sessions, and of what happened outside of them."""
    found = [part.goals.astype(np.int64) for part in parts]
    if goals:
        for bits, one in zip(found, asked.around(parts, goals, low=low, high=high), strict=True):
            outside = (one.visit >= 0) & (one.rows.session[one.numbers] == NO_SESSION)
            np.bitwise_or.at(bits, one.visit[outside], one.mask[outside].astype(np.int64))
    return found


def _amounts(asked: Asked, parts: Sequence[Visits], currency: str, low: int, high: int) -> list[I64]:
    """Minor units per visit; refunds count against it."""
    money = asked.around(parts, _of(MONEY), low=low, high=high)
    worths = asked.book.worth.values
    amount_of = np.array([value or 0 if unit == currency else 0 for value, unit in worths], np.int64)
    sign_of = np.array([MONEY.get(kind, 0) for kind in asked.book.kinds.values], np.int64)
    found = []
    for part, one in zip(parts, money, strict=True):
        total = np.zeros(len(part), np.int64)
        numbers, visit = one.numbers[one.visit >= 0], one.visit[one.visit >= 0]
        np.add.at(total, visit, sign_of[one.rows.kind[numbers]] * amount_of[one.rows.worth[numbers]])
        found.append(total)
    return found
