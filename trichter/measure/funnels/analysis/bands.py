"""From one part of the funnel to the next: top, middle, bottom, after."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..definition import BANDS, Band, FunnelDefinition
from .counts import StepCount
from .rates import Rate, rate


@dataclass(frozen=True, slots=True)
class BandCount:
    """Who came to the first step of a band, and which share of those at the first step of the band before."""

    band: Band
    first_step: int
    reached: int
    from_previous: Rate | None


def band_counts(definition: FunnelDefinition, counts: Sequence[StepCount]) -> tuple[BandCount, ...]:
    """One count for each band that has a step, from the top down; none for steps in any order."""
    if definition.order == "any":
        return ()
    found: list[BandCount] = []
    for band in BANDS:
        first = next((count for count in counts if count.band == band), None)
        if first is not None:
            before = rate(first.reached, found[-1].reached) if found else None
            found.append(BandCount(band, first.number, first.reached, before))
    return tuple(found)
