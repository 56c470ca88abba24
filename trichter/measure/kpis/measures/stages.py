"""Measures of the lifecycle: who entered a stage, and who went on to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
from django.db.models import F, Max, Min, Q, QuerySet
from django.utils.translation import gettext

from trichter.core.lifecycle.queries import stage_entries

from ..counting import I64, Spans, by_day, entered
from ..scope import Scope
from .base import Row


def _entries(scope: Scope) -> QuerySet[Any]:
    """Stage entries of the period, moves back left out, in no order."""
    start, end = scope.bounds
    return stage_entries(user=scope.user, start=start, end=end).filter(backward=False).order_by()


def _spans(scope: Scope, stage: str) -> Spans:
    """The actors who entered the stage in the period, as the engine tells it."""
    return scope.counting.spans(entered(stage), edges=scope.edges)


class _PerActor:
    """Counts each actor once, at his first entry of the period."""

    money: ClassVar[bool] = False

    def actors(self, scope: Scope) -> QuerySet[Any]:
        """One row per actor: `actor`, `first` (when) and `entry` (the id of it)."""
        raise NotImplementedError

    def firsts(self, scope: Scope) -> I64:
        """When each actor entered first, as the engine tells it."""
        raise NotImplementedError

    def total(self, scope: Scope) -> int:
        return len(self.firsts(scope))

    size = total

    def by_day(self, scope: Scope) -> dict[date, int]:
        return by_day(self.firsts(scope), edges=scope.edges, first=scope.period.first_day)

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        stop = None if limit is None else offset + limit
        for row in self.actors(scope).order_by("-first", "-entry")[offset:stop]:
            yield Row(at=row["first"], actor=row["actor"], what=gettext("entered the stage"))


@dataclass(frozen=True, kw_only=True)
class StageMeasure(_PerActor):
    """Actors who entered `stage` in the period."""

    stage: str

    def firsts(self, scope: Scope) -> I64:
        return _spans(scope, self.stage).first

    def actors(self, scope: Scope) -> QuerySet[Any]:
        entries = _entries(scope).filter(stage__key=self.stage)
        found: QuerySet[Any] = entries.values("actor").annotate(first=Min("at"), entry=Min("id"))
        return found


@dataclass(frozen=True, kw_only=True)
class StageConversion(_PerActor):
    """Actors who entered `stage` in the period and, at the same moment or later in it, `then`.

    Both entries lie within the period, so that a period and the one before are watched equally long. Some
    entry of `then` follows some of `stage` exactly when the last one of `then` follows the first of `stage`.
    """

    stage: str
    then: str

    def firsts(self, scope: Scope) -> I64:
        one, other = _spans(scope, self.stage), _spans(scope, self.then)
        _both, here, there = np.intersect1d(one.actor, other.actor, assume_unique=True, return_indices=True)
        first: I64 = one.first[here]
        return first[other.last[there] >= first]

    def actors(self, scope: Scope) -> QuerySet[Any]:
        here, there = Q(stage__key=self.stage), Q(stage__key=self.then)
        actors = _entries(scope).filter(here | there).values("actor")
        spans: QuerySet[Any] = actors.annotate(
            first=Min("at", filter=here), entry=Min("id", filter=here), last=Max("at", filter=there)
        )
        return spans.filter(last__gte=F("first"))
