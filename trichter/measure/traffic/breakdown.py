"""A table of visits by one dimension: rows, order, search."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from .dimensions import label_of, split
from .figures import Figures, grouped
from .visits import Traffic

SORTS: Final[dict[str, Callable[["Row"], Any]]] = {
    "label": lambda row: row.label.casefold(),
    "visitors": lambda row: row.figures.visitors,
    "visits": lambda row: row.figures.visits,
    "views": lambda row: row.figures.views,
    # By what is shown: a row with too few cases for a rate comes after all that have one.
    "bounce": lambda row: row.figures.bounce.share if row.figures.bounce.enough else -1.0,
    "seconds": lambda row: row.figures.seconds or 0.0,
    "converted": lambda row: row.figures.converted,
    "conversion": lambda row: row.figures.conversion.share if row.figures.conversion.enough else -1.0,
    "amount": lambda row: row.figures.amount,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One value of the dimension; `value` "" is “not set”."""

    value: str
    label: str
    figures: Figures


def rows_of(traffic: Traffic, *, dimension: str) -> list[Row]:
    """All values, the most visits first. Visits, page views, bounces, goals and revenue add up to the whole.

    Visitors need not: somebody who came by two sources is in two rows.
    """
    values, group = split(traffic, dimension)
    found = [
        Row(value=value, label=label_of(dimension, value), figures=one)
        for value, one in zip(values, grouped(traffic, group=group, groups=len(values)), strict=True)
    ]
    return sorted(found, key=lambda row: (-row.figures.visits, row.value))


def sorted_rows(rows: list[Row], *, by: str) -> list[Row]:
    """By one of `SORTS`, a minus in front turns it round; the given order for anything else."""
    key = SORTS.get(by.removeprefix("-"))
    return rows if key is None else sorted(rows, key=key, reverse=by.startswith("-"))


def searched(rows: list[Row], *, text: str) -> list[Row]:
    """Those in whose label every word occurs."""
    words = text.casefold().split()
    return [row for row in rows if all(word in row.label.casefold() for word in words)]
