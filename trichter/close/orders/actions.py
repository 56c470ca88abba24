"""What happens to orders: placed, paid, refunded, cancelled. A change and its event are one transaction."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from trichter.core.events import Event as Fact
from trichter.core.events import OrderPaid, OrderPlaced, OrderRefunded
from trichter.core.journal.actions import Entry, record
from trichter.core.people.actions import identity_for
from trichter.core.people.models import Company, Person
from trichter.kit.ids import stable_uuid

from .models import Order


class OrderError(ValueError):
    """The order is not in a state in which this can happen; the message is for people."""


@transaction.atomic
def place_order(
    *,
    number: str,
    total: int,
    at: datetime,
    currency: str = "EUR",
    person: Person | None = None,
    company: Company | None = None,
    product: str = "",
    coupon: str = "",
    batch: int | None = None,
) -> Order:
    """Take an order; `total` gross in minor units. Raises OrderError when the number is taken."""
    order, created = Order.objects.get_or_create(
        number=number,
        defaults={
            "total": total,
            "currency": currency,
            "person": person,
            "company": company,
            "product": product,
            "coupon": coupon,
            "placed_at": at,
        },
    )
    if not created:
        raise OrderError(_("The order number %(number)s is taken.") % {"number": number})
    fact = OrderPlaced(order=order.pk, number=number, product=product)
    _record(order=order, fact=fact, at=at, value=total, batch=batch)
    return order


@transaction.atomic
def pay_order(*, order: Order, at: datetime, batch: int | None = None) -> None:
    """The money arrived. Raises OrderError unless the order is placed and unpaid."""
    changed = Order.objects.filter(pk=order.pk, status=Order.Status.PLACED).update(
        status=Order.Status.PAID, paid_at=at
    )
    if not changed:
        raise OrderError(_("Order %(number)s is not waiting for its money.") % {"number": order.number})
    order.refresh_from_db()
    fact = OrderPaid(order=order.pk, number=order.number, product=order.product)
    _record(order=order, fact=fact, at=at, value=order.total, batch=batch)


@transaction.atomic
def refund_order(*, order: Order, at: datetime, amount: int | None = None, batch: int | None = None) -> None:
    """Give money back: `amount` in minor units, or all that is left. Several parts are possible.

    The order counts as refunded when nothing is left. Raises OrderError when it is not paid or the amount is
    not between one minor unit and what is left.
    """
    now = Order.objects.select_for_update().get(pk=order.pk)
    left = now.total - now.refunded
    part = left if amount is None else amount
    if now.status != Order.Status.PAID:
        raise OrderError(_("Order %(number)s is not paid.") % {"number": now.number})
    if not 0 < part <= left:
        raise OrderError(_("This is more than what is left of order %(number)s.") % {"number": now.number})
    whole = part == left
    Order.objects.filter(pk=now.pk).update(
        refunded=F("refunded") + part,
        refunded_at=at,
        status=Order.Status.REFUNDED if whole else Order.Status.PAID,
    )
    order.refresh_from_db()
    fact = OrderRefunded(order=order.pk, number=order.number)
    _record(order=order, fact=fact, at=at, value=part, batch=batch, part=now.refunded)


@transaction.atomic
def cancel_order(*, order: Order, at: datetime) -> None:
    """Call an unpaid order off. Raises OrderError when it is paid or closed."""
    changed = Order.objects.filter(pk=order.pk, status=Order.Status.PLACED).update(
        status=Order.Status.CANCELLED
    )
    if not changed:
        raise OrderError(_("Only an unpaid order can be cancelled."))
    order.refresh_from_db()


def _record(*, order: Order, fact: Fact, at: datetime, value: int, batch: int | None, part: int = 0) -> None:
    """`part` tells several refunds of one order apart; the rest makes a second import add nothing."""
    record(
        Entry(
            fact=fact,
            at=at,
            uid=stable_uuid("orders.order", order.number, order.pk, fact.kind, part),
            batch=batch,
            value=value,
            currency=order.currency,
            identity=identity_for(person=order.person) if order.person is not None else None,
        )
    )
