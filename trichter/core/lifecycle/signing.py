"""Versions that marketing and sales agree on: score models and service level agreements.

Such a version has a `number`, may be `planned_for` a moment, and takes effect (`effective_from`) when both
sides have signed it: `marketing_by` and `marketing_at`, `sales_by` and `sales_at`.
"""

from datetime import datetime
from typing import Any, Literal, TypeVar

from django.db import models
from django.utils import timezone

from trichter.core.accounts.models import User

from .errors import AlreadyInForce, AlreadySigned, InThePast, SameColleague

Side = Literal["marketing", "sales"]
SIDES: tuple[Side, Side] = "marketing", "sales"
Version = TypeVar("Version", bound=models.Model)


def next_number(kind: type[models.Model]) -> int:
    """The number of the next version; call it inside a transaction."""
    numbers = kind._default_manager.select_for_update().values_list("number", flat=True)
    return 1 + max(numbers, default=0)


def check_plan(planned_for: datetime | None, *, now: datetime | None = None) -> None:
    """Raises InThePast."""
    if planned_for is not None and planned_for < (now or timezone.now()):
        raise InThePast


def proposal(version: Version) -> Version:
    """The version as it is stored, held until the transaction ends. Raises AlreadyInForce."""
    found: Any = type(version)._default_manager.select_for_update(of=("self",)).get(pk=version.pk)
    if found.effective_from is not None:
        raise AlreadyInForce
    return found  # type: ignore[no-any-return]


def put_name(version: models.Model, *, side: Side, by: User, at: datetime) -> bool:
    """Sign a proposal for one side; whether both have signed now.

    Raises AlreadySigned, SameColleague: one person cannot stand for both.
    """
    marketing, sales = SIDES
    if getattr(version, f"{side}_at") is not None:
        raise AlreadySigned
    if getattr(version, f"{sales if side == marketing else marketing}_by_id") == by.pk:
        raise SameColleague
    setattr(version, f"{side}_by", by)
    setattr(version, f"{side}_at", at)
    version.save(update_fields=[f"{side}_by", f"{side}_at"])
    return all(getattr(version, f"{one}_at") is not None for one in SIDES)
