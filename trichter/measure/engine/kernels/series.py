"""How much happened when: events, different actors and money per span of time and group."""

from typing import Any

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def series(
    first: int, last: int, starts: Any, skip: Any, at: Any, kind: Any, sure: Any, masks: Any, edges: Any,
    group_of: Any, codes: Any, amount_of: Any, worth: Any, events: Any, actors: Any, amount: Any,
) -> None:  # fmt: skip
    """Add rows with bit 0 to the cells [span, group] of `events`, `actors` and `amount`.

    edges: ascending times; span s is edges[s] <= time < edges[s + 1]. The group of a row is
    group_of[codes[row]], or 0 without `codes`; a negative group is left out. `actors` counts each actor once
    per cell.
    """
    marked, grouped = len(masks) > 0, len(codes) > 0
    spans, groups = events.shape
    stamp = np.full(spans * groups, -1, np.int64)
    for actor in range(first, last):
        if skip[actor]:
            continue
        span = 0
        for row in range(starts[actor], starts[actor + 1]):
            time = at[row]
            if time < edges[0]:
                continue
            while span < spans and time >= edges[span + 1]:
                span += 1
            if span == spans:
                break
            if not (masks[row] if marked else sure[kind[row]]) & 1:
                continue
            group = group_of[codes[row]] if grouped else 0
            if group < 0:
                continue
            events[span, group] += 1
            amount[span, group] += amount_of[worth[row]]
            cell = span * groups + group
            if stamp[cell] != actor:
                stamp[cell] = actor
                actors[span, group] += 1
