"""Measures of the lifecycle: who entered a stage, and who went on to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from trichter.core.lifecycle.models import Transition

from ..scope import Scope
from .base import Row, per_day, visible


def _actor() -> Coalesce:
    anonymous = ExpressionWrapper(F("identity_id") * -1, output_field=BigIntegerField())
    return Coalesce(F("person_id"), anonymous, output_field=BigIntegerField())


def _entries(scope: Scope, *, stage: str) -> QuerySet[Any]:
    start, end = scope.bounds
    return (
        Transition.objects.filter(
            visible(scope, path="person__"), stage__key=stage, backward=False, at__gte=start, at__lt=end
        )
        .annotate(actor=_actor())
        .order_by()
    )


class _PerActor:
    """Counts each actor once, at his first entry of the period."""

    def entries(self, scope: Scope) -> QuerySet[Any]:
        raise NotImplementedError

    def total(self, scope: Scope) -> int:
        return self.entries(scope).values("actor").distinct().count()

    def by_day(self, scope: Scope) -> dict[date, int]:
        firsts = self.entries(scope).values("actor").annotate(first=Min("at")).values_list("first", flat=True)
        return per_day(scope, ((at, 1) for at in firsts))

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        stop = None if limit is None else offset + limit
        first: QuerySet[Any] = self.entries(scope).values("actor").annotate(first=Min("at"), entry=Min("id"))
        for row in first.order_by("-first", "-entry")[offset:stop]:
            yield Row(at=row["first"], actor=row["actor"], what=gettext("entered the stage"))


@dataclass(frozen=True, kw_only=True)
class StageMeasure(_PerActor):
    """Actors who entered `stage` in the period."""

    stage: str

    def entries(self, scope: Scope) -> QuerySet[Any]:
        return _entries(scope, stage=self.stage)


@dataclass(frozen=True, kw_only=True)
class StageConversion(_PerActor):
    """Actors who entered `stage` in the period and, at the same moment or later in it, `then`.

    Both entries lie within the period, so that a period and the one before are watched equally long.
    """

    stage: str
    then: str

    def entries(self, scope: Scope) -> QuerySet[Any]:
        _start, end = scope.bounds
        later = Transition.objects.filter(
            stage__key=self.then, backward=False, at__gte=OuterRef("at"), at__lt=end
        )
        same_person = Exists(later.filter(person=OuterRef("person")))
        same_visitor = Exists(later.filter(identity=OuterRef("identity")))
        return _entries(scope, stage=self.stage).filter(same_person | same_visitor)
