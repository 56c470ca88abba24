"""Ways from a page or an event on, or to it: the most frequent nodes of each step, the rest as “other”."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from trichter.core.accounts.models import User
from trichter.core.events import DERIVED, registry
from trichter.core.events.conditions import EventMatch
from trichter.measure.engine import behaviour, questions
from trichter.measure.engine.columns import I64

from .queries import visible

STEPS, TOP = 5, 6
END, OTHER = "end", "other"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A place in a step. key: page:<address>, kind:<name>, other, end. count: actors who are there."""

    step: int
    key: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Flow:
    """So many actors went from the node `start` (of `step`) to the node `stop` of the next step."""

    step: int
    start: str
    stop: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Ways:
    """`keys[actor place][step]` says where everybody was; `nodes` and `flows` are made of it."""

    actors: tuple[int, ...]
    keys: tuple[tuple[str, ...], ...]
    nodes: tuple[tuple[Node, ...], ...]
    flows: tuple[Flow, ...]

    def at(self, step: int, key: str, *, after: str = "", ended: bool = False) -> list[int]:
        """The actors at a node; after: who went on to this one; ended: who were somewhere a step before."""
        return [
            actor
            for actor, way in zip(self.actors, self.keys, strict=True)
            if way[step] == key
            and (not after or (step + 1 < len(way) and way[step + 1] == after))
            and (not ended or (step > 0 and way[step - 1] != END))
        ]


# What somebody does himself; book-keeping such as a sent mail is no step of a way.
_KINDS: Final = frozenset(
    name
    for name, kind in registry.items()
    if kind.behaviour and name not in DERIVED and name != "page.viewed"
)


def ways(
    *, anchor: EventMatch, low: int, high: int, backward: bool, same_session: bool, user: User | None
) -> Ways:
    """Everybody's way from his first `anchor` in the span, `STEPS` nodes with the anchor."""
    asked = questions.asked(people=visible(user))
    actors, nodes = asked.paths(
        anchor, kinds=_KINDS, low=low, high=high, depth=STEPS, backward=backward, same_session=same_session
    )
    names = {
        node: END if node == behaviour.END
        else f"kind:{asked.book.kinds.values[node // 2]}" if node % 2
        else f"page:{asked.book.page.values[node // 2]}"
        for node in np.unique(nodes).tolist()
    }  # fmt: skip
    return _summed(actors, nodes, names)


def _summed(actors: I64, nodes: I64, names: dict[int, str]) -> Ways:
    columns: list[list[str]] = []
    for step in range(nodes.shape[1]):
        keys = [names[node] for node in nodes[:, step].tolist()]
        counts = Counter(key for key in keys if key != END)
        top = {key for key, _n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP]}
        columns.append([key if key in top or key == END else OTHER for key in keys])
    rows = tuple(zip(*columns, strict=True))
    return Ways(
        actors=tuple(actors.tolist()),
        keys=rows,
        nodes=tuple(
            tuple(Node(step=step, key=key, count=count) for key, count in _ordered(Counter(keys)))
            for step, keys in enumerate(columns)
        ),
        flows=tuple(
            Flow(step=step, start=start, stop=stop, count=count)
            for step in range(len(columns) - 1)
            for (start, stop), count in sorted(
                Counter(zip(columns[step], columns[step + 1], strict=True)).items(),
                key=lambda item: (-item[1], item[0]),
            )
            if start != END
        ),
    )


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first, “other” and the end last."""
    return sorted(counts.items(), key=lambda item: (item[0] == END, item[0] == OTHER, -item[1], item[0]))
