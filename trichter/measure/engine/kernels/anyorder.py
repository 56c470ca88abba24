"""Steps in any order: as many different steps as possible, each with an occurrence of its own."""

from typing import Any

from numba import njit

FREE = -1


@njit(nogil=True, cache=True)
def stop_of(times: Any, length: int, window: int, start: int) -> int:
    """The number after the last occurrence within the window from `start`."""
    if window < 0:
        return length
    low, high, last = start, length, times[start] + window
    while low < high:
        middle = (low + high) // 2
        if times[middle] <= last:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True, cache=True)
def augment(masks: Any, owner: Any, n: int, index: int, seen: Any) -> int:
    """Give `index` a step, moving others on where needed (Kuhn); the newly filled step, or FREE."""
    for step in range(n):
        if not (masks[index] >> step) & 1 or (seen[0] >> step) & 1:
            continue
        seen[0] |= 1 << step
        held = owner[step]
        filled = step if held == FREE else augment(masks, owner, n, held, seen)
        if filled != FREE:
            owner[step] = index
            return filled
    return FREE


@njit(nogil=True, cache=True)
def matching_from(
    masks: Any, n: int, start: int, stop: int, owner: Any, seen: Any, way: Any, steps: Any
) -> int:
    """The occurrence that brought each depth into `way`, the step it filled into `steps`; the depth."""
    for step in range(n):
        owner[step] = FREE
    depth = 0
    for index in range(start, stop):
        seen[0] = 0
        filled = augment(masks, owner, n, index, seen)
        if filled != FREE:
            way[depth] = index
            steps[depth] = filled
            depth += 1
            if depth == n:
                break
    return depth
