"""Orders with payments and refunds, advertising costs, companies."""

from datetime import UTC, date, datetime

import pytest

from trichter.attract.campaigns.models import AdCost
from trichter.close.orders.models import Order
from trichter.connect.imports.tests.helpers import bring_in, contents, counts, problems, write
from trichter.connect.imports.undo import undo
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.people.models import Company
from trichter.core.people.queries import find_by_email

pytestmark = pytest.mark.django_db

ORDERS = (
    "Bestellnummer;Bestelldatum;E-Mail;Kundenname;Gesamtbetrag;Status;Bezahlt am;Artikel;Gutschein;utm_source\n"
    "B1;01.02.2025 14:00;eva@firma.de;Eva Groß;1.234,56;bezahlt;03.02.2025;Lizenz;NEU;google\n"
    "B2;02.02.2025;eva@firma.de;Eva Groß;10,00 €;erstattet;02.02.2025;;;\n"
    "B3;03.02.2025;max@firma.de;;99,90;offen;;;;\n"
    "B3;;;;;;;Zubehör;;\n"
    "B4;04.02.2025;;;5;storniert;;;;\n"
)


def test_orders_become_events_of_their_person(tmp_path):
    table = bring_in("orders", write(tmp_path / "o.csv", ORDERS))
    assert counts(table) == (5, 4, 0, 1, 0)
    assert [(row, code) for row, _, code, _ in problems(table)] == [(6, "no_person")]
    one = Order.objects.get(number="B1")
    assert (one.total, one.currency, one.status, one.product, one.coupon) == (
        123456,
        "EUR",
        "paid",
        "Lizenz",
        "NEU",
    )
    assert one.paid_at == datetime(2025, 2, 2, 23, tzinfo=UTC)
    assert one.person == find_by_email("eva@firma.de")
    assert (one.person.first_name, one.person.last_name) == ("Eva", "Groß")
    kinds = list(
        Event.objects.filter(kind__startswith="order.").order_by("id").values_list("kind", flat=True)
    )
    assert kinds == [
        "order.placed", "order.paid", "order.placed", "order.paid", "order.refunded", "order.placed", "order.placed",
    ]  # fmt: skip
    paid = Event.objects.filter(kind="order.paid").earliest("id")
    assert (paid.value, paid.source, paid.identity.link.person) == (123456, "google", one.person)
    assert [order.status for order in Order.objects.order_by("number")] == [
        "paid",
        "refunded",
        "placed",
        "cancelled",
    ]


def test_a_payment_that_comes_later_is_one_more_event(tmp_path):
    bring_in("orders", write(tmp_path / "a.csv", ORDERS))
    later = ORDERS.replace(
        "B3;03.02.2025;max@firma.de;;99,90;offen;;", "B3;03.02.2025;max@firma.de;;99,90;bezahlt;05.02.2025;"
    )
    table = bring_in("orders", write(tmp_path / "b.csv", later))
    assert counts(table) == (5, 0, 1, 4, 0)
    paid = Event.objects.filter(kind="order.paid").latest("id")
    assert (paid.data["number"], paid.identity.link.person.email) == ("B3", "max@firma.de")
    undo(run=table.run, by=None)
    assert Order.objects.get(number="B3").status == "placed"
    assert Event.objects.filter(kind="order.paid").count() == 2


def test_orders_again_and_undone(tmp_path):
    path = write(tmp_path / "o.csv", ORDERS)
    table = bring_in("orders", path)
    catch_up()
    before = contents()
    assert counts(bring_in("orders", path)) == (5, 0, 0, 5, 0)
    catch_up()
    assert contents() == before
    undo(run=table.run, by=None)
    assert not Order.objects.exists()
    assert counts(bring_in("orders", path)) == (5, 4, 0, 1, 0)
    assert Event.objects.filter(kind="order.paid").count() == 2


def test_orders_of_a_file_that_does_not_say_count_as_paid_by_choice(tmp_path):
    path = write(tmp_path / "o.csv", "Bestellnummer,Datum,Summe\nA1,2025-02-01,10.00\n")
    bring_in("orders", path, assume_paid=False)
    assert Order.objects.get().status == "placed"
    assert counts(bring_in("orders", path)) == (1, 0, 1, 0, 0)
    assert Order.objects.get().status == "paid"


COSTS = (
    "Tag;Kampagne;Quelle;Medium;Kosten;Klicks;Impressionen\n"
    "01.02.2025;Frühling;Google;cpc;12,50;10;1.000\n"
    "01.02.2025;Frühling;google;cpc;7,50;5;\n"
    "02.02.2025;Frühling;google;cpc;3;;\n"
)


def test_costs_of_one_day_and_campaign_are_added_up(tmp_path):
    path = write(tmp_path / "k.csv", COSTS)
    table = bring_in("ad-costs", path)
    assert counts(table) == (3, 2, 1, 0, 0)
    first = AdCost.objects.get(day=date(2025, 2, 1))
    assert (first.source, first.medium, first.cost, first.clicks, first.impressions) == (
        "google",
        "cpc",
        2000,
        15,
        1000,
    )
    before = contents()
    assert counts(bring_in("ad-costs", path)) == (3, 0, 0, 3, 0)
    assert contents() == before
    later = write(tmp_path / "l.csv", COSTS.replace("12,50", "13,50"))
    update = bring_in("ad-costs", later)
    assert counts(update) == (3, 0, 2, 1, 0)
    undo(run=update.run, by=None)
    assert AdCost.objects.get(day=date(2025, 2, 1)).cost == 2000
    undo(run=table.run, by=None)
    assert not AdCost.objects.exists()


COMPANIES = (
    "Account ID,Account Name,Account Owner,Website,Employees,Billing City,Billing Country,Billing Street\n"
    "001,Müller & Söhne GmbH,,https://www.mueller.de/start,120,Köln,Germany,Ring 1\n"
    "002,Firma AG,,firma.de,,Wien,Österreich,\n"
    "003,,,,,,,\n"
)


def test_companies_by_number_domain_and_name(tmp_path):
    Company.objects.create(name="Mueller und Soehne", domain="", created_at=datetime(2024, 1, 1, tzinfo=UTC))
    table = bring_in("companies", write(tmp_path / "f.csv", COMPANIES))
    assert table.run.preset == "salesforce"
    assert counts(table) == (3, 1, 1, 0, 1)
    known = Company.objects.get(external_id="001")
    assert (known.name, known.domain, known.employees, known.country) == (
        "Müller & Söhne GmbH",
        "mueller.de",
        120,
        "DE",
    )
    assert known.name_key == "mueller soehne"
    assert Company.objects.count() == 2
    renamed = COMPANIES.replace("Firma AG", "Firma Europe SE")
    assert counts(bring_in("companies", write(tmp_path / "g.csv", renamed))) == (3, 0, 1, 1, 1)
    assert Company.objects.get(external_id="002").name == "Firma Europe SE"
    undo(run=table.run, by=None)
    known.refresh_from_db()
    assert (known.name, known.name_key, known.external_id) == ("Mueller und Soehne", "mueller soehne", "")
