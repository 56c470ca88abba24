"""One pass over the columns: how far each actor came, and through which rows.

The rules are those of `funnels.reference`, which judges this kernel; here they run on arrays, one actor after
the other, without touching the heap inside the loop.
"""

from typing import Any

import numpy as np
from numba import njit

from .anyorder import matching_from, stop_of
from .signs import ANY, NEVER, STRICT
from .ways import alive, greedy_depths, strict_way, walk


@njit(nogil=True, cache=True)
def funnel(
    first: int, last: int, starts: Any, order: Any, skip: Any, at: Any, kind: Any, sure: Any, masks_of: Any,
    in_play: Any, n: int, window: int, gaps: Any, exclusions: Any, how: int, only_first: bool,
    low: int, high: int, now: int, group_out: Any, way_out: Any, step_out: Any, depth_out: Any, open_out: Any,
) -> int:  # fmt: skip
    """Ask groups first … last - 1; returns how many entered.

    Group g owns the rows order[starts[g]:starts[g + 1]], in order of time; an empty `order` means the rows
    themselves. skip[g]: pass over. What a row fulfils is sure[its kind] or, if there is such a column,
    masks_of[row]. `in_play`: kinds that count as rows for the strict order (empty: all).
    Who entered is written one after the other: its group, the rows of its depths, the steps they filled
    (only with any order), the depth, and whether it may still go deeper. Beyond the depth there are zeros.
    """
    longest = 0
    for group in range(first, last):
        longest = max(longest, starts[group + 1] - starts[group])
    times = np.empty(longest, np.int64)
    masks = np.empty(longest, np.int64)
    rows = np.empty(longest, np.int64)
    places = np.empty(longest, np.int64)
    entries = np.empty(longest, np.int64)
    entry = np.zeros(longest, np.uint8)
    bounds = np.empty(longest, np.int64)
    way = np.empty(n, np.int64)
    best = np.empty(n, np.int64)
    steps = np.empty(n, np.int64)
    best_steps = np.empty(n, np.int64)
    slots = np.empty(n, np.int64)
    reader = np.empty(n, np.int64)
    owner = np.empty(n, np.int64)
    seen = np.zeros(1, np.int64)
    plain = len(exclusions) == 0
    for step in range(n):
        plain = plain and gaps[step] < 0
    entry_bits = (1 << n) - 1 if how == ANY else 1
    marked = len(masks_of) > 0
    found = 0
    for group in range(first, last):
        if skip[group]:
            continue
        length = many = all_places = 0
        for number in range(starts[group], starts[group + 1]):
            row = order[number] if len(order) else number
            code = kind[row]
            if len(in_play) and not in_play[code]:
                continue
            time = at[row]
            if time > now:
                break
            all_places += 1
            mask = masks_of[row] if marked else sure[code]
            if mask == 0:
                continue
            entry[length] = 0
            if mask & entry_bits and low <= time < high and (many == 0 or not only_first):
                entries[many] = length
                entry[length] = 1
                many += 1
            times[length] = time
            masks[length] = mask
            rows[length] = row
            places[length] = all_places - 1
            length += 1
        if many == 0:
            continue
        depth = 0
        if how == ANY:
            known = 0
            for number in range(many):
                start = entries[number]
                stop = stop_of(times, length, window, start)
                if stop <= known:
                    continue  # nothing here that the start before did not have
                known = stop
                reached = matching_from(masks, n, start, stop, owner, seen, way, steps)
                if reached > depth:
                    depth = reached
                    best[:reached] = way[:reached]
                    best_steps[:reached] = steps[:reached]
                    if depth == n:
                        break
        elif how == STRICT:
            for number in range(many):
                reached, _more = strict_way(
                    times,
                    masks,
                    places,
                    length,
                    all_places,
                    n,
                    gaps,
                    window,
                    exclusions,
                    entries[number],
                    way,
                )
                if reached > depth:
                    depth = reached
                    best[:reached] = way[:reached]
                    if depth == n:
                        break
        elif many == 1 or (plain and window < 0):
            # Whoever starts earlier has all the later ways, too.
            depth = walk(
                times, masks, length, entry, n, gaps, window, exclusions, entries[0], False, True, best, slots
            )
        else:
            most = greedy_depths(times, masks, length, entries, many, n, window, bounds, reader)
            if not plain:
                most = min(
                    most,
                    walk(
                        times, masks, length, entry, n, gaps, window, exclusions, entries[0], True, True, way,
                        slots,
                    ),
                )  # fmt: skip
            for number in range(many):
                if bounds[number] <= depth or (plain and bounds[number] < most):
                    continue
                reached = walk(
                    times, masks, length, entry, n, gaps, window, exclusions, entries[number], False, True,
                    way, slots,
                )  # fmt: skip
                if reached > depth:
                    depth = reached
                    best[:reached] = way[:reached]
                    if depth == most:
                        break
        still = False
        if depth < n and now < NEVER:
            if how == ANY:
                still = window >= 0 and now - times[entries[many - 1]] <= window
            elif how == STRICT:
                for number in range(many - 1, max(many - 1 - n, -1), -1):
                    start = entries[number]
                    reached, more = strict_way(
                        times, masks, places, length, all_places, n, gaps, window, exclusions, start, way
                    )
                    if more:
                        end = NEVER if window < 0 else times[start] + window
                        if gaps[reached] >= 0:
                            end = min(end, times[way[reached - 1]] + gaps[reached])
                        if end != NEVER and now <= end:
                            still = True
                            break
            elif window < 0:
                walk(
                    times,
                    masks,
                    length,
                    entry,
                    n,
                    gaps,
                    window,
                    exclusions,
                    entries[0],
                    True,
                    True,
                    way,
                    slots,
                )
                still = alive(slots, n, gaps, now, NEVER)
            else:
                for number in range(many - 1, -1, -1):
                    start = entries[number]
                    end = times[start] + window
                    if now > end:
                        break
                    if plain:
                        still = True
                        break
                    walk(
                        times, masks, length, entry, n, gaps, window, exclusions, start, False, False, way,
                        slots,
                    )  # fmt: skip
                    if alive(slots, n, gaps, now, end):
                        still = True
                        break
        group_out[found] = group
        depth_out[found] = depth
        open_out[found] = still
        for place in range(n):
            way_out[found, place] = rows[best[place]] if place < depth else 0
            if how == ANY:
                step_out[found, place] = best_steps[place] if place < depth else 0
        found += 1
    return found
