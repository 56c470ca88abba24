"""Reads of advertising costs."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from .models import AdCost, CampaignName
from .naming import Kind, tidy


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


def listed(*, kind: Kind) -> set[str]:
    """The names of this kind that the house has put on the list."""
    return set(CampaignName.objects.filter(kind=kind).values_list("name", flat=True))


@dataclass(frozen=True, kw_only=True)
class Misspelt:
    """A cost whose source or medium is spelled differently from the visits it belongs to."""

    row: AdCost
    source: str
    medium: str


def misspelt() -> list[Misspelt]:
    """Costs that `actions.repair` would change. Campaigns stay: the advertising platforms name them."""
    pairs = AdCost.objects.order_by().values_list("source", "medium").distinct()
    found: list[Misspelt] = []
    for source, medium in pairs:
        wanted = (tidy("source", source), tidy("medium", medium))
        if wanted != (source, medium):
            found += [
                Misspelt(row=row, source=wanted[0], medium=wanted[1])
                for row in AdCost.objects.filter(source=source, medium=medium).order_by("day", "pk")
            ]
    return found
