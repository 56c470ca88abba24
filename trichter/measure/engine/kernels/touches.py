"""Touches before a conversion: the visits and other contacts that attribution divides the credit among."""

from typing import Any

import numpy as np
from numba import njit

from .signs import NO_TOUCH
from .visits import NO_SESSION


@njit(nogil=True, cache=True)
def touches(
    first: int, last: int, starts: Any, skip: Any, at: Any, session: Any, sure: Any, masks: Any, kind: Any,
    low: int, high: int, lookback: int, conversion_out: Any, touch_out: Any, write: bool,
) -> int:  # fmt: skip
    """Pairs of conversion and touch of actors first … last - 1; returns how many.

    Bit 0 of a row's mask marks a touch, bit 1 a conversion, which counts with low <= time < high. Of a
    session the first touch counts; outside of sessions each does. A touch belongs to every conversion that
    is not before it in the actor's order and at most `lookback` later (negative: ever). A conversion without
    one makes a pair with NO_TOUCH. write: False only counts.
    """
    marked = len(masks) > 0
    longest = 0
    for actor in range(first, last):
        longest = max(longest, starts[actor + 1] - starts[actor])
    known = np.empty(longest, np.int64)
    total = 0
    for actor in range(first, last):
        if skip[actor]:
            continue
        count = 0
        for row in range(starts[actor], starts[actor + 1]):
            time = at[row]
            if time >= high:
                break
            mask = masks[row] if marked else sure[kind[row]]
            if mask & 1 and _new(session, known, count, row):
                known[count] = row
                count += 1
            if not mask & 2 or time < low:
                continue
            before = total
            for number in range(count):
                if lookback >= 0 and time - at[known[number]] > lookback:
                    continue
                if write:
                    conversion_out[total] = row
                    touch_out[total] = known[number]
                total += 1
            if total == before:
                if write:
                    conversion_out[total] = row
                    touch_out[total] = NO_TOUCH
                total += 1
    return total


@njit(nogil=True, cache=True)
def _new(session: Any, known: Any, count: int, row: int) -> bool:
    """Whether no touch of this session is known yet; looked for backwards, as sessions seldom overlap."""
    number = count - 1
    while number >= 0 and session[known[number]] != session[row]:
        number -= 1
    return number < 0 or session[row] == NO_SESSION
