"""The same as `funnel` for what is asked most: ordered steps with no limit but the window.

Two passes over an actor's rows instead of a track. The first keeps for each depth the latest entry from which
it can be reached, which gives the depth of the best way; the second looks for the earliest entry that leads
that deep. Most actors come no further than the first step and need no second pass.
"""

from typing import Any

import numpy as np
from numba import njit

from .signs import NEVER


@njit(nogil=True, cache=True)
def plain_funnel(
    first: int, last: int, starts: Any, order: Any, skip: Any, at: Any, kind: Any, sure: Any, masks: Any,
    n: int, window: int, only_first: bool, low: int, high: int, now: int,
    group_out: Any, way_out: Any, depth_out: Any, open_out: Any,
) -> int:  # fmt: skip
    """As `funnel.funnel`."""
    latest = np.empty(n, np.int64)
    permuted, marked = len(order) > 0, len(masks) > 0
    limit = NEVER if window < 0 else window
    found = 0
    for group in range(first, last):
        if skip[group]:
            continue
        begin, end = starts[group], starts[group + 1]
        depth, entry, next_steps = 0, begin, 0  # the steps that an event could fill by now, as bits
        for number in range(begin, end):
            row = order[number] if permuted else number
            mask = masks[row] if marked else sure[kind[row]]
            if mask == 0:
                continue
            time = at[row]
            if time > now:
                break
            if mask & next_steps:
                for step in range(depth, 0, -1):
                    if (mask >> step) & 1 and time - latest[step - 1] <= limit:
                        latest[step] = latest[step - 1]
                        if step == depth:
                            depth += 1
                            next_steps |= 1 << depth
                if depth == n:
                    break
            if mask & 1 and low <= time < high:
                if depth == 0:
                    depth, entry, next_steps = 1, number, 2
                    latest[0] = time
                elif not only_first:
                    latest[0] = time
        if depth == 0:
            continue
        way_out[found, 0] = order[entry] if permuted else entry
        for step in range(1, n):
            way_out[found, step] = 0
        while depth > 1:
            row = order[entry] if permuted else entry
            way_out[found, 0] = row
            start = at[row]
            reached = 1
            for number in range(entry + 1, end):
                row = order[number] if permuted else number
                mask = masks[row] if marked else sure[kind[row]]
                if (mask >> reached) & 1:
                    time = at[row]
                    if time - start > limit or time > now:
                        break
                    way_out[found, reached] = row
                    reached += 1
                    if reached == depth:
                        break
            if reached == depth:
                break
            entry += 1
            while True:  # the next entry; there is one, or the first pass had not come this deep
                row = order[entry] if permuted else entry
                if (masks[row] if marked else sure[kind[row]]) & 1 and low <= at[row] < high:
                    break
                entry += 1
        group_out[found] = group
        depth_out[found] = depth
        open_out[found] = depth < n and window >= 0 and now < NEVER and now - latest[0] <= window
        found += 1
    return found
