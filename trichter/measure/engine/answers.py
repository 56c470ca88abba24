"""How far everybody came, as columns: what the funnel's figures are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import I64, NO_SESSION, U32, Array

NOTHING: int = -1


@dataclass(frozen=True, slots=True)
class Ways:
    """One line per actor (or session, or company) that entered, sorted by actor and session.

    Shapes: (m,) and, per depth, (m, steps); beyond `depth` the entries per depth hold no meaning. `at` is in
    microseconds since 1970, `step` the number of the step (from 1) that was filled at that depth, `event`
    and `position` the occurrence. `dims` are the codes of those occurrences, in the order of `columns.DIMS`.
    """

    actor: I64
    session: I64
    depth: NDArray[np.uint8]
    still_open: NDArray[np.bool_]
    at: I64
    event: I64
    position: Array
    step: Array
    dims: tuple[U32, ...]

    def __len__(self) -> int:
        return len(self.actor)

    def take(self, lines: Array) -> "Ways":
        """The lines with these numbers, or those marked in a mask."""
        return Ways(
            self.actor[lines], self.session[lines], self.depth[lines], self.still_open[lines],
            self.at[lines], self.event[lines], self.position[lines], self.step[lines],
            tuple(codes[lines] for codes in self.dims),
        )  # fmt: skip


def joined(parts: Sequence[Ways]) -> Ways:
    """The lines of several parts, sorted by actor and session."""
    if len(parts) == 1:
        return parts[0]
    whole = Ways(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("actor", "session", "depth", "still_open", "at", "event", "position", "step")
        ),
        dims=tuple(np.concatenate(codes) for codes in zip(*(part.dims for part in parts), strict=True)),
    )
    return whole.take(np.lexsort((whole.session, whole.actor)))


def no_session(count: int) -> I64:
    """The sessions of lines that stand for actors."""
    return np.full(count, NO_SESSION, np.int64)
