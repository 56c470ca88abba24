"""Rows about orders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from trichter.close.orders.models import Order
from trichter.core.events import Event as Fact
from trichter.core.events import OrderPaid, OrderPlaced, OrderRefunded
from trichter.core.journal.actions import Entry
from trichter.core.journal.bulk import insert_records
from trichter.kit.ids import stable_uuid
from trichter.kit.text import domain_of, split_name

from ..cells import Cells
from ..stages import OrderStatus, order_status
from .batch import Batch, Context, Outcome, RowRejected, save_fields
from .companies import Companies, Firm
from .holders import Holder, change
from .people import EMAIL, People, Someone

FIELDS = (
    "number",
    "person_id",
    "company_id",
    "status",
    "total",
    "currency",
    "product",
    "coupon",
    "refunded",
    "placed_at",
    "paid_at",
    "refunded_at",
)
_CHUNK = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """A row about an order. `total` in minor units; None for a further position of an order above."""

    number: str
    total: int | None
    currency: str
    email: str
    person: dict[str, Any]
    company: str
    placed_at: datetime | None
    paid_at: datetime | None
    refunded_at: datetime | None
    status: OrderStatus | None
    product: str
    coupon: str
    source: str
    campaign: str


def read_order(cells: Cells, context: Context) -> OrderRow | None:
    """A row as an order; None, with the reason in `cells.problems`, when it cannot be one."""
    number = cells.code("number", 80)
    total = cells.money("total", currency=cells.currency())
    if not number and not cells.rejected:
        cells.reject("missing", "number")
    if total is not None and total.minor < 0:
        cells.reject("negative", "total")
    full = split_name(cells.text("full_name", 200))
    row = OrderRow(
        number=number,
        total=None if total is None else total.minor,
        currency=total.currency if total else cells.currency(),
        email=cells.email("email"),
        person={
            "first_name": cells.text("first_name", 100) or full.first[:100],
            "last_name": cells.text("last_name", 100) or full.last[:100],
            "salutation": full.salutation,
            "title": full.title[:40],
        },
        company=cells.text("company", 200),
        placed_at=cells.moment("ordered_at"),
        paid_at=cells.moment("paid_at"),
        refunded_at=cells.moment("refunded_at"),
        status=_status(cells, context),
        product=cells.text("product", 200),
        coupon=cells.text("coupon", 60),
        source=cells.text("source", 120),
        campaign=cells.text("campaign", 160),
    )
    return None if cells.rejected else row


def _status(cells: Cells, context: Context) -> OrderStatus | None:
    text = cells.text("status", 60)
    found = order_status(text) if text else None
    if text and found is None:
        cells.note("unknown_status", "status", taken="placed")
    return found


class _Order(Holder[Order]):
    __slots__ = ("firm", "someone")

    def __init__(self, record: Order, *, new: bool, batch: Batch) -> None:
        super().__init__(record, new=new, batch=batch)
        self.someone: Someone | None = None
        self.firm: Firm | None = None


class OrderImporter:
    """Orders by number; their people by address."""

    def __init__(self, batch: Batch, *, dry: bool) -> None:
        self.batch = batch
        self.people = People(batch, lock=not dry)
        self.companies = Companies(batch)
        self._orders: dict[str, _Order] = {}
        self._asked: set[str] = set()
        self._fresh: list[_Order] = []
        self._touched: dict[str, _Order] = {}

    def load(self, drafts: list[OrderRow]) -> None:
        """Look up orders, people and companies of these rows."""
        self.people.load([(EMAIL, draft.email) for draft in drafts])
        self.companies.load(
            names=[draft.company for draft in drafts], domains=[domain_of(draft.email) for draft in drafts]
        )
        wanted = sorted({draft.number for draft in drafts} - self._asked)
        self._asked.update(wanted)
        uids: list[UUID] = []
        for start in range(0, len(wanted), _CHUNK):
            for order in Order.objects.filter(number__in=wanted[start : start + _CHUNK]):
                self._orders[order.number] = _Order(order, new=False, batch=self.batch)
                uids += [_uid(order, kind, 0) for kind in (OrderPlaced, OrderPaid)]
                uids.append(_uid(order, OrderRefunded, order.refunded))
        self.batch.load_uids(uids)

    def plan(self, draft: OrderRow) -> Outcome:
        """Find or make the order and its person, and note what happened to it."""
        context = self.batch.context
        order = self._orders.get(draft.number)
        if draft.total is None:
            if order is not None:
                return "unchanged"  # a further position: the order's first row had its total
            raise RowRejected("missing", "total")
        if order is None:
            return self._create(draft)
        if context.options.existing == "skip" and not order.new:
            return "unchanged"
        values: dict[str, Any] = {
            "total": draft.total,
            "currency": draft.currency,
            "product": draft.product,
            "coupon": draft.coupon,
            "placed_at": draft.placed_at,
        }
        changed = change(order, values, batch=self.batch, positions=("product",))
        status, paid_at = self._state(draft, placed_at=order.record.placed_at)
        changed |= self._advance(order, draft, status=status, paid_at=paid_at)
        if changed and not order.new:
            self._touched[draft.number] = order
        return "updated" if changed else "unchanged"

    def _state(self, draft: OrderRow, *, placed_at: datetime) -> tuple[OrderStatus, datetime | None]:
        """Status and time of payment as the row, or the choice for files that do not say, has it."""
        status = draft.status
        if status is None:
            assumed: OrderStatus = "paid" if self.batch.context.options.assume_paid else "placed"
            status = "refunded" if draft.refunded_at else "paid" if draft.paid_at else assumed
        paid = status in ("paid", "refunded")
        return status, (draft.paid_at or placed_at) if paid else None

    def _create(self, draft: OrderRow) -> Outcome:
        at = draft.placed_at or draft.paid_at or self.batch.context.now
        record = Order(
            number=draft.number,
            total=draft.total or 0,
            currency=draft.currency,
            product=draft.product,
            coupon=draft.coupon,
            placed_at=at,
        )
        order = _Order(record, new=True, batch=self.batch)
        order.someone = self._person(draft, at=at)
        if order.someone is None:
            self.batch.note("no_person")
        if draft.company:
            mail = domain_of(draft.email)
            order.firm = self.companies.of_contact(name=draft.company, domain="", mail_domain=mail, at=at)
            if order.someone and order.firm and order.someone.new:
                self.people.join(order.someone, order.firm)
        self._orders[draft.number] = order
        self._fresh.append(order)
        self._event(order, OrderPlaced, at=at, value=draft.total or 0, draft=draft)
        status, paid_at = self._state(draft, placed_at=at)
        self._advance(order, draft, status=status, paid_at=paid_at)
        return "created"

    def _person(self, draft: OrderRow, *, at: datetime) -> Someone | None:
        if not draft.email:
            return None
        someone = self.people.by(EMAIL, draft.email)
        if someone is None:
            values = {**draft.person, "email": draft.email, "owner_id": self.batch.context.options.owner}
            someone = self.people.create(at=at, values=values, source=draft.source, campaign=draft.campaign)
            self.people.link(someone, kind=EMAIL, value=draft.email, at=at)
        return someone

    def _advance(
        self, order: _Order, draft: OrderRow, *, status: OrderStatus, paid_at: datetime | None
    ) -> bool:
        """Carry the order forward: money came, money went back, called off. It never goes backwards."""
        record = order.record
        changed = False
        if paid_at is not None and record.paid_at is None:
            self._set(order, paid_at=paid_at, status=Order.Status.PAID)
            self._event(order, OrderPaid, at=paid_at, value=record.total, draft=draft)
            changed = True
        if status == "refunded" and record.status != Order.Status.REFUNDED:
            at = draft.refunded_at or paid_at or record.placed_at
            back = record.total - record.refunded
            self._event(order, OrderRefunded, at=at, value=back, draft=draft)
            self._set(order, status=Order.Status.REFUNDED, refunded=record.total, refunded_at=at)
            changed = True
        if status == "cancelled" and record.status == Order.Status.PLACED:
            self._set(order, status=Order.Status.CANCELLED)
            changed = True
        return changed

    def _set(self, order: _Order, **values: Any) -> None:
        for name, value in values.items():
            if not order.new:
                order.before.setdefault(name, getattr(order.record, name))
            setattr(order.record, name, value)

    def _event(self, order: _Order, kind: type[Any], *, at: datetime, value: int, draft: OrderRow) -> None:
        record, run, part = order.record, self.batch.context.run, order.record.refunded

        def make() -> Entry:
            more = {} if kind is OrderRefunded else {"product": record.product}
            fact: Fact = kind(order=record.pk, number=record.number, **more)
            own = order.someone.own if order.someone else self.people.own_of(record.person_id)
            return Entry(
                fact=fact,
                at=at,
                identity=own,
                uid=_uid(record, kind, part),
                value=value,
                currency=record.currency,
                source=draft.source,
                campaign=draft.campaign,
                batch=run,
            )

        uid = None if order.new else _uid(record, kind, part)
        if self.batch.event(make, uid=uid):
            self.people.acts(order.someone, pk=record.person_id)

    def flush(self) -> None:
        """People and companies, then orders, then what happened."""
        self.companies.flush()
        self.people.flush()
        for order in self._fresh:
            order.record.person_id = order.someone.record.pk if order.someone else None
            order.record.company_id = order.firm.record.pk if order.firm else None
        insert_records([order.record for order in self._fresh])
        for order in self._fresh:
            self.batch.created(order.record, FIELDS)
        for order in self._touched.values():
            save_fields(order.record, order.before)
            self.batch.updated(order.record, order.before)
        self._fresh, self._touched = [], {}
        self.batch.flush()

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self.companies.forget()
        self.people.forget()
        self._fresh, self._touched = [], {}
        self.batch.forget()


def _uid(order: Order, kind: type[Fact], part: int) -> UUID:
    """The uid that `orders.actions` gives the same fact, so that both ways agree on what is known.

    `part`: what had been refunded before, which tells several refunds apart.
    """
    return stable_uuid(
        "orders.order", order.number, order.pk, kind.kind, part if kind is OrderRefunded else 0
    )
