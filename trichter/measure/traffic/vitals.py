"""Web vitals: how fast pages felt, per page view, with Google's published limits.

Limits and the 75th percentile: https://web.dev/articles/vitals, /articles/fcp and /articles/ttfb.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from trichter.kit.stats import ENOUGH
from trichter.measure.engine.columns import I64, Array

from .dimensions import split
from .visits import Traffic

NONE: Final = -1
SHARE: Final = 0.75


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Up to `good` is good, above `poor` poor, needs improvement between. Milliseconds; CLS: thousandths."""

    good: int
    poor: int


METRICS: Final[dict[str, Limits]] = {
    "lcp": Limits(good=2_500, poor=4_000),
    "inp": Limits(good=200, poor=500),
    "cls": Limits(good=100, poor=250),
    "fcp": Limits(good=1_800, poor=3_000),
    "ttfb": Limits(good=800, poor=1_800),
}
GRADES: Final = ("good", "middle", "poor")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Page views with a figure. Shapes: all (m,).

    `visit` its place in the traffic, `at` microseconds, `page` code of the page, `figures` the final figure
    of each metric, `NONE` where the browser did not tell.
    """

    visit: I64
    at: I64
    page: I64
    figures: dict[str, I64]

    def __len__(self) -> int:
        return len(self.visit)

    def take(self, which: Array) -> "Measured":
        """Those marked in a mask."""
        figures = {name: values[which] for name, values in self.figures.items()}
        return Measured(visit=self.visit[which], at=self.at[which], page=self.page[which], figures=figures)


@dataclass(frozen=True, kw_only=True)
class Vital:
    """A metric over some page views: `p75` is None without any. good + middle + poor = cases."""

    cases: int
    p75: float | None
    good: int
    middle: int
    poor: int

    @property
    def enough(self) -> bool:
        """Whether there are cases enough to show a percentile."""
        return self.cases >= ENOUGH

    @property
    def by_grade(self) -> dict[str, int]:
        """The page views of each of `GRADES`."""
        return {"good": self.good, "middle": self.middle, "poor": self.poor}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A page, or a page on a class of device (None: on all); `cases`: page views with any figure."""

    page: str
    device: str | None
    cases: int
    vitals: dict[str, Vital]


def measured(traffic: Traffic) -> Measured:
    """The page views of these visits whose speed was measured.

    The tracker tells its figures whenever a page is put aside; they only grow, so the largest of a page view
    is its final one. A figure belongs to the last view of its page before it in the visit.
    """
    book = traffic.asked.book
    told = book.kinds.known("web_vitals.measured")
    names = ("visit", "page", "at", "facts", "told")
    columns: dict[str, list[Array]] = {name: [np.empty(0, np.int64)] for name in names}
    for rows, numbers, visit in traffic.rows(["page.viewed", "web_vitals.measured"]):
        columns["visit"].append(visit)
        columns["at"].append(rows.at[numbers])
        columns["told"].append(rows.kind[numbers] == (NONE if told is None else told))
        for name in ("page", "facts"):
            columns[name].append(getattr(rows, name)[numbers].astype(np.int64))
    visit, page, at, facts, is_told = (np.concatenate(columns[name]).astype(np.int64) for name in names)
    order = np.lexsort((is_told, at, page, visit))
    visit, page, at, facts, is_told = visit[order], page[order], at[order], facts[order], is_told[order]
    other = np.ones(len(visit), bool)
    other[1:] = (visit[1:] != visit[:-1]) | (page[1:] != page[:-1])
    starts = other | (is_told == 0)
    case = np.cumsum(starts) - 1
    figures = _read(book.facts.values, facts[is_told == 1])
    size = int(starts.sum())
    final = {name: np.full(size, NONE, np.int64) for name in METRICS}
    for name, values in figures.items():
        np.maximum.at(final[name], case[is_told == 1], values)
    found = Measured(visit=visit[starts], at=at[starts], page=page[starts], figures=final)
    known = np.zeros(size, bool)
    for values in final.values():
        known |= values != NONE
    return found.take(known)


def _read(values: list[Any], facts: I64) -> dict[str, I64]:
    """For each fact the figure of each metric."""
    codes, place = np.unique(facts, return_inverse=True)
    table = np.full((len(METRICS), len(codes)), NONE, np.int64)
    for number, code in enumerate(codes.tolist()):
        told = json.loads(values[code][1])
        for row, name in enumerate(METRICS):
            figure = told.get(name)
            if type(figure) is int and figure >= 0:
                table[row, number] = figure
    return {name: table[row][place] for row, name in enumerate(METRICS)}


def graded(found: Measured, *, metric: str, grade: str = "") -> Measured:
    """The page views with this metric; grade: only those that are good, middle or poor."""
    values, limits = found.figures[metric], METRICS[metric]
    return found.take(
        {
            "good": (values != NONE) & (values <= limits.good),
            "middle": (values > limits.good) & (values <= limits.poor),
            "poor": values > limits.poor,
        }.get(grade, values != NONE)
    )


def vital_of(values: I64, *, metric: str) -> Vital:
    """A metric over its figures; `NONE` is left out."""
    known, limits = values[values != NONE], METRICS[metric]
    good, poor = int((known <= limits.good).sum()), int((known > limits.poor).sum())
    return Vital(
        cases=len(known),
        # Linear between neighbours, as `kit.stats.quantile`.
        p75=float(np.quantile(known, SHARE)) if len(known) else None,
        good=good,
        middle=len(known) - good - poor,
        poor=poor,
    )


def whole(found: Measured) -> dict[str, Vital]:
    """Each metric over all page views."""
    return {metric: vital_of(found.figures[metric], metric=metric) for metric in METRICS}


def rows_of(traffic: Traffic, found: Measured, *, by_device: bool) -> list[Row]:
    """A row for each page, or each page and class of device; the most measured first."""
    devices, device_of = split(traffic, "device")
    device = device_of[found.visit] if by_device else np.zeros(len(found), np.int64)
    key = found.page * (len(devices) + 1) + device
    keys, group, counts = np.unique(key, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(counts)
    names = traffic.asked.book.page.values
    rows = []
    for one, end, count in zip(keys.tolist(), ends.tolist(), counts.tolist(), strict=True):
        page, number = divmod(one, len(devices) + 1)
        those = order[end - count : end]
        rows.append(
            Row(
                page=names[page],
                device=devices[number] if by_device else None,
                cases=count,
                vitals={
                    metric: vital_of(values[those], metric=metric) for metric, values in found.figures.items()
                },
            )
        )
    return sorted(rows, key=lambda row: (-row.cases, row.page, row.device or ""))


def grade_of(metric: str, value: float | None) -> str:
    """good, middle or poor; "" without a value."""
    if value is None:
        return ""
    limits = METRICS[metric]
    return "good" if value <= limits.good else "poor" if value > limits.poor else "middle"
