"""The search for a way through ordered and strict steps, on one actor's track. See docs/funnels.md.

A track is the actor's matching occurrences in order: `times`, `masks` (bit k for step k + 1, bit n + j for
exclusion j + 1), `starts` (numbers of possible entries). Limits of -1 are none. What each function returns
is what its namesake in `funnels.ordered` returns, which is the judge of both.
"""

from typing import Any

from numba import njit

from .signs import NEVER

NONE = -(2**62)


@njit(nogil=True, cache=True)
def greedy_depths(
    times: Any, masks: Any, length: int, starts: Any, many: int, n: int, window: int, depths: Any, reader: Any
) -> int:
    """The depth that the window alone allows from each start, into `depths`; returns the largest."""
    for step in range(n):
        reader[step] = 0
    best = 0
    for number in range(many):
        start = starts[number]
        at, depth = start, 1
        for step in range(1, n):
            position = reader[step]
            while position < length and (position <= at or not (masks[position] >> step) & 1):
                position += 1
            reader[step] = position
            if position == length:
                break
            at = position
            if window >= 0 and times[at] - times[start] > window:
                break
            depth += 1
        depths[number] = depth
        best = max(best, depth)
    return best


@njit(nogil=True, cache=True)
def walk(
    times: Any, masks: Any, length: int, entry: Any, n: int, gaps: Any, window: int,
    exclusions: Any, start: int, every: bool, stop: bool, way: Any, slots: Any,
) -> int:  # fmt: skip
    """The first place of each depth into `way`, the latest time of each depth into `slots`; the depth.

    every: each entry from `start` on opens a way of its own, and the window is left out of account.
    """
    for step in range(n):
        slots[step] = NONE
    first = times[start]
    slots[0] = first
    way[0] = start
    depth = 1
    # After this time no way goes on, unless a step is filled before; exclusions only make it earlier.
    lasts = NEVER if every or gaps[1] < 0 else first + gaps[1]
    for index in range(start + 1, length):
        time, mask = times[index], masks[index]
        if time > lasts or (not every and window >= 0 and time - first > window):
            break
        filled = 0
        for step in range(min(depth, n - 1), 0, -1):
            if not (mask >> step) & 1:
                continue
            before, gap = slots[step - 1], gaps[step]
            if before == NONE or (gap >= 0 and time - before > gap):
                continue
            slots[step] = time
            filled |= 1 << step
            if step + 1 < n:
                following = gaps[step + 1]
                lasts = NEVER if following < 0 else max(lasts, time + following)
            if step == depth:
                way[depth] = index
                depth += 1
                if stop and depth == n:
                    return depth
        if every and entry[index]:
            slots[0] = time
            filled |= 1
        if mask >> n:
            for number in range(len(exclusions)):
                if (mask >> (n + number)) & 1:
                    after, before_step = exclusions[number, 0], exclusions[number, 1]
                    # The occurrence that has just filled the step "after" does not lie behind itself.
                    keep = (filled >> (after - 1)) & 1
                    for position in range(after - 1 + keep, before_step - 1):
                        slots[position] = NONE
    return depth


@njit(nogil=True, cache=True)
def alive(slots: Any, n: int, gaps: Any, now: int, end: int) -> bool:
    """Whether one of the ways may still go on; `end` is NEVER without a window."""
    for depth in range(1, n):
        time = slots[depth - 1]
        if time == NONE:
            continue
        last = end if gaps[depth] < 0 else min(end, time + gaps[depth])
        if last != NEVER and now <= last:
            return True
    return False


@njit(nogil=True, cache=True)
def strict_way(
    times: Any, masks: Any, places: Any, length: int, all_places: int, n: int, gaps: Any, window: int,
    exclusions: Any, start: int, way: Any,
) -> Any:  # fmt: skip
    """The way whose occurrences follow one another directly; its depth, and whether a next could follow.

    `places` are the numbers of the track's occurrences among all `all_places` of the actor.
    """
    way[0] = start
    index, depth = start, 1
    while depth < n:
        if depth > 1:
            for number in range(len(exclusions)):
                breaks = exclusions[number, 0] < depth < exclusions[number, 1]
                if breaks and (masks[index] >> (n + number)) & 1:
                    return depth, False
        following = index + 1
        if places[index] + 1 == all_places:
            return depth, True
        if following == length or places[following] != places[index] + 1:
            return depth, False
        if not (masks[following] >> depth) & 1:
            return depth, False
        if gaps[depth] >= 0 and times[following] - times[index] > gaps[depth]:
            return depth, False
        if window >= 0 and times[following] - times[start] > window:
            return depth, False
        way[depth] = following
        depth += 1
        index = following
    return depth, False
