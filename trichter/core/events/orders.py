"""Orders. The envelope's value is the order's total, gross, in minor units."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    """A binding order was placed."""

    kind = "order.placed"
    area = "orders"
    icon = "shopping-cart"
    title = "Order %(number)s placed"

    order: int
    number: str
    product: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderPaid(Event):
    """The money for an order arrived."""

    kind = "order.paid"
    area = "orders"
    icon = "cash"
    title = "Order %(number)s paid"

    order: int
    number: str
    product: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(Event):
    """Money went back; the envelope's value is the amount returned, as a positive number."""

    kind = "order.refunded"
    area = "orders"
    icon = "receipt-refund"
    title = "Order %(number)s refunded"

    order: int
    number: str
