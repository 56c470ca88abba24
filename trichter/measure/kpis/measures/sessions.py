"""Measures about whole visits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Count, Max, Min

from trichter.core.journal.models import Event

from ..scope import Scope
from .base import Row, actor_of, per_day, visible


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


@dataclass(frozen=True, kw_only=True)
class BounceMeasure:
    """Visits with exactly one page view."""

    money: ClassVar[bool] = False

    def total(self, scope: Scope) -> int:
        return int(_visits(scope).filter(pages=1).count())

    size = total

    def by_day(self, scope: Scope) -> dict[date, int]:
        return per_day(
            scope, ((at, 1) for at in _visits(scope).filter(pages=1).values_list("last", flat=True))
        )

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        stop = None if limit is None else offset + limit
        visits = _visits(scope).filter(pages=1).order_by("-last", "-newest")[offset:stop]
        return _rows(visits, {visit["newest"]: 1 for visit in visits})


@dataclass(frozen=True, kw_only=True)
class DurationMeasure:
    """Seconds between the first and the last page view of each visit; a visit of one page counts 0."""

    money: ClassVar[bool] = False

    def total(self, scope: Scope) -> int:
        return sum(self._seconds(visit) for visit in _visits(scope).filter(pages__gt=1))

    def size(self, scope: Scope) -> int:
        return int(_visits(scope).count())

    def by_day(self, scope: Scope) -> dict[date, int]:
        return per_day(
            scope, ((visit["last"], self._seconds(visit)) for visit in _visits(scope).filter(pages__gt=1))
        )

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        stop = None if limit is None else offset + limit
        visits = _visits(scope).order_by("-last", "-newest")[offset:stop]
        return _rows(visits, {visit["newest"]: self._seconds(visit) for visit in visits})

    @staticmethod
    def _seconds(visit: dict[str, Any]) -> int:
        return int((visit["last"] - visit["first"]).total_seconds())
