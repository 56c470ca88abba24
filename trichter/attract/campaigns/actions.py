"""Writes of the campaigns: names on the list, and old costs under one spelling."""

from django.db import transaction

from .models import AdCost, CampaignName
from .naming import Kind
from .queries import misspelt


@transaction.atomic
def add_names(*, names: dict[Kind, str]) -> None:
    """Put names on the list; those that are on it already stay as they are."""
    for kind, name in names.items():
        if name:
            CampaignName.objects.get_or_create(kind=kind, name=name)


@transaction.atomic
def repair() -> int:
    """Give every cost the house's spelling of source and medium. Returns how many were changed.

    Two costs of one day that become the same one are added up; nothing is lost.
    """
    changed = 0
    for one in misspelt():
        row = AdCost.objects.select_for_update().get(pk=one.row.pk)
        other = (
            AdCost.objects.select_for_update()
            .filter(
                day=row.day, source=one.source, medium=one.medium, campaign=row.campaign,
                currency=row.currency,
            )
            .exclude(pk=row.pk)
            .first()
        )  # fmt: skip
        if other is None:
            row.source, row.medium = one.source, one.medium
            row.save(update_fields=["source", "medium"])
        else:
            other.cost += row.cost
            other.impressions = _sum(other.impressions, row.impressions)
            other.clicks = _sum(other.clicks, row.clicks)
            other.save(update_fields=["cost", "impressions", "clicks"])
            row.delete()
        changed += 1
    return changed


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
