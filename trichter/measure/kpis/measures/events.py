"""Measures that count events, the actors or visits behind them, or sum their value."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
from django.db.models import Max, Q, QuerySet
from django.db.models.fields.json import KT

from trichter.core.events.conditions import Condition, EventMatch
from trichter.core.journal.models import Event
from trichter.core.people.headlines import headline
from trichter.measure.engine.columns import NO_SESSION, Rows

from ..counting import I64, by_day, latest
from ..scope import Scope
from .base import Row, actor_of, visible

Distinct = Literal["event", "actor", "visit", "mailing"]
_KEYS: dict[Distinct, tuple[str, ...]] = {
    "event": ("id",), "actor": ("actor",), "visit": ("session",), "mailing": ("identity_id", "mailing"),
}  # fmt: skip
_HUMAN = Condition("data.machine", "is_not", True)


@dataclass(frozen=True, kw_only=True)
class EventMeasure:
    """Events of `kinds`, counted once per `distinct`; with `human` those that no machine caused.

    money: sum the value in the company's currency instead of counting; kinds in `negative` are subtracted.
    own_currency: count only events in the company's currency, as a sum does; other currencies are never
    converted or added.
    """

    kinds: tuple[str, ...]
    distinct: Distinct = "event"
    human: bool = False
    money: bool = False
    own_currency: bool = False
    negative: tuple[str, ...] = ()

    def _matches(self, scope: Scope) -> list[EventMatch]:
        where: list[Condition] = [_HUMAN] if self.human else []
        if self.money or self.own_currency:
            where.append(Condition("currency", "is", scope.currency))
        return [EventMatch(kind, tuple(where)) for kind in self.kinds]

    def _counted(self, scope: Scope) -> tuple[I64, I64 | None]:
        """When each thing that counts happened last, and what it adds (None: 1)."""
        found = scope.counting.select(self._matches(scope), edges=scope.edges)
        rows = found.rows
        if self.money:
            values = scope.counting.asked.book.worth.values
            amount = np.array([value or 0 for value, _currency in values], np.int64)[rows.worth]
            bits = [number for number, kind in enumerate(self.kinds) if kind in self.negative]
            minus = sum(((found.mask >> bit) & 1 for bit in bits), np.zeros(len(found), np.uint32))
            return rows.at, np.where(minus > 0, -amount, amount)
        if self.distinct == "event":
            return rows.at, None
        if self.distinct == "visit":
            rows = rows.take(rows.session != NO_SESSION)
            return latest(rows.at, rows.session), None
        if self.distinct == "actor":
            return latest(rows.at, rows.actor), None
        return latest(rows.at, self._mailings(scope, rows), rows.identity.astype(np.int64)), None

    def _mailings(self, scope: Scope, rows: Rows) -> I64:
        """A number for each mailing the rows are about."""
        names: dict[str | None, int] = {}
        facts = scope.counting.asked.book.facts.values
        codes, place = np.unique(rows.facts, return_inverse=True)
        mailings = [json.loads(facts[code][1]).get("mailing") for code in codes.tolist()]
        numbers = np.array([names.setdefault(one, len(names)) for one in mailings], np.int64)
        return numbers[place] if len(rows) else numbers

    def total(self, scope: Scope) -> int:
        at, amount = self._counted(scope)
        return len(at) if amount is None else int(amount.sum())

    def size(self, scope: Scope) -> int:
        return len(self._counted(scope)[0])

    def by_day(self, scope: Scope) -> dict[date, int]:
        at, amount = self._counted(scope)
        return by_day(at, edges=scope.edges, first=scope.period.first_day, weights=amount)

    def events(self, scope: Scope) -> QuerySet[Event]:
        """The events in question, in no particular order."""
        start, end = scope.bounds
        found = Event.objects.filter(
            visible(scope, path="identity__link__person__"),
            ~Q(data__machine=True) if self.human else Q(),
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
