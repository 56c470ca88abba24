"""Where the money came from: first touch of each actor, next to what the source cost."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Sum

from trichter.attract.campaigns.models import AdCost
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import Transition
from trichter.core.people.models import Person

from .measures.base import actor_of, visible
from .scope import Scope

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


def sources_by_revenue(*, scope: Scope) -> list[SourceRow]:
    """Sources by won revenue, the best first.

    People are credited to the source of their first recorded touch; visitors to the source of the visit,
    since an unknown visitor has no other. Sums over all rows, “not set” included, equal the totals.
    """
    table: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    start, end = scope.bounds
    events = Event.objects.filter(visible(scope, path="identity__link__person__"), at__gte=start, at__lt=end)

    views = events.filter(kind="page.viewed").annotate(actor=actor_of())
    seen: set[int] = set()
    for actor, source, medium in (
        views.order_by("at", "id").values_list("actor", "source", "medium").iterator()
    ):
        if actor not in seen:
            seen.add(actor)
            table[source, medium]["visitors"] += 1

    origins = _origins(scope)
    for stage, column in (("lead", "leads"), ("customer", "customers")):
        entries = Transition.objects.filter(
            visible(scope, path="person__"), stage__key=stage, backward=False, at__gte=start, at__lt=end
        )
        for person in entries.values_list("person", flat=True).distinct():
            table[origins(person)][column] += 1

    money = events.filter(kind__in=_MONEY, currency=scope.currency)
    sums = money.values_list("identity__link__person", "kind").annotate(total=Sum("value")).order_by()
    for person, kind, total in sums:
        table[origins(person)]["revenue"] += (total or 0) * _MONEY[kind]

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


def _origins(scope: Scope) -> Callable[[int | None], tuple[str, str]]:
    known = {
        pk: (source, medium) for pk, source, medium in Person.objects.values_list("pk", "source", "medium")
    }
    return lambda person: known.get(person, ("", "")) if person is not None else ("", "")
