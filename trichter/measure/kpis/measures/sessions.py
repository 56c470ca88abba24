"""Measures about whole visits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
from django.db.models import Count, Max, Min

from trichter.core.events.conditions import EventMatch
from trichter.core.journal.models import Event
from trichter.measure.engine.columns import NO_SESSION

from ..counting import I64, by_day
from ..scope import Scope
from .base import Row, actor_of, visible


def _visits(scope: Scope) -> Any:
    """One row per visit with a page view in the period: session, pages, first, last."""
    start, end = scope.bounds
    return (
        Event.objects.filter(
            visible(scope, path="identity__link__person__"),
            kind="page.viewed", session__isnull=False, at__gte=start, at__lt=end,
        )
        .values("session")
        .annotate(pages=Count("id"), first=Min("at"), last=Max("at"), newest=Max("id"))
    )  # fmt: skip


def _rows(visits: Any, counts: dict[int, int]) -> Iterable[Row]:
    events = Event.objects.filter(pk__in=list(counts)).annotate(actor=actor_of()).order_by("-at", "-id")
    for event in events:
        yield Row(
            at=event.at, actor=event.actor, what=event.page, detail=event.source, count=counts[event.pk]
        )


@dataclass(frozen=True)
class _Visits:
    """Visits by session: page views, first and last of them; one line per session, in no order."""

    pages: I64
    first: I64
    last: I64


_VIEW = EventMatch("page.viewed")


def _counted(scope: Scope) -> _Visits:
    rows = scope.counting.select([_VIEW], edges=scope.edges).rows
    rows = rows.take(rows.session != NO_SESSION)
    order = np.lexsort((rows.at, rows.session))
    session, at = rows.session[order], rows.at[order]
    begins = np.flatnonzero(np.concatenate([[True], session[1:] != session[:-1]])) if len(at) else order
    ends = np.append(begins[1:], len(at)) if len(at) else begins
    return _Visits(pages=ends - begins, first=at[begins], last=at[ends - 1])


@dataclass(frozen=True, kw_only=True)
class BounceMeasure:
    """Visits with exactly one page view."""

    money: ClassVar[bool] = False

    def total(self, scope: Scope) -> int:
        return int(np.count_nonzero(_counted(scope).pages == 1))

    size = total

    def by_day(self, scope: Scope) -> dict[date, int]:
        visits = _counted(scope)
        return by_day(visits.last[visits.pages == 1], edges=scope.edges, first=scope.period.first_day)

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        stop = None if limit is None else offset + limit
        visits = _visits(scope).filter(pages=1).order_by("-last", "-newest")[offset:stop]
        return _rows(visits, {visit["newest"]: 1 for visit in visits})


@dataclass(frozen=True, kw_only=True)
class DurationMeasure:
    """Whole seconds between the first and the last page view of each visit; a visit of one page counts 0."""

    money: ClassVar[bool] = False

    def total(self, scope: Scope) -> int:
        return int(self._seconds(_counted(scope)).sum())

    def size(self, scope: Scope) -> int:
        return len(_counted(scope).pages)

    def by_day(self, scope: Scope) -> dict[date, int]:
        visits = _counted(scope)
        return by_day(
            visits.last, edges=scope.edges, first=scope.period.first_day, weights=self._seconds(visits)
        )

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        stop = None if limit is None else offset + limit
        visits = _visits(scope).order_by("-last", "-newest")[offset:stop]
        seconds = {visit["newest"]: int((visit["last"] - visit["first"]).total_seconds()) for visit in visits}
        return _rows(visits, seconds)

    @staticmethod
    def _seconds(visits: _Visits) -> I64:
        return (visits.last - visits.first) // 1_000_000
