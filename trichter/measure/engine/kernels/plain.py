"""The same as `funnel` for what is asked most: ordered steps with no limit but the window.

`plain_depths` keeps for each depth the latest entry from which it can be reached, which gives the depth of
the best way in one pass, and the earliest entry that leads that deep. Which rows the way led through from
there, `plain_ways` looks up in a second one, when somebody asks.

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
    """As `funnel.funnel`, but instead of the way only its entry: the number of a row's place in the order of
    groups.
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
        entry = place
        latest[ZERO] = begin = last_step = time
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
                            last_step = time
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
        if last_step - begin > limit:
            # No way comes this deep before `last_step`, and one that begins late enough comes there then: so
            # does the earliest of those.
            earliest = last_step - limit
            while True:
                entry += ONE
                row = U(order[entry]) if permuted else entry
                time = at[row]
                if time < earliest or time < low or time >= high:
                    continue
                if (U(masks[row]) if marked else U(sure[kind[row]])) & ONE:
                    break
        group_out[found] = group
        entry_out[found] = entry
        depth_out[found] = depth
        open_out[found] = depth < steps and window >= 0 and now < NEVER and now - latest[ZERO] <= window
        found += ONE
    return int(found)


@njit(nogil=True, cache=True)
def plain_ways(
    first: int, last: int, order: Any, kind: Any, sure: Any, masks: Any, entry: Any, depth: Any, way_out: Any,
) -> None:  # fmt: skip
    """Fill in the ways of the lines first … last - 1 of `plain_depths`, as deep as `way_out` is wide: from
    the entry on, each step at the first row that can be it.
    """
    permuted, marked = len(order) > 0, len(masks) > 0
    wide = U(way_out.shape[1])
    for line in range(U(first), U(last)):
        place = U(entry[line])
        way_out[line, ZERO] = order[place] if permuted else place
        goal = min(U(depth[line]), wide)
        reached = ONE
        while reached < goal:
            place += ONE
            row = U(order[place]) if permuted else place
            if ((U(masks[row]) if marked else U(sure[kind[row]])) >> reached) & ONE:
                way_out[line, reached] = row
                reached += ONE
