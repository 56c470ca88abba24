"""Ways as geometry for SVG: a box per node, a band per flow, in a picture of 960 × 420 units."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from trichter.measure.funnels import display as house

from .ways import END, Ways

WIDTH, HEIGHT = 960, 420
_BOX, _GAP, _TOP, _TEXT = 12, 16, 8, 26
LONGEST = 24
_LABEL = 7 * LONGEST + 4  # what the longest label takes to the right of the last column too


@dataclass(frozen=True, kw_only=True)
class Box:
    """A node's rectangle with its label to the right."""

    x: str
    y: str
    height: str
    css: str
    label: str
    text_x: str
    text_y: str
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Band:
    """A flow's outline."""

    shape: str
    title: str
    url: str


def sankey(
    ways: Ways, *, label: Callable[[str], str], url: Callable[..., str], backward: bool
) -> tuple[list[Box], list[Band]]:
    """The boxes and bands; backward: the anchor stands at the right. Heights are shares of all actors.

    url(step, key, after, ended): the list behind a node, or behind a flow from it, as `Ways.at` takes them.

    The end is a box, but nothing flows on from it, so the steps get lower as people leave.
    """
    total, steps = len(ways.actors), len(ways.nodes)
    rows = max(len(step) for step in ways.nodes)
    room = HEIGHT - 2 * _TOP - _GAP * (rows - 1)
    column = (WIDTH - _BOX - _LABEL) / max(1, steps - 1)
    place: dict[tuple[int, str], tuple[float, float]] = {}
    boxes: list[Box] = []
    for step, nodes in enumerate(ways.nodes):
        x = column * (steps - 1 - step if backward else step)
        y = float(_TOP)
        for node in nodes:
            # Those who ended at an earlier step are not drawn again.
            count = node.count if node.key != END or step == 0 else _ended(ways, step)
            if not count:
                continue
            height = max(2.0, room * count / total)
            place[step, node.key] = (x, y)
            name = label(node.key)
            boxes.append(
                Box(
                    x=_n(x), y=_n(y), height=_n(height), css=_css(node.key),
                    label=name if len(name) <= LONGEST else f"…{name[-LONGEST + 1:]}",
                    text_x=_n(x + _BOX + 4), text_y=_n(y + min(height / 2, _TEXT) + 4),
                    title=f"{name}: {house.count(count)}",
                    url=url(step, node.key, ended=node.key == END),
                )
            )  # fmt: skip
            y += height + _GAP
    return boxes, _bands(ways, place, room / total, label, url, backward)


def _ended(ways: Ways, step: int) -> int:
    return sum(1 for way in ways.keys if way[step] == END and way[step - 1] != END)


def _bands(
    ways: Ways, place: dict[tuple[int, str], tuple[float, float]], scale: float,
    label: Callable[[str], str], url: Callable[..., str], backward: bool,
) -> list[Band]:  # fmt: skip
    left: dict[tuple[int, str], float] = defaultdict(float)
    right: dict[tuple[int, str], float] = defaultdict(float)
    found = []
    for flow in ways.flows:
        start, stop = (flow.step, flow.start), (flow.step + 1, flow.stop)
        height = max(1.0, scale * flow.count)
        (x1, y1), (x2, y2) = place[start], place[stop]
        y1, y2 = y1 + left[start], y2 + right[stop]
        left[start] += height
        right[stop] += height
        if backward:
            x1, y1, x2, y2 = x2, y2, x1, y1
        x1 += _BOX
        middle = (x1 + x2) / 2
        found.append(
            Band(
                shape=f"M{_n(x1)},{_n(y1)} C{_n(middle)},{_n(y1)} {_n(middle)},{_n(y2)} {_n(x2)},{_n(y2)} "
                f"v{_n(height)} C{_n(middle)},{_n(y2 + height)} {_n(middle)},{_n(y1 + height)} "
                f"{_n(x1)},{_n(y1 + height)} Z",
                title=f"{label(flow.start)} → {label(flow.stop)}: {house.count(flow.count)}",
                url=url(flow.step, flow.start, after=flow.stop),
            )
        )
    return found


def _css(key: str) -> str:
    return key if key in ("end", "other") else "page"


def _n(value: float) -> str:
    return f"{value:.1f}"
