"""Pages: how often seen, by whom, where visits begin and end, how long they are read."""

import json
from dataclasses import dataclass

import numpy as np

from trichter.measure.engine.columns import I64
from trichter.measure.funnels.analysis.rates import Rate, rate

from .figures import distinct, medians
from .visits import Traffic


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page within the visits. exits: visits that ended here among the visits that saw it.

    seconds: median attention per measured leaving, None where the tracker measured none; measured: how many.
    """

    page: str
    views: int
    visits: int
    visitors: int
    entries: int
    exits: Rate
    seconds: float | None
    measured: int


def pages_of(traffic: Traffic) -> list[Page]:
    """Every page seen, the most viewed first."""
    code, visit = _seen(traffic)
    left, seconds = _left(traffic)
    codes, group = np.unique(code, return_inverse=True)
    known = np.isin(left, codes)
    left, seconds = np.searchsorted(codes, left[known]), seconds[known]
    size = len(codes)
    views = np.bincount(group, minlength=size).tolist()
    visits = distinct(visit, group=group, groups=size)
    visitors = distinct(traffic.actor[visit], group=group, groups=size)
    entries = _times(codes, traffic.landing)
    exits = _times(codes, traffic.exit)
    times = medians(seconds, group=left, groups=size)
    measured = np.bincount(left, minlength=size).tolist()
    names = traffic.asked.book.page.values
    found = [
        Page(
            page=names[one], views=views[n], visits=visits[n], visitors=visitors[n], entries=entries[n],
            exits=rate(exits[n], visits[n]), seconds=times[n], measured=measured[n],
        )
        for n, one in enumerate(codes.tolist())
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.views, one.page))


def _times(codes: I64, values: I64) -> list[int]:
    place = np.searchsorted(codes, values)
    found: list[int] = np.bincount(place, minlength=len(codes)).tolist()
    return found


def _seen(traffic: Traffic) -> tuple[I64, I64]:
    """For each page view the code of the page and the visit."""
    codes, visits = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for rows, numbers, visit in traffic.rows(["page.viewed"]):
        codes.append(rows.page[numbers].astype(np.int64))
        visits.append(visit)
    return np.concatenate(codes), np.concatenate(visits)


def _left(traffic: Traffic) -> tuple[I64, I64]:
    """For each leaving with attention the code of the page and the seconds."""
    codes, seconds = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    values = traffic.asked.book.facts.values
    for rows, numbers, _visit in traffic.rows(["page.left"]):
        facts, place = np.unique(rows.facts[numbers], return_inverse=True)
        engaged = [json.loads(values[one][1]).get("engaged", 0) for one in facts.tolist()]
        found = np.array([one if isinstance(one, int) else 0 for one in engaged], np.int64)[place]
        codes.append(rows.page[numbers].astype(np.int64)[found > 0])
        seconds.append(found[found > 0])
    return np.concatenate(codes), np.concatenate(seconds)
