"""Deals and orders."""

from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from trichter.close.orders.models import Order
from trichter.close.pipeline.models import Deal

from ..auth import caller
from ..paging import Id, Moment, Page, by_id
from ..replies import LIST, RECORD
from ..schemas import DealOut, Listed, OrderOut

router = Router(tags=["Sales"])


@router.get("/deals", response={200: Listed[DealOut], **LIST}, operation_id="list_deals")
def list_deals(
    request: HttpRequest,
    paging: Page,
    status: Literal["open", "won", "lost"] | None = None,
    person: Id | None = None,
    company: Id | None = None,
    opened_since: Moment | None = None,
) -> dict[str, Any]:
    """Deals this token's user may see."""
    user = caller(request, "pipeline.view_deal")
    rows = Deal.objects.visible_to(user).select_related("pipeline", "stage")
    wanted = {"status": status, "person": person, "company": company, "opened_at__gte": opened_since}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return by_id(rows=rows, paging=paging)


@router.get("/deals/{deal_id}", response={200: DealOut, **RECORD}, operation_id="get_deal")
def get_deal(request: HttpRequest, deal_id: Id) -> Any:
    """One deal."""
    user = caller(request, "pipeline.view_deal")
    return get_object_or_404(Deal.objects.visible_to(user).select_related("pipeline", "stage"), pk=deal_id)


@router.get("/orders", response={200: Listed[OrderOut], **LIST}, operation_id="list_orders")
def list_orders(
    request: HttpRequest,
    paging: Page,
    status: Literal["placed", "paid", "refunded", "cancelled"] | None = None,
    person: Id | None = None,
    company: Id | None = None,
    placed_since: Moment | None = None,
) -> dict[str, Any]:
    """Orders this token's user may see."""
    user = caller(request, "orders.view_order")
    wanted = {"status": status, "person": person, "company": company, "placed_at__gte": placed_since}
    rows = Order.objects.visible_to(user)
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return by_id(rows=rows, paging=paging)


@router.get("/orders/{order_id}", response={200: OrderOut, **RECORD}, operation_id="get_order")
def get_order(request: HttpRequest, order_id: Id) -> Any:
    """One order."""
    user = caller(request, "orders.view_order")
    return get_object_or_404(Order.objects.visible_to(user), pk=order_id)
