"""Who came back: cohorts by the span of the first time, and the later spans in which something happened."""

from typing import Any

from numba import njit


@njit(nogil=True, cache=True)
def retention(
    first: int, last: int, starts: Any, skip: Any, at: Any, kind: Any, sure: Any, masks: Any, edges: Any,
    sizes: Any, back: Any,
) -> None:  # fmt: skip
    """Count actors into sizes[cohort] and back[cohort, spans later].

    An actor's cohort is the span (as in `series`) of its first row with bit 0 in all the spans together. It
    is back n spans later when a row with bit 1, after that first row, lies in that span; once per span. For
    n = 0 that means again within the cohort's own span.
    """
    marked = len(masks) > 0
    spans = len(sizes)
    for actor in range(first, last):
        if skip[actor]:
            continue
        span, cohort, counted = 0, -1, -1
        for row in range(starts[actor], starts[actor + 1]):
            time = at[row]
            if time < edges[0]:
                continue
            while span < spans and time >= edges[span + 1]:
                span += 1
            if span == spans:
                break
            mask = masks[row] if marked else sure[kind[row]]
            if cohort < 0:
                if mask & 1:
                    cohort = span
                    sizes[cohort] += 1
            elif mask & 2 and counted < span:
                counted = span
                back[cohort, span - cohort] += 1
