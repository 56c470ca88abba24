"""Everything a funnel page shows, from one list of outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from ..outcomes import Outcomes
from .bands import BandCount, band_counts
from .counts import StepCount, step_counts
from .leaks import Leaks, find_leaks
from .rates import Rate
from .revenue import revenue
from .segments import Segment, segments
from .timing import Timing, timings
from .trend import Week, weekly


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a funnel. `entered` is the n of every figure; `still_open` of them may yet go deeper."""

    entered: int
    finished: int
    still_open: int
    conversion: Rate
    steps: tuple[StepCount, ...]
    bands: tuple[BandCount, ...]
    leaks: Leaks
    timings: tuple[Timing, ...]
    weeks: tuple[Week, ...]
    segments: tuple[Segment, ...]
    revenue: tuple[Mapping[str, int], ...]


def report(definition: FunnelDefinition, outcomes: Sequence[Outcome], *, zone: ZoneInfo) -> Report:
    """All figures of `outcomes`, which must come from `definition`; `zone` is the company's."""
    outcomes = Outcomes.of(outcomes, steps=len(definition.steps))
    steps = step_counts(definition, outcomes)
    return Report(
        entered=steps[0].reached,
        finished=steps[-1].reached,
        still_open=sum(count.still_open for count in steps),
        conversion=steps[-1].from_entry,
        steps=steps,
        bands=band_counts(definition, steps),
        leaks=find_leaks(definition, outcomes),
        timings=timings(definition, outcomes),
        weeks=weekly(definition, outcomes, zone=zone),
        segments=segments(definition, outcomes),
        revenue=revenue(definition, outcomes),
    )
