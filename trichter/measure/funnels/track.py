"""One actor's occurrences as the search for a way through the funnel reads them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from trichter.core.events.conditions import Predicate

from .definition import FunnelDefinition
from .occurrences import Occurrence, Span, micros

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """The time limits in microseconds and the exclusions, ready for the inner loop.

    `gaps[k]` belongs to step k+1. `exclusions` holds `(bit, first, stop)`: an event with that bit breaks
    the ways that have reached depth first … stop-1 (1-based depths). `plain` says that a total window is
    the only limit.
    """

    steps: int
    window: int | None
    gaps: tuple[int | None, ...]
    exclusions: tuple[tuple[int, int, int], ...]
    plain: bool


@dataclass(slots=True)
class Track:
    """The occurrences that matter, as parallel lists in order.

    `masks` has bit k for step k+1 and bit n+j for exclusion j+1; `rows` are the indexes among all `length`
    occurrences of the actor, `starts` the indexes (into these lists) of the possible entries.
    """

    times: list[int]
    masks: list[int]
    rows: list[int]
    starts: list[int]
    length: int


def limits_of(definition: FunnelDefinition) -> Limits:
    """The limits of `definition`."""
    n = len(definition.steps)
    return Limits(
        steps=n,
        window=_micros(definition.window),
        gaps=tuple(_micros(step.within) for step in definition.steps),
        exclusions=tuple(
            (1 << n + index, exclusion.after_step, exclusion.before_step)
            for index, exclusion in enumerate(definition.exclusions)
        ),
        plain=not definition.exclusions and all(step.within is None for step in definition.steps),
    )


def tracker(
    definition: FunnelDefinition, *, span: Span, as_of: datetime | None
) -> Callable[[Sequence[Occurrence]], Track]:
    """Make the function that turns one actor's occurrences (in order) into a track, up to `as_of`.

    Kind and conditions are looked up once per occurrence; times become integers only for those that match.
    """
    matches = [step.match for step in definition.steps] + [
        exclusion.match for exclusion in definition.exclusions
    ]
    plain: dict[str, int] = {match.kind: 0 for match in matches}
    tests: dict[str, list[tuple[int, Predicate]]] = {match.kind: [] for match in matches}
    for index, match in enumerate(matches):
        test = match.where_compiled()
        if test is None:
            plain[match.kind] |= 1 << index
        else:
            tests[match.kind].append((1 << index, test))
    entry_bits = (1 << len(definition.steps)) - 1 if definition.order == "any" else 1
    low = None if span.start is None else micros(span.start)
    high = None if span.end is None else micros(span.end)
    last = None if as_of is None else micros(as_of)

    def track(occurrences: Sequence[Occurrence]) -> Track:
        times: list[int] = []
        masks: list[int] = []
        rows: list[int] = []
        starts: list[int] = []
        length = len(occurrences)
        for row, occurrence in enumerate(occurrences):
            kind = occurrence.kind
            if kind not in plain:
                continue
            mask = plain[kind]
            for bit, test in tests[kind]:
                if test(occurrence):
                    mask |= bit
            if not mask:
                continue
            time = micros(occurrence.at)
            if last is not None and time > last:
                break
            if mask & entry_bits and (low is None or time >= low) and (high is None or time < high):
                starts.append(len(times))
            times.append(time)
            masks.append(mask)
            rows.append(row)
        if as_of is not None:
            while length and occurrences[length - 1].at > as_of:
                length -= 1
        return Track(times=times, masks=masks, rows=rows, starts=starts, length=length)

    return track


def _micros(duration: timedelta | None) -> int | None:
    return None if duration is None else duration // MICROSECOND
