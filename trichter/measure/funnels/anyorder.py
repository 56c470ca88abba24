"""The search for steps in any order: how many different steps can be given an occurrence of their own."""

from bisect import bisect_right

from .track import Limits, Track


def matching_from(track: Track, limits: Limits, start: int) -> tuple[list[int], list[int]]:
    """Match steps and occurrences one to one, from one start to the end of its window, as many as possible.

    Returns the index in the track that brought each depth, and the step (from 0) filled with it.
    Occurrences are added in order and each augmenting path makes room for one more step (Kuhn's algorithm),
    so after every occurrence the matching is as large as it can be, and the entry stays matched. A step may
    hand its occurrence on to another one later; `step` is the step that became filled when the depth grew.
    """
    owner: list[int | None] = [None] * limits.steps
    indexes: list[int] = []
    steps: list[int] = []
    for index in range(start, stop_of(track, limits, start)):
        filled = _augment(track.masks, owner, index, set())
        if filled is not None:
            indexes.append(index)
            steps.append(filled)
            if len(indexes) == limits.steps:
                break
    return indexes, steps


def stop_of(track: Track, limits: Limits, start: int) -> int:
    """The index after the last occurrence within the window from `start`."""
    if limits.window is None:
        return len(track.times)
    return bisect_right(track.times, track.times[start] + limits.window)


def _augment(masks: list[int], owner: list[int | None], index: int, seen: set[int]) -> int | None:
    """Give `index` a step, moving others on where needed; the newly filled step, or None."""
    for step in range(len(owner)):
        if not masks[index] >> step & 1 or step in seen:
            continue
        seen.add(step)
        held = owner[step]
        filled = step if held is None else _augment(masks, owner, held, seen)
        if filled is not None:
            owner[step] = index
            return filled
    return None
