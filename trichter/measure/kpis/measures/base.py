"""The contract of a measure, and the row it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce

from trichter.core.accounts.visibility import visible_people

from ..scope import Scope


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row behind a number. `actor`: person id, or minus the identity id of an unknown visitor.

    `count` is what the row adds to the measure: 1, or a sum in minor units.
    """

    at: datetime | date
    actor: int | None
    what: str
    detail: str = ""
    count: int = 1


class Measure(Protocol):
    """A countable thing. `total` always equals the sum of `count` over `rows`.

    money: the counts are minor units of the company's currency.
    """

    @property
    def money(self) -> bool: ...

    def total(self, scope: Scope) -> int:
        """The number for the whole period."""

    def size(self, scope: Scope) -> int:
        """How many rows there are."""

    def by_day(self, scope: Scope) -> dict[date, int]:
        """The number per company day, for sparklines; days without rows are missing."""

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        """The rows behind the number, newest first."""


def actor_of(path: str = "identity") -> Coalesce:
    """SQL of an event's actor: the linked person, else minus the identity."""
    anonymous = ExpressionWrapper(F(f"{path}_id") * -1, output_field=BigIntegerField())
    return Coalesce(F(f"{path}__link__person_id"), anonymous, output_field=BigIntegerField())


def visible(scope: Scope, *, path: str) -> Q:
    """Rows of people whom the asking user may see; unknown visitors belong to the company."""
    return Q() if scope.user is None else visible_people(user=scope.user, path=path)
