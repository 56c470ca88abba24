"""Batches of counts into counters. A batch is counted once, however often it is sent."""

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from trichter.core.journal.bulk import insert

from .. import counters
from ..models import HeatBatch, HeatCount, HeatElement, HeatPage
from ..rules import MOST_PAGES, MOST_PATHS

_ASKED = 500
Batch = tuple[datetime, date, list[str], dict[str, Any]]


def count_views(batches: list[Batch]) -> list[tuple[date, bool]]:
    """Add them to the counters; for each its day, and whether it was new."""
    fresh, found = _fresh(batches)
    pages = _pages({(site, page) for _at, _day, (site, page, *_rest), _body in fresh})
    counts: Counter[tuple[Any, ...]] = Counter()
    elements: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for _at, day, (site, page, device, *_rest), body in fresh:
        pk = pages.get((site, page))
        if pk is not None:
            _add(counts, elements, (pk, day, device, body["w"]), body)
    keys = ("page_id", "day", "device", "width", "kind", "x", "y")
    counters.add(HeatCount, keys, ("count",), {key: (n,) for key, n in counts.items() if n})
    keys = ("page_id", "day", "device", "width", "path", "x", "y")
    counters.add(HeatElement, keys, ("clicks", "rage", "dead"), _within_bounds(elements))
    return found


def _fresh(batches: list[Batch]) -> tuple[list[Batch], list[tuple[date, bool]]]:
    uids = [UUID(body["uid"]) for _at, _day, _seen, body in batches]
    known: set[UUID] = set()
    for start in range(0, len(uids), _ASKED):
        part = uids[start : start + _ASKED]
        known.update(HeatBatch.objects.filter(uid__in=part).values_list("uid", flat=True))
    fresh, found = [], []
    for uid, batch in zip(uids, batches, strict=True):
        found.append((batch[1], uid not in known))
        if uid not in known:
            known.add(uid)
            fresh.append(batch)
    insert(HeatBatch, ("uid", "at"), [(UUID(body["uid"]), at) for at, _day, _seen, body in fresh])
    return fresh, found


def _add(
    counts: Counter[tuple[Any, ...]],
    elements: dict[tuple[Any, ...], list[int]],
    key: Any,
    body: dict[str, Any],
) -> None:
    if body["v"]:
        counts[(*key, "v", 0, 0)] += 1
        counts[(*key, "h", 0, 0)] += body["p"]
        counts[(*key, "f", 0, 0)] += body["h"]
    for step in set(body["s"]):
        counts[(*key, "s", 0, step)] += 1
    for x, y, number in body["m"]:
        counts[(*key, "m", x, y)] += number
    for x, y, path, inner_x, inner_y, clicks, rage, dead in body["c"]:
        for kind, number in (("c", clicks), ("r", rage), ("d", dead)):
            counts[(*key, kind, x, y)] += number
        row = elements[(*key, path, inner_x, inner_y)]
        for index, number in enumerate((clicks, rage, dead)):
            row[index] += number


def _pages(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Their ids. A site has at most so many; invented addresses must not fill the disk."""
    known = _known(wanted)
    missing = sorted(wanted - set(known))
    if missing:
        room = MOST_PAGES - HeatPage.objects.count()
        insert(HeatPage, ("site", "page"), missing[: max(0, room)], ignore=True)
        known = _known(wanted)
    return known


def _known(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    paths = sorted({page for _site, page in wanted})
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(paths), _ASKED):
        rows = HeatPage.objects.filter(page__in=paths[start : start + _ASKED])
        found.update(((site, page), pk) for pk, site, page in rows.values_list("pk", "site", "page"))
    return {key: pk for key, pk in found.items() if key in wanted}


def _within_bounds(elements: dict[tuple[Any, ...], list[int]]) -> dict[tuple[Any, ...], list[int]]:
    """Without new paths of pages that have too many of them already."""
    found: dict[tuple[Any, ...], list[int]] = {}
    by_page: defaultdict[int, set[str]] = defaultdict(set)
    for key in elements:
        by_page[key[0]].add(key[4])
    for pk, paths in by_page.items():
        known = set(HeatElement.objects.filter(page=pk).values_list("path", flat=True).distinct())
        allowed = known | set(sorted(paths - known)[: max(0, MOST_PATHS - len(known))])
        found.update({key: row for key, row in elements.items() if key[0] == pk and key[4] in allowed})
    return found
