"""Who saw which page, and what came of it, as arrays. Definitions:

first touch: the first page view of an actor's whole story, if it lies in the period. Leads, MQL and money of
that actor count for its page, whenever they came.

assisted: an actor saw the page in the period and it was not his first page. A lead or MQL counts for it
if the stage was entered after that view; money counts if it came after it. Several pages may have assisted in
one and the same lead, so their sums say nothing.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from trichter.core.events.conditions import EventMatch
from trichter.measure.engine import questions
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import I64, NO_SESSION, NOBODY
from trichter.measure.engine.reading import ENTERED
from trichter.measure.traffic.visits import MONEY

STAGES: Final = ("lead", "mql")
VIEWED: Final = "page.viewed"
NEVER: Final = -1
EVER: Final = 2**62


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
    told = [EventMatch(kind) for kind in (VIEWED, ENTERED, *MONEY)]
    rows = asked.select(told, low=-EVER, high=EVER).rows  # by actor and time
    book = asked.book
    item_of = np.array([items.get(path, -1) for path in book.page.values], np.int64)
    stage_of = np.array([_stage(kind, facts) for kind, facts in _facts(book)], np.int64)
    sign = np.array([MONEY.get(kind, 0) for kind in book.kinds.values], np.int64)
    worth = np.array([value or 0 if unit == currency else 0 for value, unit in book.worth.values], np.int64)
    begins = np.flatnonzero(np.diff(rows.actor, prepend=NOBODY))
    starts, owner = np.append(begins, len(rows)), np.cumsum(np.diff(rows.actor, prepend=NOBODY) != 0) - 1
    viewed = book.kinds.known(VIEWED)
    seen = np.flatnonzero(rows.kind == (-1 if viewed is None else viewed))
    first_row = _first(owner, seen, len(begins))
    entry = [
        _first(owner, np.flatnonzero(stage_of[rows.facts] == n), len(begins)) for n in range(len(STAGES))
    ]
    paid = np.flatnonzero(sign[rows.kind])
    running = np.concatenate([[0], np.cumsum(sign[rows.kind[paid]] * worth[rows.worth[paid]])])

    here = seen[(rows.at[seen] >= low) & (rows.at[seen] < high)]
    item = item_of[rows.page[here]]
    here, item = here[item >= 0], item[item >= 0]
    sessions = rows.session[here] != NO_SESSION
    visit = np.stack([owner[here[sessions]], rows.session[here[sessions]], item[sessions]])
    visits = np.bincount(np.unique(visit, axis=1)[2], minlength=count)[:count]

    _pairs, place = np.unique(owner[here] * max(count, 1) + item, return_index=True)
    row, item = here[place], item[place]
    who = owner[row]
    own = item_of[rows.page[first_row[who]]] == item
    first = own & (rows.at[first_row[who]] >= low) & (rows.at[first_row[who]] < high)
    # A first touch before the period is no first touch of it, and the later view no assistance of itself.
    use = first | ~own
    row, item, who, first = row[use], item[use], who[use], first[use]
    begin = np.where(first, starts[who], row)
    lead, mql = ((one[who] != NEVER) & (one[who] >= begin) for one in entry)
    amount = running[np.searchsorted(paid, starts[who + 1])] - running[np.searchsorted(paid, begin)]
    parts = (rows.actor[starts[who]], item, first, lead, mql, amount)
    actor, item, first, lead, mql, amount = (part.astype(np.int64) for part in parts)
    touches = Touches(actor=actor, item=item, first=first, lead=lead, mql=mql, amount=amount)
    return Found(touches=touches, visits=[int(one) for one in visits])


def _first(owner: I64, rows: I64, actors: int) -> I64:
    """Per actor the first of these rows, which are in order, or `NEVER`."""
    found = np.full(actors, NEVER, np.int64)
    who, at = np.unique(owner[rows], return_index=True)
    found[who] = rows[at]
    return found


def _facts(book: Codebook) -> Iterator[tuple[str, str]]:
    """Kind by name and facts of each code."""
    for kind, facts in book.facts.values:
        yield book.kinds.values[kind], facts


def _stage(kind: str, facts: str) -> int:
    stage = json.loads(facts).get("stage") if kind == ENTERED else None
    return STAGES.index(stage) if stage in STAGES else -1
