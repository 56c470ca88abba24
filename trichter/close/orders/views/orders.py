"""The list of orders and an order's page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell import cells
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import amount, choice, days, period, text
from trichter.core.shell.links import url_or_nothing
from trichter.core.shell.resource import Action, BuiltinView, Resource

from ..actions import OrderError, place_order
from ..forms import OrderForm
from ..models import Order
from ..queries import totals


class Orders(Resource):
    """Orders, placed, paid, refunded or cancelled."""

    model = Order
    path = "orders/"
    icon = "shopping-cart"
    columns = (
        Column(name="number", lead=True),
        Column(name="person", url=lambda row: url_or_nothing("people:person_detail", row.person_id)),
        Column(name="company", url=lambda row: url_or_nothing("people:company_detail", row.company_id)),
        Column(name="product"),
        Column(
            name="status",
            kind="badge",
            tones={"placed": "blue", "paid": "green", "refunded": "orange", "cancelled": ""},
        ),
        Column(name="placed_at", kind="time"),
        Column(name="paid_at", kind="time", shown=False),
        Column(name="refunded_at", kind="time", shown=False),
        Column(name="coupon", shown=False),
        Column(name="refunded", kind="money", shown=False),
        Column(name="total", kind="money"),
        Column(name="currency", shown=False),
    )
    select = ("person", "company")
    search = (
        "number",
        "product",
        "person__first_name",
        "person__last_name",
        "person__email",
        "company__name",
    )
    search_hint = gettext_lazy("Number, person, company or product …")
    order = "-placed_at"
    filters = {
        "status": choice(),
        "placed": period(field="placed_at", label=gettext_lazy("Placed")),
        "product": text(),
        "placed_at": days(),
        "coupon": text(),
        "total": amount(),
    }
    filters_shown = 3
    views = (
        BuiltinView(key="unpaid", label=gettext_lazy("Unpaid"), query="status=placed"),
        BuiltinView(key="month", label=gettext_lazy("This month"), query="placed=this_month"),
    )
    form = OrderForm
    may_delete = False
    properties = tuple(column for column in columns if column.name not in ("number", "currency"))
    export_permission = "orders.export_order"
    empty_text = gettext_lazy("Import the orders of your shop or till, or enter the first one by hand.")

    def form_kwargs(self, *, user: Any, obj: Any | None) -> dict[str, Any]:
        """The form offers only what the user may see."""
        return {"user": user}

    def save(self, *, form: Any, user: Any) -> Any:
        """A new order is placed; later corrections touch no fact."""
        data = form.cleaned_data
        if form.instance.pk is not None:
            form.instance.save(update_fields=list(form.fields))
            return form.instance
        try:
            return place_order(
                number=data["number"],
                total=data["total"],
                currency=data["currency"],
                person=data.get("person"),
                company=data.get("company"),
                product=data["product"],
                coupon=data["coupon"],
                at=data["placed_at"],
            )
        except OrderError as error:
            raise forms.ValidationError(str(error)) from None

    def record_actions(self, *, obj: Order, user: Any) -> Sequence[Action]:
        """What can happen to it now."""
        right = "orders.change_order"

        def url(what: str) -> str:
            return reverse(f"orders:order_{what}", args=[obj.pk])

        if obj.status == Order.Status.PLACED:
            return (
                Action(
                    label=_("Paid"), url=url("pay"), icon="cash", permission=right, post=True, primary=True
                ),
                Action(
                    label=_("Cancel order"),
                    url=url("cancel"),
                    icon="ban",
                    permission=right,
                    post=True,
                    confirm=_("The order is called off. It stays in the list."),
                ),
            )
        if obj.status == Order.Status.PAID:
            return (
                Action(
                    label=_("Refund"), url=url("refund"), icon="receipt-refund", permission=right, panel=True
                ),
            )
        return ()

    def summary(self, *, rows: QuerySet[Any]) -> Sequence[tuple[str, str]]:
        """What was ordered and what came in, per currency."""
        found = []
        for one in totals(rows=rows):
            found.append((_("Ordered"), cells.money(one.ordered, one.currency, short=True)))
            found.append((_("received"), cells.money(one.paid, one.currency, short=True)))
        return found

    def subtitle(self, *, obj: Order) -> str:
        """Who ordered, and for how much."""
        parts = (obj.company or obj.person, cells.money(obj.total, obj.currency, short=True))
        return " · ".join(str(part) for part in parts if part)
