"""How far pages were scrolled and videos watched: visits that reached a mark."""

import json
from dataclasses import dataclass
from typing import Final

import numpy as np

from trichter.measure.engine.columns import I64, Array
from trichter.measure.funnels.analysis.rates import Rate, rate

from .visits import Traffic

MARKS: Final = (25, 50, 75, 100)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """For each pair of a visit and a thing (a page, a video) the deepest per cent. Shapes: all (m,).

    `thing` is a place in `names`.
    """

    visit: I64
    thing: I64
    deepest: I64
    names: list[str]


@dataclass(frozen=True, kw_only=True)
class Depth:
    """A page or a video: `visits` that scrolled or played it, and the share that reached each of `MARKS`."""

    name: str
    visits: int
    reached: tuple[Rate, ...]


def scrolled(traffic: Traffic) -> Reached:
    """How far each visit scrolled each page it left; a page that fits on the screen is seen whole."""
    visit, percent, _told, page = _rows(traffic, kind="page.left", field="scroll")
    known = percent > 0  # an imported leaving does not say
    return _deepest(visit[known], page[known], percent[known], traffic.asked.book.page.values)


def watched(traffic: Traffic) -> Reached:
    """How far each visit watched each video. The tracker's first mark is 10 %."""
    visit, percent, told, _page = _rows(traffic, kind="video.progressed", field="percent")
    names: dict[str, int] = {}
    codes, place = np.unique(told, return_inverse=True)
    values = traffic.asked.book.facts.values
    thing = np.array(
        [
            names.setdefault(str(json.loads(values[code][1]).get("video", "")), len(names))
            for code in codes.tolist()
        ],
        np.int64,
    )
    return _deepest(visit, thing[place], percent, list(names))


def _rows(traffic: Traffic, *, kind: str, field: str) -> tuple[I64, I64, I64, I64]:
    """(visit, per cent, code of the facts, code of the page) of each event of the kind."""
    columns: list[list[Array]] = [[np.empty(0, np.int64)] for _one in range(3)]
    for rows, numbers, visit in traffic.rows([kind]):
        found: tuple[Array, ...] = (visit, rows.facts[numbers], rows.page[numbers])
        for column, values in zip(columns, found, strict=True):
            column.append(values)
    visits, told, page = (np.concatenate(column).astype(np.int64) for column in columns)
    codes, place = np.unique(told, return_inverse=True)
    known = traffic.asked.book.facts.values
    percent = np.array([_percent(json.loads(known[code][1]).get(field)) for code in codes.tolist()], np.int64)
    return visits, percent[place], told, page


def _percent(value: object) -> int:
    return value if type(value) is int and 0 <= value <= 100 else 0


def _deepest(visit: I64, thing: I64, percent: I64, names: list[str]) -> Reached:
    size = len(names) + 1
    keys, group = np.unique(visit * size + thing, return_inverse=True)
    deepest = np.zeros(len(keys), np.int64)
    np.maximum.at(deepest, group, percent)
    return Reached(visit=keys // size, thing=keys % size, deepest=deepest, names=names)


def depths_of(found: Reached) -> list[Depth]:
    """Each page or video, the one with the most visits first."""
    things, group = np.unique(found.thing, return_inverse=True)
    size = len(things)
    visits = np.bincount(group, minlength=size).tolist()
    reached = [np.bincount(group[found.deepest >= mark], minlength=size).tolist() for mark in MARKS]
    rows = [
        Depth(
            name=found.names[thing],
            visits=visits[number],
            reached=tuple(rate(of_mark[number], visits[number]) for of_mark in reached),
        )
        for number, thing in enumerate(things.tolist())
    ]
    return sorted(rows, key=lambda row: (-row.visits, row.name))


def visits_behind(found: Reached, *, name: str, mark: int, size: int) -> Array:
    """Which of `size` visits reached the mark with this page or video (0: had to do with it at all)."""
    kept = np.zeros(size, bool)
    if name in found.names:
        meant = (found.thing == found.names.index(name)) & (found.deepest >= mark)
        kept[found.visit[meant]] = True
    return kept
