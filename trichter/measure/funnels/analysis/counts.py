"""How many came to each step."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..definition import Band, FunnelDefinition
from ..occurrences import Outcome
from ..outcomes import Array, Outcomes
from .rates import Rate, rate


@dataclass(frozen=True, slots=True)
class StepCount:
    """One bar. `reached` = reached of the next step + `dropped` + `still_open`; at the last step both are 0.

    `from_previous` is the share of those at the step before, `from_entry` the share of all who entered.
    Both count people whose time is not over as not converted yet: read them together with `still_open`.
    """

    number: int
    key: str
    label: str
    band: Band
    reached: int
    from_previous: Rate | None
    from_entry: Rate
    dropped: int
    still_open: int


def step_counts(definition: FunnelDefinition, outcomes: Iterable[Outcome]) -> tuple[StepCount, ...]:
    """One count for each step, in order. With steps in any order bar k counts who met at least k of them."""
    known = Outcomes.of(outcomes, steps=len(definition.steps))
    return counts_by(definition, known, groups=np.zeros(len(known), np.int64), count=1)[0]


def counts_by(
    definition: FunnelDefinition, outcomes: Outcomes, *, groups: Array, count: int
) -> list[tuple[StepCount, ...]]:
    """The counts of each group 0 … count - 1; `groups` has the group of each outcome."""
    n = len(definition.steps)
    place = groups * (n + 1) + outcomes.depth
    ends = np.bincount(place, minlength=count * (n + 1)).reshape(count, n + 1)
    waiting = np.bincount(place[outcomes.still_open], minlength=count * (n + 1)).reshape(count, n + 1)
    return [
        _counts(definition, own.tolist(), open_own.tolist())
        for own, open_own in zip(ends, waiting, strict=True)
    ]


def _counts(definition: FunnelDefinition, ends: list[int], open_ends: list[int]) -> tuple[StepCount, ...]:
    n = len(definition.steps)
    totals = [0] * (n + 2)
    for number in range(n, 0, -1):
        totals[number] = totals[number + 1] + ends[number]
    return tuple(
        StepCount(
            number=number,
            key=step.key,
            label=step.label,
            band=step.band,
            reached=totals[number],
            from_previous=None if number == 1 else rate(totals[number], totals[number - 1]),
            from_entry=rate(totals[number], totals[1]),
            dropped=0 if number == n else ends[number] - open_ends[number],
            still_open=open_ends[number],
        )
        for number, step in enumerate(definition.steps, start=1)
    )
