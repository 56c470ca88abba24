"""Reads of advertising costs."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from .models import AdCost


@dataclass(frozen=True, kw_only=True)
class CostTotal:
    """Sum of a set of costs in one currency, minor units."""

    currency: str
    cost: int
    impressions: int
    clicks: int


def totals(*, rows: QuerySet[AdCost]) -> list[CostTotal]:
    """One total per currency, the largest first; sums of different currencies are never added."""
    found = (
        rows.order_by()
        .values("currency")
        .annotate(total=Sum("cost"), seen=Sum("impressions"), clicked=Sum("clicks"))
        .order_by("-total", "currency")
    )
    return [
        CostTotal(
            currency=line["currency"],
            cost=line["total"],
            impressions=line["seen"] or 0,
            clicks=line["clicked"] or 0,
        )
        for line in found
    ]
