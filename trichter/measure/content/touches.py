"""Who saw which page, and what came of it, as arrays. Definitions:

first touch: the first page view of an actor's whole story, if it lies in the period. Leads, MQL and money of
that actor count for its page, whenever they came.

assisted: an actor saw the page in the period and it was not his first page. A lead or MQL counts for it
if the stage was entered after that view; money counts if it came after it. Several pages may have assisted in
one and the same lead, so their sums say nothing.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from trichter.measure.engine import questions
from trichter.measure.engine.columns import I64, NO_SESSION, Array
from trichter.measure.engine.reading import ENTERED
from trichter.measure.traffic.visits import MONEY

STAGES: Final = ("lead", "mql")
NEVER: Final = -1


@dataclass(frozen=True, kw_only=True)
class Touches:
    """One line per (actor, item). Shapes: all (n,). `item`: the number the caller gave the page.

    `first`: it was the actor's first touch; else an assistance. `lead`, `mql`: the stage was entered, for
    an assistance afterwards. `amount`: minor units in the company's currency.
    """

    actor: I64
    item: I64
    first: I64
    lead: I64
    mql: I64
    amount: I64

    def __len__(self) -> int:
        return len(self.actor)


@dataclass(frozen=True, kw_only=True)
class Found:
    """visits: per item the visits that saw it."""

    touches: Touches
    visits: list[int]


def load(
    *,
    items: Mapping[str, int],
    count: int,
    low: int,
    high: int,
    people: Collection[int] | None,
    currency: str,
) -> Found:
    """items: page path → number from 0 to count - 1. low, high: microseconds. people: None is everybody."""
    asked = questions.asked(people=people)
    book = asked.book
    item_of = np.array([items.get(path, -1) for path in book.page.values], np.int64)
    viewed = _code(book.kinds.known("page.viewed"))
    entered = _code(book.kinds.known(ENTERED))
    stage_of = np.array(
        [_stage(json.loads(facts)) if kind == entered else -1 for kind, facts in book.facts.values], np.int64
    )
    sign = np.array([MONEY.get(kind, 0) for kind in book.kinds.values], np.int64)
    worth = np.array([value or 0 if unit == currency else 0 for value, unit in book.worth.values], np.int64)
    columns: list[list[I64]] = [[] for _ in range(6)]
    visits = np.zeros(count, np.int64)
    for layer in asked.layers:
        rows, starts = layer.columns.rows, layer.columns.starts
        if not len(rows):
            continue
        owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        kept = np.repeat(layer.skip == 0, np.diff(starts))
        seen = np.flatnonzero(kept & (rows.kind == viewed))
        if not len(seen):
            continue
        inside = (rows.at[seen] >= low) & (rows.at[seen] < high)
        # Rows lie in the order of actor and time, so the first of an actor is the earliest.
        _actors, at = np.unique(owner[seen], return_index=True)
        first_row = np.full(len(starts) - 1, NEVER, np.int64)
        first_row[owner[seen[at]]] = seen[at]
        entry = [_first(owner, kept & (rows.kind == entered) & (stage_of[rows.facts] == n), len(starts) - 1)
                 for n in range(len(STAGES))]  # fmt: skip
        paid = np.flatnonzero(kept & (sign[rows.kind] != 0))
        running = np.concatenate([[0], np.cumsum(sign[rows.kind[paid]] * worth[rows.worth[paid]])])

        here = seen[inside]
        item = item_of[rows.page[here]]
        here, item = here[item >= 0], item[item >= 0]
        sessions = rows.session[here] != NO_SESSION
        visit = np.stack([owner[here[sessions]], rows.session[here[sessions]], item[sessions]])
        visits += np.bincount(np.unique(visit, axis=1)[2], minlength=count)[:count]
        _pairs, place = np.unique(owner[here] * max(count, 1) + item, return_index=True)
        row, item = here[place], item[place]
        who = owner[row]
        first = (item_of[rows.page[first_row[who]]] == item) & inside_of(rows.at, first_row[who], low, high)
        # A first touch before the period is no first touch of it, and the later view no assistance of itself.
        own = item_of[rows.page[first_row[who]]] == item
        use = first | ~own
        row, item, who, first = row[use], item[use], who[use], first[use]
        begin = np.where(first, starts[who], row)
        after = [(one[who] != NEVER) & (one[who] >= begin) for one in entry]
        end = starts[who + 1]
        amount = running[np.searchsorted(paid, end)] - running[np.searchsorted(paid, begin)]
        parts = (layer.columns.actors[who], item, first, after[0], after[1], amount)
        for column, part in zip(columns, parts, strict=True):
            column.append(part.astype(np.int64))
    actor, item, first, lead, mql, amount = (
        np.concatenate(column) if column else np.empty(0, np.int64) for column in columns
    )
    touches = Touches(actor=actor, item=item, first=first, lead=lead, mql=mql, amount=amount)
    return Found(touches=touches, visits=[int(one) for one in visits])


def inside_of(at: I64, rows: I64, low: int, high: int) -> Array:
    """Whether the rows lie in the period."""
    found: Array = (at[rows] >= low) & (at[rows] < high)
    return found


def _first(owner: I64, mask: Array, actors: int) -> I64:
    """Per actor the first row of the mask, or `NEVER`."""
    found = np.full(actors, NEVER, np.int64)
    rows = np.flatnonzero(mask)
    who, at = np.unique(owner[rows], return_index=True)
    found[who] = rows[at]
    return found


def _stage(facts: dict[str, object]) -> int:
    stage = facts.get("stage")
    return STAGES.index(stage) if isinstance(stage, str) and stage in STAGES else -1


def _code(found: int | None) -> int:
    return -1 if found is None else found
