"""Who is behind a number: visits, visitors, page views, from the arrays the number was counted from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import numpy as np
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.people.models import Person
from trichter.measure.engine.columns import I64, Array

from . import depths, vitals
from .visits import Traffic

What = Literal["visits", "visitors", "views"]
WHATS: Final[tuple[What, ...]] = ("visits", "visitors", "views")
ONLY: Final = ("bounced", "engaged", "converted", "paid")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row: a visit, a visitor with `visits` visits (the rest is the latest one), or a view of `page`."""

    actor: int
    name: str
    url: str
    at: datetime
    source: str
    landing: str
    exit: str
    page: str
    views: int
    seconds: int
    visits: int
    converted: bool
    amount: int


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Numbers of visits, newest first. pages: for each the page viewed; counts: its visitor's visits."""

    traffic: Traffic
    visits: I64
    at: I64
    pages: I64 | None = None
    counts: I64 | None = None

    def __len__(self) -> int:
        return len(self.visits)


def narrowed(traffic: Traffic, *, only: str, goal: int | None = None, page: str = "") -> Traffic:
    """The visits that bounced, were engaged, met a goal or brought money; goal: bit; page: one was seen."""
    if only in ("bounced", "engaged"):
        traffic = traffic.take(getattr(traffic, only))
    elif only == "converted":
        traffic = traffic.take(traffic.goals != 0)
    elif only == "paid":
        traffic = traffic.take(traffic.amount != 0)
    if goal is not None:
        traffic = traffic.take((traffic.goals >> goal) & 1 == 1)
    if page:
        seen = np.zeros(len(traffic), bool)
        for rows, numbers, visit in traffic.rows(["page.viewed"]):
            seen[visit[rows.page[numbers] == _code(traffic, page)]] = True
        traffic = traffic.take(seen)
    return traffic


def measured(traffic: Traffic, *, only: str, what: What, page: str = "", video: str = "") -> Listing | None:
    """The rows behind a number of web vitals, scrolling or videos; None for another `only`.

    only: `lcp` and the other metrics, alone or with a grade (`lcp-poor`); `scroll-0` … `scroll-100`, with
    `page`; `video-0` … `video-100`, with `video`. Views of a metric are the page views it was measured of.
    """
    name, _dash, detail = only.partition("-")
    if name in vitals.METRICS and detail in ("", *vitals.GRADES):
        found = vitals.graded(vitals.measured(traffic), metric=name, grade=detail)
        if page:
            found = found.take(found.page == _code(traffic, page))
        if what == "views":
            order = _newest(found.at)
            return Listing(
                traffic=traffic, visits=found.visit[order], at=found.at[order], pages=found.page[order]
            )
        return listing(traffic.take(np.unique(found.visit)), what=what)
    if name in ("scroll", "video") and detail in ("0", *(str(mark) for mark in depths.MARKS)):
        reached = depths.scrolled(traffic) if name == "scroll" else depths.watched(traffic)
        thing = page if name == "scroll" else video
        behind = depths.visits_behind(reached, name=thing, mark=int(detail), size=len(traffic))
        return listing(traffic.take(behind), what=what, page=page)
    return None


def listing(traffic: Traffic, *, what: What, page: str = "") -> Listing:
    """The rows behind a number. page: of views only those of this page."""
    if what == "views":
        return _views(traffic, page)
    order = _newest(traffic.at)
    if what == "visits":
        return Listing(traffic=traffic, visits=order, at=traffic.at[order])
    _actors, first, counts = np.unique(traffic.actor[order], return_index=True, return_counts=True)
    by_time = np.argsort(first)
    visits = order[first[by_time]]
    return Listing(traffic=traffic, visits=visits, at=traffic.at[visits], counts=counts[by_time])


def lines(found: Listing, *, user: User, start: int = 0, stop: int | None = None) -> list[Line]:
    """Rows start … stop - 1 with names; people whom the user may not see are not among the visits at all."""
    book, traffic = found.traffic.asked.book, found.traffic
    part = slice(start, len(found) if stop is None else stop)
    visits = found.visits[part]
    names = names_of({int(actor) for actor in traffic.actor[visits] if actor > 0}, user)
    result = []
    for offset, visit in enumerate(visits.tolist()):
        number = part.start + offset
        actor = int(traffic.actor[visit])
        touch = book.touch.values[traffic.touch[visit]]
        known = names.get(actor)
        result.append(
            Line(
                actor=actor,
                name=known if known is not None else _("Unknown visitor %(number)d") % {"number": abs(actor)},
                url=reverse("people:person_detail", args=[actor]) if known is not None else "",
                at=_EPOCH + timedelta(microseconds=int(found.at[number])),
                source=" / ".join(one for one in touch[:2] if one),
                landing=book.page.values[traffic.landing[visit]],
                exit=book.page.values[traffic.exit[visit]],
                page=book.page.values[found.pages[number]] if found.pages is not None else "",
                views=int(traffic.views[visit]),
                seconds=int(traffic.seconds[visit]),
                visits=int(found.counts[number]) if found.counts is not None else 1,
                converted=bool(traffic.goals[visit]),
                amount=int(traffic.amount[visit]),
            )
        )
    return result


def _views(traffic: Traffic, page: str) -> Listing:
    at, visits, pages = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for rows, numbers, visit in traffic.rows(["page.viewed"]):
        seen = rows.page[numbers].astype(np.int64)
        keep = seen == _code(traffic, page) if page else np.ones(len(numbers), bool)
        at.append(rows.at[numbers[keep]])
        visits.append(visit[keep])
        pages.append(seen[keep])
    times = np.concatenate(at)
    order = _newest(times)
    return Listing(
        traffic=traffic,
        visits=np.concatenate(visits)[order],
        at=times[order],
        pages=np.concatenate(pages)[order],
    )


def _newest(at: Array) -> I64:
    return np.argsort(-at, kind="stable")


def _code(traffic: Traffic, page: str) -> int:
    code = traffic.asked.book.page.known(page)
    return -1 if code is None else code


def names_of(ids: set[int], user: User) -> dict[int, str]:
    """Names of the people among these whom the user may see."""
    found: dict[int, str] = {}
    listed: Sequence[int] = sorted(ids)
    for start in range(0, len(listed), _CHUNK):
        people: QuerySet[Person] = Person.objects.visible_to(user)
        rows = people.filter(pk__in=listed[start : start + _CHUNK])
        found |= {person.pk: person.name for person in rows.order_by()}
    return found
