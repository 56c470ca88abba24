"""Companies that belong to companies. Walks stop at a company met before, so that a loop cannot hold them."""

from .models import Company

DEEPEST = 20
"""Levels that are followed; no group of companies has as many."""


def above(company: int | None) -> list[int]:
    """The company's id and the ids of all above it, nearest first."""
    found: list[int] = []
    while company is not None and company not in found:
        found.append(company)
        company = Company.objects.filter(pk=company).values_list("parent_id", flat=True).first()
    return found


def below(company: int) -> list[int]:
    """The company's id and the ids of all living companies below it, one query a level."""
    found, level = [company], [company]
    for _level in range(DEEPEST):
        rows = Company.objects.filter(parent_id__in=level, merged_into=None).order_by("pk")
        level = [pk for pk in rows.values_list("pk", flat=True) if pk not in found]
        if not level:
            break
        found += level
    return found
