"""Where the money came from: first touch of each actor, next to what the source cost."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Sum

from trichter.attract.campaigns.models import AdCost
from trichter.core.events.conditions import EventMatch
from trichter.core.journal.models import Event
from trichter.core.lifecycle.queries import stage_entries
from trichter.measure.engine.columns import Rows

from .counting import I64
from .measures.base import visible
from .scope import Scope

_PERSON = "identity__link__person__"
_MONEY = {"deal.won": 1, "order.paid": 1, "order.refunded": -1}


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One source and medium ("" is “not set”): people and money of the period, by first touch.

    leads, customers: entered the stage in the period. revenue, cost in minor units of the company currency.
    """

    source: str
    medium: str
    visitors: int
    leads: int
    customers: int
    revenue: int
    cost: int


def _landings(scope: Scope) -> list[tuple[str, str, int]]:
    """How many actors came first from which source and medium in the period."""
    rows = scope.counting.select([EventMatch("page.viewed")], edges=scope.edges).rows
    counts = np.bincount(rows.touch[_firsts(rows)], minlength=1)
    touches = scope.counting.asked.book.touch.values
    return [(*touches[code][:2], int(counts[code])) for code in np.flatnonzero(counts)]


def _firsts(rows: Rows) -> I64:
    """Where the first row of each actor stands, by time and event."""
    order = np.argsort(rows.actor, kind="stable")
    actor, at, event = rows.actor[order], rows.at[order], rows.event[order]
    # As a rule the rows of an actor lie in order of time already, and sorting by actor is enough.
    later = (at[1:] > at[:-1]) | ((at[1:] == at[:-1]) & (event[1:] >= event[:-1]))
    if not np.all(later | (actor[1:] != actor[:-1])):
        order = np.lexsort((rows.event, rows.at, rows.actor))
        actor = rows.actor[order]
    begins = np.ones(len(actor), np.bool_)
    begins[1:] = actor[1:] != actor[:-1]
    return order[begins]


def sources_by_revenue(*, scope: Scope) -> list[SourceRow]:
    """Sources by won revenue, the best first.

    People are credited to the source of their first recorded touch; visitors to the source of the visit,
    since an unknown visitor has no other. Sums over all rows, “not set” included, equal the totals.
    """
    table: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    start, end = scope.bounds
    events = Event.objects.filter(visible(scope, path=_PERSON), at__gte=start, at__lt=end)

    for source, medium, count in _landings(scope):
        table[source, medium]["visitors"] += count

    for stage, column in (("lead", "leads"), ("customer", "customers")):
        entries = stage_entries(user=scope.user, stage=stage, start=start, end=end)
        people = entries.filter(backward=False, person__isnull=False).order_by()
        counted = people.values_list("person__source", "person__medium").annotate(
            n=Count("person", distinct=True)
        )
        for source, medium, count in counted:
            table[source, medium][column] += count

    money = events.filter(kind__in=_MONEY, currency=scope.currency).order_by()
    sums = money.values_list(f"{_PERSON}source", f"{_PERSON}medium", "kind").annotate(total=Sum("value"))
    for source, medium, kind, total in sums:
        table[source or "", medium or ""]["revenue"] += (total or 0) * _MONEY[kind]

    costs = AdCost.objects.filter(
        day__gte=scope.period.first_day, day__lte=scope.period.last_day, currency=scope.currency
    )
    for source, medium, total in costs.values_list("source", "medium").annotate(total=Sum("cost")).order_by():
        table[source, medium]["cost"] += total or 0

    rows = [
        SourceRow(
            source=source, medium=medium, visitors=cells["visitors"], leads=cells["leads"],
            customers=cells["customers"], revenue=cells["revenue"], cost=cells["cost"],
        )
        for (source, medium), cells in table.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.revenue, -row.customers, -row.leads, -row.visitors, row.source))
