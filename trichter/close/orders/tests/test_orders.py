"""An order's state and its events change together."""

from datetime import UTC, datetime

import pytest

from trichter.close.orders.actions import OrderError, cancel_order, pay_order, place_order, refund_order
from trichter.close.orders.models import Order
from trichter.close.orders.queries import totals
from trichter.core.journal.models import Event
from trichter.core.people.actions import find_or_create_person, identity_for

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def person(db):
    return find_or_create_person(email="anna@example.com", defaults={}, at=AT, origin="test")[0]


@pytest.fixture
def order(person):
    return place_order(number="A-1", total=100_00, at=AT, person=person, product="Licence", batch=9)


def told():
    rows = Event.objects.filter(kind__startswith="order.").order_by("id")
    return [(row.kind, row.value, row.currency, row.batch) for row in rows]


def test_placed_paid_and_refunded_in_parts(order, person):
    pay_order(order=order, at=AT)
    refund_order(order=order, amount=30_00, at=AT)
    assert order.status == "paid"
    refund_order(order=order, at=AT)
    assert (order.status, order.refunded) == ("refunded", 100_00)
    assert told() == [
        ("order.placed", 100_00, "EUR", 9),
        ("order.paid", 100_00, "EUR", None),
        ("order.refunded", 30_00, "EUR", None),
        ("order.refunded", 70_00, "EUR", None),
    ]
    assert set(Event.objects.filter(kind__startswith="order.").values_list("identity", flat=True)) == {
        identity_for(person=person)
    }


def test_what_cannot_be_done_is_refused_and_recorded_nowhere(order):
    for attempt in (
        lambda: refund_order(order=order, at=AT),
        lambda: place_order(number="A-1", total=1, at=AT),
    ):
        with pytest.raises(OrderError):
            attempt()
    pay_order(order=order, at=AT)
    for attempt in (
        lambda: pay_order(order=order, at=AT),
        lambda: cancel_order(order=order, at=AT),
        lambda: refund_order(order=order, amount=100_01, at=AT),
        lambda: refund_order(order=order, amount=0, at=AT),
    ):
        with pytest.raises(OrderError):
            attempt()
    assert [kind for kind, *_rest in told()] == ["order.placed", "order.paid"]


def test_two_who_pay_at_once_pay_once(order):
    stale = Order.objects.get(pk=order.pk)
    pay_order(order=order, at=AT)
    with pytest.raises(OrderError):
        pay_order(order=stale, at=AT)


def test_totals_keep_currencies_apart_and_leave_cancelled_orders_out(order):
    pay_order(order=order, at=AT)
    refund_order(order=order, amount=10_00, at=AT)
    place_order(number="A-2", total=5_00, at=AT, currency="CHF")
    cancel_order(order=place_order(number="A-3", total=7_00, at=AT), at=AT)
    assert [(t.currency, t.ordered, t.paid) for t in totals(rows=Order.objects.all())] == [
        ("EUR", 100_00, 90_00),
        ("CHF", 5_00, 0),
    ]


def test_the_screens_pay_and_refund(login, order):
    client = login("sales")
    assert client.get("/app/orders/").context["listing"].count == 1
    assert client.post(f"/app/orders/{order.pk}/pay/").status_code == 302
    assert client.post(f"/app/orders/{order.pk}/refund/", {"amount": "200"}).status_code == 422
    assert client.post(f"/app/orders/{order.pk}/refund/", {"amount": "1e999"}).status_code == 422
    assert client.post(f"/app/orders/{order.pk}/refund/", {"amount": "12,50"}).status_code == 302
    order.refresh_from_db()
    assert (order.status, order.refunded) == ("paid", 12_50)


def test_an_order_from_the_form_is_placed_in_the_journal(login, db):
    values = {"number": "B-7", "total": "19,90", "currency": "EUR", "placed_at": "2026-03-02T10:00"}
    assert login("sales").post("/app/orders/new/", values).status_code == 302
    assert (Order.objects.get().placed_at, told()) == (AT, [("order.placed", 19_90, "EUR", None)])


def test_who_may_only_look_cannot_change(login, order):
    client = login("service")
    assert client.get(f"/app/orders/{order.pk}/").status_code == 200
    for tail in ("pay/", "cancel/", "refund/"):
        assert client.post(f"/app/orders/{order.pk}/{tail}").status_code == 403
    assert client.get("/app/orders/export/").status_code == 403


def test_an_order_of_a_hidden_person_does_not_exist(login, make_user, order, person):
    from trichter.core.accounts.models import Team

    person.owner = make_user("sales", team=Team.objects.create(name="North"))
    person.save()
    client = login("sales")
    assert client.get(f"/app/orders/{order.pk}/").status_code == 404
    assert client.post(f"/app/orders/{order.pk}/pay/").status_code == 404
