"""Reads: the items with what they brought, and the people behind a number."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from wagtail.contrib.redirects.models import Redirect

from trichter.attract.pages.models import ContentPage
from trichter.attract.pages.queries import published, with_type
from trichter.core.shell.queries import company_today, installation
from trichter.kit.clock import Period, PresetName, preset
from trichter.kit.pages import page_of
from trichter.measure.funnels.analysis.rates import Rate, rate
from trichter.measure.traffic.queries import bounds

from .touches import Found, load

WAYS: Final = ("first", "assisted")
WHATS: Final = ("visitors", "leads", "mqls", "paid")


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one way of counting gives an item. conversion: leads among the visitors."""

    visitors: int
    leads: int
    mqls: int
    amount: int
    conversion: Rate


@dataclass(frozen=True, kw_only=True)
class Item:
    """A live page."""

    page: ContentPage
    path: str
    visits: int
    first: Share
    assisted: Share


@dataclass(frozen=True, kw_only=True)
class Report:
    """All live items, and what they were counted from."""

    items: list[Item]
    found: Found
    numbers: Mapping[str, int]


def report(*, period: Period, people: Collection[int] | None) -> Report:
    """What every live page brought. people: those the asker may see, None for everybody."""
    pages = with_type(published()).select_related("persona", "topic").defer("body")
    addressed = [(page, page_of(url)) for page in pages if (url := page.url)]
    numbers = {path: number for number, (_page, path) in enumerate(addressed)}
    by_page = {page.pk: number for number, (page, _path) in enumerate(addressed)}
    # What was seen under a page's earlier address belongs to the page.
    olds = Redirect.objects.filter(redirect_page__in=by_page, automatically_created=True)
    for old, pk in olds.values_list("old_path", "redirect_page_id"):
        numbers.setdefault(page_of(old), by_page[pk])
    low, high = bounds(period)
    currency = installation().currency
    found = load(items=numbers, count=len(addressed), low=low, high=high, people=people, currency=currency)
    shares = {way: _shares(found, way, len(addressed)) for way in WAYS}
    items = [
        Item(
            page=page, path=path, visits=found.visits[number], first=shares["first"][number],
            assisted=shares["assisted"][number],
        )
        for number, (page, path) in enumerate(addressed)
    ]  # fmt: skip
    return Report(items=items, found=found, numbers=numbers)


def actors_of(*, asked: Report, path: str, way: str, what: str) -> list[int]:
    """The actors behind a number, in order of their ids. way: of `WAYS`; what: of `WHATS`."""
    touches, number = asked.found.touches, asked.numbers.get(path)
    if number is None or not len(touches):
        return []
    mask = (touches.item == number) & (touches.first == (way == "first"))
    if what == "leads":
        mask &= touches.lead == 1
    elif what == "mqls":
        mask &= touches.mql == 1
    elif what == "paid":
        mask &= touches.amount != 0
    return sorted(int(one) for one in touches.actor[mask])


def period_of(name: str) -> tuple[PresetName, Period]:
    """A named period; 90 days for anything unknown."""
    known: PresetName = "30d" if name == "30d" else "12m" if name == "12m" else "90d"
    return known, preset(known, today=company_today())


def _shares(found: Found, way: str, count: int) -> list[Share]:
    touches = found.touches
    mask = touches.first == (way == "first")
    item = touches.item[mask]
    visitors, leads, mqls = (
        np.bincount(item, weights=weights, minlength=count)[:count].astype(np.int64).tolist()
        for weights in (None, touches.lead[mask], touches.mql[mask])
    )
    # Whole numbers: a sum in floats loses cents beyond 2 ** 53.
    amount = np.zeros(count, np.int64)
    np.add.at(amount, item, touches.amount[mask])
    return [
        Share(
            visitors=visitors[n], leads=leads[n], mqls=mqls[n], amount=int(amount[n]),
            conversion=rate(leads[n], visitors[n]),
        )
        for n in range(count)
    ]  # fmt: skip
