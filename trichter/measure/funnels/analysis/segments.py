"""The breakdown: outcomes parted by a value, so that the parts together are all of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from .counts import StepCount, step_counts


@dataclass(frozen=True, slots=True)
class Segment:
    """One row: a value, all further values together ("other"), or those without one ("not set").

    `kind` tells them apart, so that a value that happens to be called "other" stays itself. `values` are
    the values in the row.
    """

    kind: Literal["value", "other", "not_set"]
    values: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    counts: tuple[StepCount, ...]


def segments(definition: FunnelDefinition, outcomes: Sequence[Outcome]) -> tuple[Segment, ...]:
    """The most frequent values at the entry first (equal ones by name), then other, then not set.

    Every outcome is in exactly one segment, so each column adds up to the funnel's own count. Empty without a
    breakdown in the definition.
    """
    if definition.breakdown is None:
        return ()
    parts: defaultdict[str | None, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        parts[outcome.value].append(outcome)
    missing = parts.pop(None, [])
    values = sorted(((value, part) for value, part in parts.items() if value is not None), key=_rank)
    shown, rest = values[: definition.breakdown.limit], values[definition.breakdown.limit :]
    found = [Segment("value", (value,), tuple(part), step_counts(definition, part)) for value, part in shown]
    if rest:
        together = [outcome for _, part in rest for outcome in part]
        names = tuple(value for value, _ in rest)
        found.append(Segment("other", names, tuple(together), step_counts(definition, together)))
    if missing:
        found.append(Segment("not_set", (), tuple(missing), step_counts(definition, missing)))
    return tuple(found)


def _rank(entry: tuple[str, list[Outcome]]) -> tuple[int, str]:
    return -len(entry[1]), entry[0]
