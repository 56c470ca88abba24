"""The funnel's definition spelled out by enumeration: every way is tried, nothing clever, nothing shared.

It uses neither `track`, `ordered`, `anyorder` nor integers for time, so that an error there cannot hide here.
"""

from itertools import combinations, product

from trichter.measure.funnels.definition import FunnelDefinition
from trichter.measure.funnels.occurrences import Occurrence, Span


def answer(
    definition: FunnelDefinition, journal: list[Occurrence], *, span: Span, as_of=None
) -> tuple[list[tuple], bool] | None:
    """The place (at, event id, position) of each hit, and whether still open; None if not entered."""
    journal = sorted(journal, key=lambda o: (o.at, o.event_id, o.position))
    journal = [o for o in journal if as_of is None or o.at <= as_of]
    hits, still_open = (_any if definition.order == "any" else _in_order)(definition, journal, span, as_of)
    return None if hits is None else ([journal[i][:3] for i in hits], still_open)


def _may_enter(occurrence: Occurrence, span: Span) -> bool:
    return (span.start is None or occurrence.at >= span.start) and (
        span.end is None or occurrence.at < span.end
    )


def _ways(definition, journal, span):
    """Every valid way of every length, as tuples of indexes."""
    for length in range(1, len(definition.steps) + 1):
        for way in combinations(range(len(journal)), length):
            if _valid(definition, journal, way) and _may_enter(journal[way[0]], span):
                yield way


def _valid(definition, journal, way) -> bool:
    events = [journal[i] for i in way]
    steps = definition.steps
    if not all(step.match.matches(event) for step, event in zip(steps, events, strict=False)):
        return False
    if definition.window is not None and events[-1].at - events[0].at > definition.window:
        return False
    for k in range(1, len(way)):
        if steps[k].within is not None and events[k].at - events[k - 1].at > steps[k].within:
            return False
        if definition.order == "strict" and way[k] != way[k - 1] + 1:
            return False
    for exclusion in definition.exclusions:
        if len(way) > exclusion.after_step:
            low, high = way[exclusion.after_step - 1], way[min(exclusion.before_step, len(way)) - 1]
            if any(exclusion.match.matches(journal[i]) for i in range(low + 1, high)):
                return False
    return True


def _in_order(definition, journal, span, as_of):
    ways = list(_ways(definition, journal, span))
    if not ways:
        return None, False
    if definition.start == "first":
        entry = min(way[0] for way in ways)
        ways = [way for way in ways if way[0] == entry]
    depth = max(map(len, ways))
    entry = min(way[0] for way in ways if len(way) == depth)
    hits = [min(way[k] for way in ways if len(way) == k + 1 and way[0] == entry) for k in range(depth)]
    still_open = as_of is not None and depth < len(definition.steps)
    return hits, still_open and any(_waits(definition, journal, way, as_of) for way in ways)


def _waits(definition, journal, way, as_of) -> bool:
    if len(way) == len(definition.steps):
        return False
    if definition.order == "strict" and way[-1] != len(journal) - 1:
        return False
    for exclusion in definition.exclusions:
        if exclusion.after_step <= len(way) < exclusion.before_step:
            tail = journal[way[exclusion.after_step - 1] + 1 :]
            if any(exclusion.match.matches(event) for event in tail):
                return False
    ends = []
    if definition.window is not None:
        ends.append(journal[way[0]].at + definition.window)
    if definition.steps[len(way)].within is not None:
        ends.append(journal[way[-1]].at + definition.steps[len(way)].within)
    return bool(ends) and as_of <= min(ends)


def _largest(definition, events) -> int:
    """The most steps that can have an event of their own, by trying every assignment."""
    best = 0
    choices = [
        [None, *(i for i, event in enumerate(events) if step.match.matches(event))]
        for step in definition.steps
    ]
    for assignment in product(*choices):
        used = [i for i in assignment if i is not None]
        if len(used) == len(set(used)):
            best = max(best, len(used))
    return best


def _any(definition, journal, span, as_of):
    entries = [
        i
        for i, event in enumerate(journal)
        if _may_enter(event, span) and any(step.match.matches(event) for step in definition.steps)
    ]
    if not entries:
        return None, False
    if definition.start == "first":
        entries = entries[:1]
    best: list[int] = []
    for entry in entries:
        hits: list[int] = []
        for stop in range(entry, len(journal)):
            if definition.window is not None and journal[stop].at - journal[entry].at > definition.window:
                break
            if _largest(definition, journal[entry : stop + 1]) > len(hits):
                hits.append(stop)
        if len(hits) > len(best):
            best = hits
    unfinished = as_of is not None and definition.window is not None and len(best) < len(definition.steps)
    return best, unfinished and any(as_of - journal[i].at <= definition.window for i in entries)
