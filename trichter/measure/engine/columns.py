"""Events in columns: sorted by (actor, time, event, position), one array per property.

An actor is a person's id, or minus the id of an identity that is nobody's. Events without any identity (a
deal whose person is unknown) lie together under NOBODY, which is no actor but has its share in sums. A stage
entry is a row, too: it takes the place and touch of the event that caused it and follows it directly
(`position` 1 and up).
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
Array = NDArray[Any]

# The coded columns that conditions and breakdowns look at, in the order in which kernels get them.
DIMS: Final = ("touch", "page", "place", "worth", "facts")
NO_SESSION: Final = np.iinfo(np.int64).min
NOBODY: Final = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in no particular order. Shapes: all (n,). `at` is in microseconds since 1970.

    `event` is the journal's id of the event, `session` NO_SESSION outside of one; `identity` is 0 for a stage
    entry, which belongs to the actor itself, and for nobody's events.
    """

    actor: I64
    at: I64
    event: I64
    position: Array
    kind: Array
    identity: U32
    session: I64
    touch: U32
    page: U32
    place: U32
    worth: U32
    facts: U32

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: Array) -> "Rows":
        """The rows with these numbers, or those marked in a mask."""
        return Rows(*(getattr(self, name)[rows] for name in NAMES))


TYPES: Final[dict[str, Any]] = {
    "actor": np.int64, "at": np.int64, "event": np.int64, "position": np.uint8, "kind": np.uint16,
    "identity": np.uint32, "session": np.int64, "touch": np.uint32, "page": np.uint32, "place": np.uint32,
    "worth": np.uint32, "facts": np.uint32,
}  # fmt: skip
NAMES: Final = tuple(field.name for field in fields(Rows))


def no_rows() -> Rows:
    """Nothing."""
    return Rows(*(np.empty(0, TYPES[name]) for name in NAMES))


def joined(parts: Sequence[Rows]) -> Rows:
    """All rows of several parts."""
    parts = [part for part in parts if len(part)] or [no_rows()]
    if len(parts) == 1:
        return parts[0]
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in NAMES))


@dataclass(frozen=True, slots=True)
class Columns:
    """Sorted rows. Actor number i of `actors` (ascending) owns the rows starts[i] to starts[i + 1].

    `selections`: what `behaviour.select` has found in them; they never change.
    """

    actors: I64
    starts: I64
    rows: Rows
    selections: OrderedDict[tuple[Any, ...], Any] = field(
        default_factory=OrderedDict, compare=False, repr=False
    )

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dims(self) -> tuple[U32, ...]:
        """The coded columns in the order of `DIMS`."""
        return tuple(getattr(self.rows, name) for name in DIMS)

    def places_of(self, actors: I64) -> I64:
        """The numbers of those of these actors (ascending) that are here."""
        if not len(self.actors):
            return np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self.actors, actors), len(self.actors) - 1)
        found: I64 = places[self.actors[places] == actors]
        return found

    def rows_of(self, places: I64) -> Rows:
        """All rows of the actors with these numbers."""
        counts = self.starts[places + 1] - self.starts[places]
        offsets = np.repeat(self.starts[places] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        return self.rows.take(np.arange(int(counts.sum())) + offsets)


def sorted_columns(rows: Rows) -> Columns:
    """Sort rows into columns."""
    order = np.lexsort((rows.position, rows.event, rows.at, rows.actor))
    return grouped(rows.take(order))


def grouped(rows: Rows) -> Columns:
    """Columns of rows that are sorted already."""
    actor = rows.actor
    if not len(actor):
        return Columns(np.empty(0, np.int64), np.zeros(1, np.int64), rows)
    first = np.flatnonzero(np.concatenate([[True], actor[1:] != actor[:-1]]))
    return Columns(actor[first], np.append(first, len(actor)).astype(np.int64), rows)
