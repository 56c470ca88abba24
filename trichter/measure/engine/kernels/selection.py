"""The rows of a span of time that fulfil some match."""

from typing import Any

from numba import njit


@njit(nogil=True, cache=True)
def select(
    first: int, last: int, starts: Any, skip: Any, at: Any, kind: Any, sure: Any, masks: Any, low: int,
    high: int, row_out: Any, mask_out: Any, write: bool,
) -> int:  # fmt: skip
    """Numbers and masks of the rows with low <= time < high and any bit set; how many. write: else count."""
    marked = len(masks) > 0
    found = 0
    for actor in range(first, last):
        if skip[actor]:
            continue
        for row in range(starts[actor], starts[actor + 1]):
            mask = masks[row] if marked else sure[kind[row]]
            if mask == 0:
                continue
            time = at[row]
            if time < low:
                continue
            if time >= high:
                break
            if write:
                row_out[found] = row
                mask_out[found] = mask
            found += 1
    return found
