"""How far everybody came, as columns: what the funnel's figures are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .columns import I64, NO_SESSION, U32, Array, Rows


@dataclass(frozen=True)
class Ways:
    """One line per actor (or session, or company) that entered, sorted by actor and session.

    Shapes: (m,) and, per depth, (m, width); beyond `depth` the entries per depth hold no meaning. `way` are
    the numbers of the rows in all `sources` together, `steps` the steps (from 0) they filled, None where that
    is the depth. `find_way` says the first so many columns of `way`; it is called, and what a row holds is
    looked up, when somebody asks for it: counts need neither, and a breakdown by the entry one column.
    """

    actor: I64
    session: I64
    depth: Array
    still_open: Array
    width: int
    find_way: Callable[[int], Array]
    steps: Array | None
    sources: tuple[Rows, ...]

    def __len__(self) -> int:
        return len(self.actor)

    @cached_property
    def way(self) -> Array:
        """The numbers of the rows that were passed, (m, width)."""
        return self.find_way(self.width)

    @cached_property
    def entry(self) -> Array:
        """The numbers of the rows by which they entered."""
        return self.first(1)[:, 0]

    def first(self, depths: int) -> Array:
        """The first columns of `way`."""
        known = "way" in vars(self) or depths == self.width
        return self.way[:, :depths] if known else self.find_way(depths)

    def take(self, lines: Array) -> "Ways":
        """The lines with these numbers, or those marked in a mask."""
        return Ways(
            self.actor[lines], self.session[lines], self.depth[lines], self.still_open[lines], self.width,
            lambda depths: self.first(depths)[lines], None if self.steps is None else self.steps[lines],
            self.sources,
        )  # fmt: skip

    def look_up(self, name: str, depth: int | Array | None = None) -> Array:
        """A column of the rows at a depth from 1 (or each line's own), shape (m,), or at all: (m, steps)."""
        if depth is None:
            way = self.way
        elif isinstance(depth, int):
            way = self.entry if depth == 1 else self.way[:, depth - 1]
        else:
            way = self.way[np.arange(len(self)), depth - 1]
        if len(self.sources) == 1:
            found: Array = getattr(self.sources[0], name)[way]
            return found
        found = np.empty(way.shape, getattr(self.sources[0], name).dtype)
        start = 0
        for rows in self.sources:
            here = (way >= start) & (way < start + len(rows))
            found[here] = getattr(rows, name)[way[here] - start]
            start += len(rows)
        return found

    @cached_property
    def at(self) -> I64:
        """When each depth was reached, microseconds since 1970."""
        return self.look_up("at")

    @cached_property
    def step(self) -> Array:
        """The number of the step (from 1) that was filled at each depth."""
        if self.steps is None:
            return np.broadcast_to(np.arange(1, self.width + 1), (len(self), self.width))
        return self.steps + 1

    @cached_property
    def worth(self) -> U32:
        """Codes of value and currency."""
        return self.look_up("worth")


def joined(parts: Sequence[Ways]) -> Ways:
    """The lines of several parts, sorted by actor and session."""
    if len(parts) == 1:
        return parts[0]

    def way(depths: int) -> Array:
        found, passed = [], 0
        for part in parts:
            found.append(part.first(depths).astype(np.int64) + passed)
            passed += sum(len(rows) for rows in part.sources)
        return np.concatenate(found)

    steps = [part.steps for part in parts if part.steps is not None]
    whole = Ways(
        actor=np.concatenate([part.actor for part in parts]),
        session=np.concatenate([part.session for part in parts]),
        depth=np.concatenate([part.depth for part in parts]),
        still_open=np.concatenate([part.still_open for part in parts]),
        width=parts[0].width,
        find_way=way,
        steps=np.concatenate(steps) if steps else None,
        sources=tuple(rows for part in parts for rows in part.sources),
    )
    return whole.take(np.lexsort((whole.session, whole.actor)))


def no_session(count: int) -> I64:
    """The sessions of lines that stand for actors."""
    return np.full(count, NO_SESSION, np.int64)
