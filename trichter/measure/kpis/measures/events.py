"""Measures that count events, the actors or visits behind them, or sum their value."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.db.models import Max, Q, QuerySet, Sum
from django.db.models.fields.json import KT

from trichter.core.journal.models import Event
from trichter.core.people.headlines import headline

from ..scope import Scope
from .base import Row, actor_of, per_day, visible

Distinct = Literal["event", "actor", "visit", "mailing"]
_KEYS: dict[Distinct, tuple[str, ...]] = {
    "event": ("id",), "actor": ("actor",), "visit": ("session",), "mailing": ("identity_id", "mailing"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EventMeasure:
    """Events of `kinds` that fulfil `where`, counted once per `distinct`.

    money: sum the value in the company's currency instead of counting; kinds in `negative` are subtracted.
    own_currency: count only events in the company's currency, as a sum does; other currencies are never
    converted or added.
    """

    kinds: tuple[str, ...]
    distinct: Distinct = "event"
    where: Q = field(default_factory=Q)
    money: bool = False
    own_currency: bool = False
    negative: tuple[str, ...] = ()

    def events(self, scope: Scope) -> QuerySet[Event]:
        """The events in question, in no particular order."""
        start, end = scope.bounds
        found = Event.objects.filter(
            visible(scope, path="identity__link__person__"),
            self.where,
            kind__in=self.kinds,
            at__gte=start,
            at__lt=end,
        )
        if self.money or self.own_currency:
            found = found.filter(currency=scope.currency)
        if self.distinct == "visit":
            found = found.filter(session__isnull=False)
        if self.distinct == "mailing":
            found = found.annotate(mailing=KT("data__mailing"))
        return found.annotate(actor=actor_of()) if self.distinct == "actor" else found

    def total(self, scope: Scope) -> int:
        events = self.events(scope)
        if self.money:
            sums: Any = events.values_list("kind").annotate(sum=Sum("value"))
            return sum(-(value or 0) if kind in self.negative else (value or 0) for kind, value in sums)
        if self.distinct == "event":
            return events.count()
        return int(events.values(*_KEYS[self.distinct]).distinct().count())

    def size(self, scope: Scope) -> int:
        return self.events(scope).count() if self.money else self.total(scope)

    def by_day(self, scope: Scope) -> dict[date, int]:
        events = self.events(scope)
        if self.money:
            pairs = events.values_list("at", "kind", "value")
            return per_day(
                scope,
                ((at, -(value or 0) if kind in self.negative else (value or 0)) for at, kind, value in pairs),
            )
        if self.distinct == "event":
            return per_day(scope, ((at, 1) for at in events.values_list("at", flat=True)))
        latest = events.values(*_KEYS[self.distinct]).annotate(last=Max("at")).values_list("last", flat=True)
        return per_day(scope, ((at, 1) for at in latest))

    def rows(self, scope: Scope, *, offset: int = 0, limit: int | None = None) -> Iterable[Row]:
        events = self.events(scope).annotate(actor=actor_of())
        stop = None if limit is None else offset + limit
        if self.distinct in ("event",) or self.money:
            picked = events.order_by("-at", "-id")[offset:stop]
        else:
            newest = events.values(*_KEYS[self.distinct]).annotate(newest=Max("id")).values("newest")
            picked = (
                Event.objects.filter(pk__in=newest)
                .annotate(actor=actor_of())
                .order_by("-at", "-id")[offset:stop]
            )
        for event in picked:
            yield self._row(event)

    def _row(self, event: Any) -> Row:
        value = event.value or 0
        count = (-value if event.kind in self.negative else value) if self.money else 1
        return Row(
            at=event.at, actor=event.actor, what=headline(event, stages={}), detail=event.page, count=count
        )
