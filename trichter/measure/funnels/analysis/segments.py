"""The breakdown: outcomes parted by a value, so that the parts together are all of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from ..outcomes import Array, Outcomes
from .counts import StepCount, counts_by

Kind = Literal["value", "other", "not_set"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One row: a value, all further values together ("other"), or those without one ("not set").

    `kind` tells them apart, so that a value that happens to be called "other" stays itself. `values` are
    the values in the row.
    """

    kind: Kind
    values: tuple[str, ...]
    counts: tuple[StepCount, ...]
    whole: Outcomes = field(repr=False, compare=False)
    lines: Array = field(repr=False, compare=False)

    @property
    def outcomes(self) -> Outcomes:
        """Those in the row."""
        return self.whole.take(self.lines)


def segments(definition: FunnelDefinition, outcomes: Iterable[Outcome]) -> tuple[Segment, ...]:
    """The most frequent values at the entry first (equal ones by name), then other, then not set.

    Every outcome is in exactly one segment, so each column adds up to the funnel's own count. Empty without a
    breakdown in the definition.
    """
    if definition.breakdown is None:
        return ()
    known = Outcomes.of(outcomes, steps=len(definition.steps))
    limit = definition.breakdown.limit
    sizes = np.bincount(known.value + 1, minlength=len(known.values) + 1)
    present = [int(code) for code in np.flatnonzero(sizes[1:])]
    ranked = sorted(present, key=lambda code: (-sizes[code + 1], known.values[code]))
    rest = ranked[limit:]
    # The rows in their order; the last two are "other" and "not set".
    row_of = np.full(len(known.values) + 1, limit, np.int64)
    row_of[0] = limit + 1
    for row, code in enumerate(ranked[:limit]):
        row_of[code + 1] = row
    rows = row_of[known.value + 1]
    counts = counts_by(definition, known, groups=rows, count=limit + 2)
    names: list[tuple[Kind, tuple[str, ...], int]] = [
        ("value", (known.values[code],), row) for row, code in enumerate(ranked[:limit])
    ]
    if rest:
        names.append(("other", tuple(known.values[code] for code in rest), limit))
    if sizes[0]:
        names.append(("not_set", (), limit + 1))
    return tuple(
        Segment(kind, values, counts[row], known, np.flatnonzero(rows == row)) for kind, values, row in names
    )
