"""The search for a way through ordered and strict steps.

A way of depth k is a list of occurrences e1 < … < ek by place in time, one per step, all within the window
from e1, each within its step's own limit from the one before, with no exclusion strictly between the
occurrences it names (or, where the later of the two is not reached, after the earlier one and before ek). A
list of `int` returned here holds, for each depth reached, the index in the track that reached it *first*.
"""

from collections.abc import Sequence
from typing import Final

from .track import Limits, Track

NEVER: Final = 2**62


def greedy_depths(track: Track, limits: Limits, starts: Sequence[int]) -> list[int]:
    """For each start the depth that the window alone allows: exact without other limits, else an upper bound.

    Taking the earliest next occurrence is best when nothing but the window limits, and for later starts it is
    never earlier, so that each step's list of candidates is walked once for all starts together.
    """
    times, window, n = track.times, limits.window, limits.steps
    candidates: list[list[int]] = [[] for _ in range(n)]
    later = range(1, n)
    for index, mask in enumerate(track.masks):
        if mask > 1:
            for step in later:
                if mask >> step & 1:
                    candidates[step].append(index)
    reader = [0] * n
    depths: list[int] = []
    for start in starts:
        at, depth = start, 1
        for step in later:
            indexes, position = candidates[step], reader[step]
            while position < len(indexes) and indexes[position] <= at:
                position += 1
            reader[step] = position
            if position == len(indexes):
                break
            at = indexes[position]
            if window is not None and times[at] - times[start] > window:
                break
            depth += 1
        depths.append(depth)
    return depths


def way_from(track: Track, limits: Limits, start: int) -> list[int]:
    """The deepest way from one start, in one pass.

    For each depth only the latest time at which it can be reached is kept: a later one is never worse for the
    limit to the next step. Steps are tried from the deepest up, so that one occurrence never fills two steps.
    """
    return _walk(track, limits, start, many=False)[0]


def depth_without_window(track: Track, limits: Limits) -> int:
    """The depth that some start would reach if the window were not: an upper bound found in one pass."""
    return len(_walk(track, limits, track.starts[0], many=True)[0])


def way_is_open(track: Track, limits: Limits, now: int) -> bool:
    """Whether a way from some start could still go deeper before a time limit that has not passed `now`."""
    window = limits.window
    if window is None:
        # Without a window all starts can share one pass: the latest place of each depth is all that counts.
        return bool(track.starts) and _alive(_walk(track, limits, track.starts[0], many=True)[1], limits, now)
    for start in reversed(track.starts):
        end = track.times[start] + window
        if now > end:
            return False
        if limits.plain or _alive(_walk(track, limits, start, many=False, stop=False)[1], limits, now, end):
            return True
    return False


def _alive(slots: list[int | None], limits: Limits, now: int, end: int | None = None) -> bool:
    for depth, time in enumerate(slots[:-1], start=1):
        if time is None:
            continue
        gap = limits.gaps[depth]
        ends = [limit for limit in (end, None if gap is None else time + gap) if limit is not None]
        if ends and now <= min(ends):
            return True
    return False


def _walk(
    track: Track, limits: Limits, start: int, *, many: bool, stop: bool = True
) -> tuple[list[int], list[int | None]]:
    """The first index of each depth, and the latest time at which each depth is held at the end.

    With `many` every start from `start` on opens a way of its own, and the window is left out of account.
    """
    times, masks, n, gaps = track.times, track.masks, limits.steps, limits.gaps
    window = None if many else limits.window
    entries = set(track.starts) if many else ()
    excluded = 1 << n
    slots: list[int | None] = [None] * n
    slots[0] = first = times[start]
    way, depth = [start], 1
    # After this time no way goes on, unless a step is filled before; exclusions only make it earlier.
    lasts = NEVER if many or gaps[1] is None else first + gaps[1]
    for index in range(start + 1, len(times)):
        time, mask = times[index], masks[index]
        if time > lasts or (window is not None and time - first > window):
            break
        filled = 0
        for step in range(min(depth, n - 1), 0, -1):
            if not mask >> step & 1:
                continue
            before, gap = slots[step - 1], gaps[step]
            if before is None or (gap is not None and time - before > gap):
                continue
            slots[step] = time
            filled |= 1 << step
            if step + 1 < n:
                following = gaps[step + 1]
                lasts = max(lasts, NEVER if following is None else time + following)
            if step == depth:
                depth += 1
                way.append(index)
                if stop and depth == n:
                    return way, slots
        if index in entries:
            slots[0] = time
            filled |= 1
        if mask >= excluded:
            for bit, after, before_step in limits.exclusions:
                if mask & bit:
                    # The occurrence that has just filled the step "after" does not lie behind itself.
                    keep = filled >> after - 1 & 1
                    for position in range(after - 1 + keep, before_step - 1):
                        slots[position] = None
    return way, slots


def strict_way(track: Track, limits: Limits, start: int) -> tuple[list[int], bool]:
    """The way from one start in which the occurrences follow one another directly among all of the actor's.

    The second value tells whether the way ends with the actor's last occurrence and could be continued by a
    next.
    """
    times, masks, rows, n, window = track.times, track.masks, track.rows, limits.steps, limits.window
    way, index = [start], start
    while len(way) < n:
        depth = len(way)
        if depth > 1 and any(
            masks[index] & bit and after < depth < before for bit, after, before in limits.exclusions
        ):
            return way, False
        following = index + 1
        if rows[index] + 1 == track.length:
            return way, True
        if following == len(times) or rows[following] != rows[index] + 1 or not masks[following] >> depth & 1:
            return way, False
        gap = limits.gaps[depth]
        if gap is not None and times[following] - times[index] > gap:
            return way, False
        if window is not None and times[following] - times[start] > window:
            return way, False
        way.append(following)
        index = following
    return way, False
