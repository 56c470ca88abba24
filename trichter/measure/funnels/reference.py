"""The exact answer of a funnel, straight from its definition; every faster way is measured against this one.

Rules, in short (docs/funnels.md tells them with examples):

* An entry is an occurrence of step 1 (in any order: of any step) with span.start <= time < span.end.
* Everything within the window counts: time - entry <= window. It is never restarted.
* "first" lets only the actor's first entry start the clock. "best" lets every entry: the deepest way
  counts, and among equally deep ones the earliest entry.
* Each actor counts once. Depth k is stamped with the first time at which it was reached from the chosen
  entry.
* Only what happened until `as_of` is known. `still_open` actors have not finished and could yet go deeper
  before a time limit ends. Without `as_of`, everything is taken as final.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from trichter.core.events.conditions import EventLike, as_text, field_value

from .anyorder import matching_from, stop_of
from .definition import FunnelDefinition
from .occurrences import Hit, Occurrence, Outcome, Span, micros, units
from .ordered import depth_without_window, greedy_depths, strict_way, way_from, way_is_open
from .track import Limits, Track, limits_of, tracker

Way = tuple[list[int], Sequence[int]]
EVERYTHING = Span()


def evaluate(
    definition: FunnelDefinition,
    *,
    journals: Mapping[int, Sequence[Occurrence]],
    span: Span = EVERYTHING,
    as_of: datetime | None = None,
    company_of: Mapping[int, int] | None = None,
) -> list[Outcome]:
    """The outcome of every actor that entered, sorted by actor and session.

    `journals` maps an actor to what it did, at least from the start of the span to the end of the last
    window, in any order; for the strict order all of it. `definition` must be sound (`checked`).
    """
    reference = Reference(definition, span=span, as_of=as_of)
    found = (
        reference.outcome(actor=actor, session=session, occurrences=occurrences)
        for actor, session, occurrences in units(
            unit=definition.unit, journals=journals, company_of=company_of
        )
    )
    return [outcome for outcome in found if outcome is not None]


class Reference:
    """A definition made ready to be asked about one actor after the other."""

    def __init__(
        self, definition: FunnelDefinition, *, span: Span = EVERYTHING, as_of: datetime | None = None
    ) -> None:
        self.definition = definition
        self._limits = limits_of(definition)
        self._track = tracker(definition, span=span, as_of=as_of)
        self._now = None if as_of is None else micros(as_of)
        self._in_order = range(len(definition.steps))

    def outcome(
        self, *, actor: int, session: int | None, occurrences: Sequence[Occurrence]
    ) -> Outcome | None:
        """The outcome of one actor's `occurrences`, which are in order; None when it never entered."""
        track = self._track(occurrences)
        if not track.starts:
            return None
        if self.definition.start == "first":
            del track.starts[1:]
        indexes, steps = self._best(track)
        found = [occurrences[track.rows[index]] for index in indexes]
        hits = tuple(
            Hit(hit.at, hit.event_id, hit.position, step + 1, hit.value, hit.currency)
            for hit, step in zip(found, steps, strict=False)
        )
        still_open = len(hits) < self._limits.steps and self._now is not None and self._open(track, self._now)
        return Outcome(
            actor=actor, session=session, hits=hits, value=self._value(found), still_open=still_open
        )

    def _best(self, track: Track) -> Way:
        if self.definition.order == "any":
            return _best_in_any_order(track, self._limits)
        if self.definition.order == "strict":
            ways = (strict_way(track, self._limits, start)[0] for start in track.starts)
            return _deepest(ways, self._limits.steps), self._in_order
        return _best_ordered(track, self._limits), self._in_order

    def _open(self, track: Track, now: int) -> bool:
        limits, window = self._limits, self._limits.window
        if self.definition.order == "any":
            return window is not None and now - track.times[track.starts[-1]] <= window
        if self.definition.order == "ordered":
            return way_is_open(track, limits, now)
        for start in reversed(track.starts[-limits.steps :]):
            way, continues = strict_way(track, limits, start)
            gap = limits.gaps[len(way)] if continues else None
            ends = [] if window is None else [track.times[start] + window]
            ends += [] if gap is None else [track.times[way[-1]] + gap]
            if continues and ends and now <= min(ends):
                return True
        return False

    def _value(self, found: Sequence[Occurrence]) -> str | None:
        breakdown = self.definition.breakdown
        if breakdown is None:
            return None
        if isinstance(breakdown.at, int):
            place = breakdown.at
        else:
            place = 1 if breakdown.at == "entry" else len(found)
        return breakdown_value(found[place - 1], breakdown.dimension) if place <= len(found) else None


def breakdown_value(occurrence: EventLike, dimension: str) -> str | None:
    """The text a breakdown counts `occurrence` under; None when the field is not set. A list is one value."""
    value = field_value(occurrence, dimension)
    if isinstance(value, list | tuple):
        return ", ".join(as_text(item) for item in value) or None
    return None if value is None or value in ("", {}) else as_text(value)


def _deepest(ways: Iterable[list[int]], steps: int) -> list[int]:
    """The first of the deepest ways; stops at the first complete one."""
    best: list[int] = []
    for way in ways:
        if len(way) > len(best):
            best = way
            if len(best) == steps:
                break
    return best


def _best_ordered(track: Track, limits: Limits) -> list[int]:
    if limits.plain and limits.window is None:
        return way_from(track, limits, track.starts[0])  # whoever starts earlier has all the later ways, too
    if len(track.starts) == 1:
        return way_from(track, limits, track.starts[0])
    bounds = greedy_depths(track, limits, track.starts)
    if limits.plain:
        return way_from(track, limits, track.starts[bounds.index(max(bounds))])
    best: list[int] = []
    most = min(max(bounds), depth_without_window(track, limits))
    for start, bound in zip(track.starts, bounds, strict=True):
        if bound > len(best):
            way = way_from(track, limits, start)
            best = way if len(way) > len(best) else best
            if len(best) == most:
                break
    return best


def _best_in_any_order(track: Track, limits: Limits) -> Way:
    best: Way = ([], [])
    known = 0
    for start in track.starts:
        stop = stop_of(track, limits, start)
        if stop <= known:
            continue  # nothing here that the start before did not have
        known = stop
        way = matching_from(track, limits, start)
        if len(way[0]) > len(best[0]):
            best = way
            if len(best[0]) == limits.steps:
                break
    return best
