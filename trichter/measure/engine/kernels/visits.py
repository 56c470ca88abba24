"""Visits: the rows of each session, summed up in the order of time."""

from typing import Any

import numpy as np
from numba import njit

NO_SESSION = np.iinfo(np.int64).min


@njit(nogil=True, cache=True)
def visits(
    first: int, last: int, starts: Any, skip: Any, at: Any, session: Any, sure: Any, masks: Any, kind: Any,
    seconds_of: Any, facts: Any, low: int, high: int,
    actor_out: Any, entry_out: Any, exit_out: Any, end_out: Any, views_out: Any, engaged_out: Any,
    goals_out: Any, write: bool,
) -> int:  # fmt: skip
    """Visits of actors first … last - 1 with a page view in low <= time < high; returns how many.

    Bit 0 of a row's mask marks a page view; further bits are goals, gathered in `goals_out`. A row adds
    seconds_of[its facts] to the engaged time. Written are the actor's number, the rows of the first and last
    page view of the span, the time of the last row, the page views, the seconds. write: False only counts.
    """
    marked = len(masks) > 0
    longest = 0
    for actor in range(first, last):
        longest = max(longest, starts[actor + 1] - starts[actor])
    known = np.empty(longest, np.int64)
    place = np.empty(longest, np.int64)
    total = 0
    for actor in range(first, last):
        if skip[actor]:
            continue
        count = 0
        for row in range(starts[actor], starts[actor + 1]):
            time = at[row]
            if time < low:
                continue
            if time >= high:
                break
            own = session[row]
            if own == NO_SESSION:
                continue
            mask = masks[row] if marked else sure[kind[row]]
            found = count - 1
            while found >= 0 and known[found] != own:
                found -= 1
            if found < 0:
                # What lies before the first page view of a visit (a click in a mail) does not begin one.
                if not mask & 1:
                    continue
                found = count
                known[found] = own
                place[found] = total
                count += 1
                if write:
                    actor_out[total] = actor
                    entry_out[total] = row
                    views_out[total] = 0
                    engaged_out[total] = 0
                    goals_out[total] = 0
                total += 1
            if write:
                line = place[found]
                end_out[line] = time
                goals_out[line] |= mask >> 1
                engaged_out[line] += seconds_of[facts[row]]
                if mask & 1:
                    views_out[line] += 1
                    exit_out[line] = row
    return total
