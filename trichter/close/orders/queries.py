"""Reads of orders."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from .models import Order


@dataclass(frozen=True, kw_only=True)
class OrderTotal:
    """Sum of a set of orders in one currency, minor units; `paid` is what came in and stayed."""

    currency: str
    ordered: int
    paid: int


def orders(*, user: Any) -> QuerySet[Order]:
    """The orders this user may see."""
    found: QuerySet[Order] = Order.objects.visible_to(user)
    return found


def totals(*, rows: QuerySet[Any]) -> list[OrderTotal]:
    """One total per currency, the largest first; sums of different currencies are never added."""
    ordered: dict[str, list[int]] = {}
    for line in (
        rows.order_by().values("currency", "status").annotate(total_=Sum("total"), back=Sum("refunded"))
    ):
        both = ordered.setdefault(line["currency"], [0, 0])
        if line["status"] != Order.Status.CANCELLED:
            both[0] += line["total_"]
        if line["status"] in (Order.Status.PAID, Order.Status.REFUNDED):
            both[1] += line["total_"] - line["back"]
    found = [
        OrderTotal(currency=currency, ordered=both[0], paid=both[1]) for currency, both in ordered.items()
    ]
    return sorted(found, key=lambda one: (-one.ordered, one.currency))
