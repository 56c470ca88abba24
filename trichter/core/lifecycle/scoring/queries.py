"""Reads of the score: versions, the matrix, the lists behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.accounts.visibility import visible_people

from ..models import ScoreCheck, ScoreVersion, Standing
from .model import GRADES

BANDS: tuple[int | None, ...] = (None, 1, 20, 40, 60, 80)
"""Lower ends of the bands of behaviour points; None: everything below the next."""


def versions() -> list[ScoreVersion]:
    """All versions, newest first."""
    return list(
        ScoreVersion.objects.select_related(
            "created_by", "marketing_by", "sales_by", "switched_on_by"
        ).order_by("-number")
    )


def current(*, now: datetime | None = None) -> ScoreVersion | None:
    """The version in force."""
    found = ScoreVersion.objects.filter(effective_from__lte=now or timezone.now())
    return found.order_by("-effective_from").first()


def last_check() -> ScoreCheck | None:
    """The newest nightly comparison."""
    return ScoreCheck.objects.order_by("-at", "-id").first()


def in_band(*, number: int) -> Q:
    """The condition of a band."""
    low, high = BANDS[number], BANDS[number + 1] if number + 1 < len(BANDS) else None
    found = Q() if low is None else Q(behaviour__gte=low)
    return found if high is None else found & Q(behaviour__lt=high)


def band_label(*, number: int) -> str:
    """`40–59`, `80+`, `≤ 0`."""
    low, high = BANDS[number], BANDS[number + 1] if number + 1 < len(BANDS) else None
    if low is None:
        return f"≤ {(high or 0) - 1}"
    return f"{low}+" if high is None else f"{low}–{high - 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A field of the matrix."""

    grade: str
    band: int
    people: int


def _seen(user: User) -> QuerySet[Any]:
    rows: Any = Standing.objects.filter(visible_people(user=user, path="person__"), person__merged_into=None)
    return rows  # type: ignore[no-any-return]


def matrix(*, user: User) -> Sequence[tuple[str, Sequence[Cell]]]:
    """By grade a row of cells, one per band; people as far as the user may see them."""
    band = Case(
        *(When(in_band(number=number), then=Value(number)) for number in range(len(BANDS))),
        default=Value(0), output_field=IntegerField(),
    )  # fmt: skip
    rows = _seen(user).annotate(band=band).order_by().values_list("grade", "band").annotate(n=Count("id"))
    counts = {(grade, number): n for grade, number, n in rows}
    return [
        (grade, [Cell(grade=grade, band=n, people=counts.get((grade, n), 0)) for n in range(len(BANDS))])
        for grade in GRADES
    ]


def standings(*, user: User, grade: str = "", band: int | None = None) -> QuerySet[Any]:
    """The rows behind a field of the matrix, the highest first."""
    rows = _seen(user)
    if grade:
        rows = rows.filter(grade=grade)
    if band is not None:
        rows = rows.filter(in_band(number=band))
    return rows.select_related("person", "person__company", "person__owner").order_by(
        "grade", "-behaviour", "id"
    )
