"""Outcomes in columns: what every figure of a funnel is counted from.

Reads like a list of `Outcome`s, which are made only for those somebody looks at.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from trichter.measure.engine.answers import Ways
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import NO_SESSION, TYPES, Rows

from .occurrences import EPOCH, Hit, Outcome, micros

Array = NDArray[Any]
I64 = NDArray[np.int64]
NOT_SET = -1


@dataclass(frozen=True, eq=False)
class Outcomes(Sequence[Outcome]):
    """One line per actor that entered. `value` numbers the breakdown value in `values`, NOT_SET for none."""

    ways: Ways
    book: Codebook
    value: I64
    values: Sequence[str] = field(default_factory=tuple)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], *, steps: int) -> "Outcomes":
        """Outcomes of any origin in columns; those that are in columns already are returned as they are."""
        return outcomes if isinstance(outcomes, Outcomes) else _in_columns(list(outcomes), steps)

    def __len__(self) -> int:
        return len(self.ways)

    @overload
    def __getitem__(self, index: int) -> Outcome: ...
    @overload
    def __getitem__(self, index: slice) -> list[Outcome]: ...

    def __getitem__(self, index: int | slice) -> Outcome | list[Outcome]:
        if isinstance(index, slice):
            return list(self.take(np.arange(len(self))[index]))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return next(iter(self.take(np.array([index % len(self)]))))

    def __iter__(self) -> Iterator[Outcome]:
        ways = self.ways
        at, step, worth = ways.at.tolist(), ways.step.tolist(), ways.worth.tolist()
        event, position = ways.look_up("event").tolist(), ways.look_up("position").tolist()
        sessions, opens = ways.session.tolist(), ways.still_open.tolist()
        money = self.book.worth.values
        for line, (actor, depth) in enumerate(zip(ways.actor.tolist(), ways.depth.tolist(), strict=True)):
            hits = tuple(
                Hit(moment(at[line][place]), event[line][place], position[line][place], step[line][place],
                    *money[worth[line][place]])
                for place in range(depth)
            )  # fmt: skip
            yield Outcome(
                actor=actor,
                session=None if sessions[line] == NO_SESSION else sessions[line],
                hits=hits,
                value=None if self.value[line] == NOT_SET else self.values[self.value[line]],
                still_open=opens[line],
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def take(self, lines: Array) -> "Outcomes":
        """The lines with these numbers, or those marked in a mask."""
        return Outcomes(self.ways.take(lines), self.book, self.value[lines], self.values)

    @property
    def depth(self) -> Array:
        """The number of steps reached, shape (m,)."""
        return self.ways.depth

    @property
    def still_open(self) -> Array:
        """Who may yet go deeper, shape (m,)."""
        return self.ways.still_open

    @property
    def steps(self) -> int:
        """How many steps the funnel has."""
        return self.ways.width

    @cached_property
    def entered(self) -> I64:
        """When the clock started, microseconds since 1970, shape (m,)."""
        return self.ways.look_up("at", 1)

    def reached(self, depth: int) -> I64:
        """When `depth` was reached; only for lines that came that far."""
        return self.ways.look_up("at", depth)

    def worths(self, depth: int, *, steps: Iterable[int]) -> list[tuple[int, int | None, str]]:
        """(how often, minor units, currency) of the hits at `depth` that filled one of `steps`."""
        here = self.ways.depth >= depth
        if self.ways.steps is not None:
            here &= np.isin(self.ways.step[:, depth - 1], list(steps))
        elif depth not in set(steps):
            return []
        counts = np.bincount(self.ways.worth[here, depth - 1], minlength=1)
        return [(int(counts[code]), *self.book.worth.values[code]) for code in np.flatnonzero(counts)]


def moment(at: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return EPOCH + timedelta(microseconds=at)


def _in_columns(outcomes: Sequence[Outcome], steps: int) -> Outcomes:
    book = Codebook()
    hits = [hit for outcome in outcomes for hit in outcome.hits]
    columns = {name: np.zeros(len(hits), kind) for name, kind in TYPES.items()}
    columns["at"] = np.array([micros(hit.at) for hit in hits], np.int64)
    columns["event"] = np.array([hit.event_id for hit in hits], np.int64)
    columns["position"] = np.array([hit.position for hit in hits], np.uint8)
    columns["worth"] = np.array([book.worth.code((hit.value, hit.currency)) for hit in hits], np.uint32)
    way = np.zeros((len(outcomes), steps), np.int64)
    filled = np.zeros((len(outcomes), steps), np.int8)
    row = 0
    for line, outcome in enumerate(outcomes):
        for place, hit in enumerate(outcome.hits):
            way[line, place], filled[line, place] = row, hit.step - 1
            row += 1
    names = sorted({outcome.value for outcome in outcomes if outcome.value is not None})
    codes = {name: code for code, name in enumerate(names)}
    return Outcomes(
        ways=Ways(
            actor=np.array([outcome.actor for outcome in outcomes], np.int64),
            session=np.array(
                [NO_SESSION if one.session is None else one.session for one in outcomes], np.int64
            ),
            depth=np.array([outcome.depth for outcome in outcomes], np.uint8),
            still_open=np.array([outcome.still_open for outcome in outcomes], np.bool_),
            width=steps,
            find_way=lambda depths: way[:, :depths],
            steps=filled,
            sources=(Rows(**columns),),
        ),
        book=book,
        value=np.array([NOT_SET if one.value is None else codes[one.value] for one in outcomes], np.int64),
        values=names,
    )
