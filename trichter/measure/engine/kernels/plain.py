"""The same as `funnel` for what is asked most: ordered steps with no limit but the window.

`plain_depths` keeps for each depth the latest entry from which it can be reached, which gives the depth of
the best way in one pass. Which rows the way led through, `plain_ways` looks up in a second one, when somebody
asks: it searches for the earliest entry that leads that deep.

Rows and steps are counted in unsigned numbers: signed ones are looked at for being negative at every look-up,
which takes as long as the work itself.
"""

from typing import Any

import numpy as np
from numba import njit

from .signs import NEVER

U: Any = np.uint64
ZERO: Any = U(0)
ONE: Any = U(1)


@njit(nogil=True, cache=True)
def plain_depths(
    first: int, last: int, starts: Any, order: Any, skip: Any, at: Any, kind: Any, sure: Any, masks: Any,
    n: int, window: int, only_first: bool, low: int, high: int, now: int,
    group_out: Any, entry_out: Any, depth_out: Any, open_out: Any,
) -> int:  # fmt: skip
    """As `funnel.funnel`, but instead of the way only its first possible place: the number of a row's place
    in the order of groups.
    """
    latest = np.empty(n + 1, np.int64)
    permuted, marked = len(order) > 0, len(masks) > 0
    limit = NEVER if window < 0 else window
    again = ZERO if only_first else ONE  # the bit of later entries
    steps = U(n)
    found = ZERO
    for group in range(U(first), U(last)):
        if skip[group]:
            continue
        end = U(starts[group + ONE])
        place = U(starts[group])
        time = NEVER
        while place < end:  # to the first entry
            row = U(order[place]) if permuted else place
            if (U(masks[row]) if marked else U(sure[kind[row]])) & ONE:
                time = at[row]
                if time >= low:
                    break
            place += ONE
        if place == end or time >= high or time > now:
            continue
        entry_out[found] = place
        latest[ZERO] = time
        depth, next_steps = ONE, U(2)  # the steps that an event could fill by now, as bits
        place += ONE
        while place < end:
            row = U(order[place]) if permuted else place
            mask = U(masks[row]) if marked else U(sure[kind[row]])
            if mask & next_steps:
                time = at[row]
                if time > now:
                    break
                step = depth
                while step > ZERO:
                    if (mask >> step) & ONE and time - latest[step - ONE] <= limit:
                        latest[step] = latest[step - ONE]
                        if step == depth:
                            depth += ONE
                            next_steps |= ONE << depth
                    step -= ONE
                if depth == steps:
                    break
            if mask & again:
                time = at[row]
                if time > now:
                    break
                if time < high:
                    latest[ZERO] = time
            place += ONE
        group_out[found] = group
        depth_out[found] = depth
        open_out[found] = depth < steps and window >= 0 and now < NEVER and now - latest[ZERO] <= window
        found += ONE
    return int(found)


@njit(nogil=True, cache=True)
def plain_ways(
    first: int, last: int, starts: Any, order: Any, at: Any, kind: Any, sure: Any, masks: Any, window: int,
    low: int, high: int, now: int, group: Any, entry: Any, depth: Any, way_out: Any,
) -> None:  # fmt: skip
    """Fill in the ways of the lines first … last - 1 of `plain_depths`, as deep as `way_out` is wide."""
    permuted, marked = len(order) > 0, len(masks) > 0
    limit = NEVER if window < 0 else window
    wide = U(way_out.shape[1])
    for line in range(U(first), U(last)):
        place = U(entry[line])
        way_out[line, ZERO] = order[place] if permuted else place
        goal = U(depth[line])
        end = U(starts[U(group[line]) + ONE])
        while goal > ONE:
            row = U(order[place]) if permuted else place
            way_out[line, ZERO] = row
            start = at[row]
            reached = ONE
            later = place + ONE
            while later < end:
                row = U(order[later]) if permuted else later
                mask = U(masks[row]) if marked else U(sure[kind[row]])
                if (mask >> reached) & ONE:
                    time = at[row]
                    if time - start > limit or time > now:
                        break
                    if reached < wide:
                        way_out[line, reached] = row
                    reached += ONE
                    if reached == goal:
                        break
                later += ONE
            if reached == goal:
                break
            place += ONE
            while True:  # the next entry; there is one, or the first pass had not come this deep
                row = U(order[place]) if permuted else place
                mask = U(masks[row]) if marked else U(sure[kind[row]])
                if mask & ONE and low <= at[row] < high:
                    break
                place += ONE
