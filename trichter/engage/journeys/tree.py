"""Editing a draft: its steps as JSON are found, put in, taken out and moved by their ids. Pure."""

import copy
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
WAYS = {"branch": 2, "wait_event": 2, "split": 2}


def empty() -> Json:
    """A journey without anything."""
    return {"triggers": [], "exits": [], "steps": [], "reentry": {"after": "never", "days": 0}}


def lists(draft: Json) -> Iterator[tuple[list[Json], str, int]]:
    """Every list of steps with the id of the step it is in ("" for the main line) and the way's number."""
    todo: list[tuple[list[Json], str, int]] = [(draft.setdefault("steps", []), "", 0)]
    while todo:
        found = todo.pop(0)
        yield found
        for step in found[0]:
            for number, way in enumerate(step.get("ways") or []):
                todo.append((way.setdefault("steps", []), step["id"], number))


def step_of(draft: Json, name: str) -> Json | None:
    """The step with this id."""
    return next((step for steps, _in, _way in lists(draft) for step in steps if step["id"] == name), None)


def free_id(draft: Json, used: frozenset[str] | set[str] = frozenset()) -> str:
    """An id that no step has, and none had in an earlier version: `used`."""
    taken = {step["id"] for steps, _in, _way in lists(draft) for step in steps} | set(used)
    number = 1
    while f"s{number}" in taken:
        number += 1
    return f"s{number}"


def with_ways(step: Json) -> Json:
    """The step with as many ways as its kind needs; those there are stay."""
    count = len(step.get("shares") or []) or WAYS.get(step["do"], 0)
    if step["do"] == "split":
        shares = (
            step.pop("shares", None) or [one.get("share", 50) for one in step.get("ways") or []] or [50, 50]
        )
        old = step.get("ways") or []
        step["ways"] = [
            {"share": share, "steps": old[n]["steps"] if n < len(old) else []}
            for n, share in enumerate(shares)
        ]
    elif count:
        old = step.get("ways") or []
        step["ways"] = [old[n] if n < len(old) else {"steps": []} for n in range(count)]
    return step


def insert(draft: Json, step: Json, *, after: str = "", inside: str = "", way: int = 0) -> Json:
    """A copy with the step behind `after`, or first in a way of `inside`; else first of all.

    Raises LookupError when that place does not exist.
    """
    made = copy.deepcopy(draft)
    for steps, parent, number in lists(made):
        if after:
            for place, one in enumerate(steps):
                if one["id"] == after:
                    steps.insert(place + 1, step)
                    return made
        elif parent == inside and number == way:
            steps.insert(0, step)
            return made
    raise LookupError(after or inside)


def change(draft: Json, step: Json) -> Json:
    """A copy in which the step of this id is another one; its ways stay. Raises LookupError."""
    made = copy.deepcopy(draft)
    for steps, _parent, _way in lists(made):
        for place, one in enumerate(steps):
            if one["id"] == step["id"]:
                if one.get("ways"):
                    step = {**step, "ways": one["ways"]}
                steps[place] = with_ways(step)
                return made
    raise LookupError(step["id"])


def remove(draft: Json, name: str) -> Json:
    """A copy without the step and all that is in its ways. Raises LookupError."""
    made = copy.deepcopy(draft)
    for steps, _parent, _way in lists(made):
        for place, one in enumerate(steps):
            if one["id"] == name:
                del steps[place]
                return made
    raise LookupError(name)


def move(draft: Json, name: str, by: int) -> Json:
    """A copy with the step one place up or down in its list; at the end it stays. Raises LookupError."""
    made = copy.deepcopy(draft)
    for steps, _parent, _way in lists(made):
        for place, one in enumerate(steps):
            if one["id"] == name:
                there = max(0, min(len(steps) - 1, place + by))
                steps.insert(there, steps.pop(place))
                return made
    raise LookupError(name)
