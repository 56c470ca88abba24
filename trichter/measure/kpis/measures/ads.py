"""Measures of advertising: cost, impressions, clicks from the ad cost table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import QuerySet, Sum

from trichter.attract.campaigns.models import AdCost

from ..scope import Scope
from .base import Row


@dataclass(frozen=True, kw_only=True)
class AdMeasure:
    """Sum of one column over the days of the period; costs only in the company's currency."""

    column: Literal["cost", "impressions", "clicks"]

    @property
    def money(self) -> bool:
        return self.column == "cost"

    def costs(self, scope: Scope) -> QuerySet[AdCost]:
        """The cost rows of the period."""
        found = AdCost.objects.filter(day__gte=scope.period.first_day, day__lte=scope.period.last_day)
        return found.filter(currency=scope.currency) if self.column == "cost" else found

    def total(self, scope: Scope) -> int:
        return self.costs(scope).aggregate(total=Sum(self.column))["total"] or 0

    def size(self, scope: Scope) -> int:
        return self.costs(scope).count()

    def by_day(self, scope: Scope) -> dict[date, int]:
        pairs = self.costs(scope).values_list("day").annotate(total=Sum(self.column)).order_by("day")
        return {day: total or 0 for day, total in pairs}

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        stop = None if limit is None else offset + limit
        for cost in self.costs(scope).order_by("-day", "-id")[offset:stop]:
            what = f"{cost.source} / {cost.medium}" if cost.medium else cost.source
            yield Row(
                at=cost.day,
                actor=None,
                what=what,
                detail=cost.campaign,
                count=getattr(cost, self.column) or 0,
            )
