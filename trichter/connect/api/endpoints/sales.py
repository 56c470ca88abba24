"""Deals and orders."""

from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Status

from trichter.close.orders.models import Order
from trichter.close.pipeline.actions import DealError, lose_deal, reopen_deal, win_deal
from trichter.close.pipeline.models import Deal, Pipeline
from trichter.close.pipeline.views.deals import Deals
from trichter.core.accounts import tokens
from trichter.core.accounts.models import User
from trichter.core.shell.fields import plain
from trichter.core.shell.queries import installation

from ..auth import caller
from ..inputs import DealChange, DealIn
from ..paging import Id, Moment, Page, by_id
from ..replies import CHANGE, LIST, RECORD, WRITE
from ..schemas import DealOut, Listed, OrderOut
from ..writing import refuse, save

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


@router.post("/deals", response={201: DealOut, **WRITE}, operation_id="create_deal")
def create_deal(request: HttpRequest, body: DealIn) -> Status[Any]:
    """Open a deal; with `status` won or lost it is closed at once."""
    user = caller(request, "pipeline.view_deal", "pipeline.add_deal", scope=tokens.WRITE)
    return Status(201, _write(user=user, body=body))


@router.patch("/deals/{deal_id}", response={200: DealOut, **CHANGE}, operation_id="change_deal")
def change_deal(request: HttpRequest, deal_id: Id, body: DealChange) -> Deal:
    """Change, move, win, lose or reopen a deal. Each is told in the journal, as if done by hand."""
    user = caller(request, "pipeline.view_deal", "pipeline.change_deal", scope=tokens.WRITE)
    return _write(user=user, body=body, deal=get_object_or_404(Deal.objects.visible_to(user), pk=deal_id))


@transaction.atomic
def _write(*, user: User, body: DealChange, deal: Deal | None = None) -> Deal:
    values = body.given()
    status, reason = values.pop("status", None), values.pop("lost_reason", None) or ""
    if status == "lost" and not reason.strip():
        refuse("lost_reason", "A deal is lost for a reason.")
    try:
        if deal is not None and status == "open" and deal.status != Deal.Status.OPEN:
            reopen_deal(deal=deal, at=timezone.now(), by=user)
        if deal is None or values:
            deal = save(resource=Deals.get(), user=user, obj=deal, values=_values(values, deal=deal))
        if status == "won" and deal.status != status:
            win_deal(deal=deal, at=timezone.now(), by=user)
        elif status == "lost" and deal.status != status:
            lose_deal(deal=deal, reason=reason, at=timezone.now(), by=user)
    except DealError as error:
        refuse("status", str(error))
    found: Deal = Deal.objects.select_related("pipeline", "stage").get(pk=deal.pk)
    return found


def _values(given: dict[str, Any], *, deal: Deal | None) -> dict[str, Any]:
    """As the form knows them: names as ids, sums in major units."""
    values = dict(given)
    pipeline = deal.pipeline if deal is not None else _pipeline(values.pop("pipeline", None))
    if deal is None:
        values["pipeline"] = pipeline.pk
        values.setdefault("currency", installation().currency)
    if values.get("stage"):
        stage = pipeline.stages.filter(name=values["stage"]).first()
        if stage is None:
            refuse("stage", f"The pipeline “{pipeline}” has no such stage.")
        values["stage"] = stage.pk
    for name in ("person", "company"):
        if values.get(name) is not None:
            values[name] = f"#{values[name]}"
    if values.get("amount") is not None:
        currency = values.get("currency") or (deal.currency if deal else installation().currency)
        values["amount"] = plain(minor=values["amount"], currency=currency)
    return values


def _pipeline(name: str | None) -> Pipeline:
    rows = Pipeline.objects.order_by("pk")
    found = rows.filter(name=name).first() if name else rows.first()
    if found is None:
        refuse("pipeline", "There is no such pipeline." if name else "Make a pipeline first.")
    return found


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
