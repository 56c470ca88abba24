"""Every KPI equals a second, naive way of counting, and its rows add up to its number."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation

from trichter.attract.campaigns.models import AdCost
from trichter.core.events import (
    DealLost,
    DealOpened,
    DealWon,
    MailOpened,
    MailSent,
    OrderPaid,
    OrderRefunded,
    PageViewed,
)
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.followers import catch_up
from trichter.core.lifecycle.models import Stage, StageVersion
from trichter.core.people.actions import add_task, find_or_create_person
from trichter.core.people.models import Person
from trichter.kit.clock import Period
from trichter.measure.kpis.attention import attention_for
from trichter.measure.kpis.dictionary import KPIS
from trichter.measure.kpis.display import card, show
from trichter.measure.kpis.evaluate import Result, evaluate
from trichter.measure.kpis.scope import Scope, scope_for

BERLIN = ZoneInfo("Europe/Berlin")
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


def at(day: int, hour: int = 12, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def journal(db):
    """Three visitors, one of whom becomes a customer, and one lead that is lost."""
    anna, _new = find_or_create_person(
        email="anna@example.com", defaults={"first_name": "Anna"}, at=at(2, 11), origin="test"
    )
    visitor, other, third = (identify(kind="visitor", value=name) for name in "abc")
    address = identify(kind="email", value="anna@example.com")
    lost = identify(kind="email", value="bert@example.com")
    find_or_create_person(email="bert@example.com", defaults={}, at=at(3), origin="test")
    record_many(
        [
            Entry(fact=PageViewed(), at=at(1, 10), identity=visitor, session=1, source="google", medium="organic"),
            Entry(fact=PageViewed(), at=at(1, 10, 4), identity=visitor, session=1, source="google", medium="organic"),
            Entry(fact=PageViewed(), at=at(2), identity=other, session=2),
            Entry(fact=PageViewed(), at=at(2), identity=third, session=3),
            Entry(fact=PageViewed(), at=at(1, month=7), identity=third, session=4),
            Entry(fact=MailSent(subject="Hallo", mailing="m1"), at=at(4), identity=address),
            Entry(fact=MailSent(subject="Hallo", mailing="m1"), at=at(4), identity=lost),
            Entry(fact=MailOpened(subject="Hallo", mailing="m1"), at=at(5), identity=address),
            Entry(fact=MailOpened(subject="Hallo", mailing="m1"), at=at(6), identity=address),
            Entry(fact=MailOpened(subject="Hallo", mailing="m1", machine=True), at=at(5), identity=lost),
            Entry(fact=DealOpened(deal=1, name="A"), at=at(7), identity=address, value=500_00, currency="EUR"),
            Entry(fact=DealWon(deal=1, name="A"), at=at(20), identity=address, value=500_00, currency="EUR"),
            Entry(fact=DealOpened(deal=2, name="B"), at=at(8), identity=lost, value=900_00, currency="EUR"),
            Entry(fact=DealLost(deal=2, name="B", reason="x"), at=at(21), identity=lost, value=900_00, currency="EUR"),
            Entry(fact=OrderPaid(order=1, number="1"), at=at(22), identity=address, value=100_00, currency="EUR"),
            Entry(fact=OrderPaid(order=2, number="2"), at=at(22), identity=address, value=77_00, currency="CHF"),
            Entry(fact=OrderRefunded(order=1, number="1"), at=at(25), identity=address, value=30_00, currency="EUR"),
        ]
    )  # fmt: skip
    AdCost.objects.create(
        day=date(2026, 6, 5), source="google", medium="cpc", cost=60_00, impressions=1_000, clicks=20
    )
    AdCost.objects.create(
        day=date(2026, 5, 5), source="google", medium="cpc", cost=99_00, impressions=1, clicks=1
    )
    catch_up()
    return anna


def values(scope: Scope) -> dict[str, float | None]:
    return {key: result.value for key, result in evaluate(keys=KPIS, scope=scope).items()}


def test_kpis_equal_the_count_by_hand(journal):
    found = values(scope_for(period=JUNE, user=None))

    assert found == {
        "visitors": 3, "visits": 3, "pageviews": 4, "bounce_rate": 2 / 3, "visit_duration": 240 / 3,
        "ad_cost": 60_00, "impressions": 1_000, "ctr": 0.02, "cpc": 300, "leads": 2,
        "visitor_to_lead": 2 / 5, "cpl": 3_000, "downloads": 0, "form_submissions": 0,
        "open_rate": 0.5, "click_rate": 0, "mqls": 2, "lead_to_mql": 1, "sqls": 2, "mql_to_sql": 1,
        "customers": 1, "sql_to_customer": 0.5, "win_rate": 0.5, "revenue": 570_00, "aov": 100_00,
        "deal_size": 500_00, "cac": 60_00, "roas": 570_00 / 60_00, "repeat_customers": 1, "repeat_rate": 1,
    }  # fmt: skip


@pytest.mark.parametrize("key", KPIS)
@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_the_rows_behind_a_number_add_up_to_it(journal, key, part):
    scope = scope_for(period=JUNE, user=None)
    kpi = KPIS[key]
    measure = kpi.denominator if part == "denominator" and kpi.denominator else kpi.numerator

    rows = list(measure.rows(scope))
    assert sum(row.count for row in rows) == measure.total(scope)
    assert len(rows) == measure.size(scope)
    assert [row for start in range(len(rows)) for row in measure.rows(scope, offset=start, limit=1)] == rows
    assert sum(measure.by_day(scope).values()) == measure.total(scope)


def test_a_day_ends_at_midnight_in_the_company_zone(db):
    visitor = identify(kind="visitor", value="night")
    record_many(
        [
            Entry(
                fact=PageViewed(), at=datetime(2026, 3, 28, 22, 59, tzinfo=UTC), identity=visitor, session=1
            ),
            Entry(
                fact=PageViewed(), at=datetime(2026, 3, 28, 23, 0, tzinfo=UTC), identity=visitor, session=1
            ),
            # The clocks went forward: the 29th ends an hour earlier in UTC.
            Entry(
                fact=PageViewed(), at=datetime(2026, 3, 29, 21, 59, tzinfo=UTC), identity=visitor, session=1
            ),
            Entry(
                fact=PageViewed(), at=datetime(2026, 3, 29, 22, 0, tzinfo=UTC), identity=visitor, session=1
            ),
        ]
    )
    days = [date(2026, 3, 28) + timedelta(days=offset) for offset in range(3)]
    counts = [
        evaluate(keys=["pageviews"], scope=scope_for(period=Period(day, day), user=None))["pageviews"].value
        for day in days
    ]

    assert counts == [1, 2, 1]


def test_the_year_ends_at_midnight_in_the_company_zone(db):
    visitor = identify(kind="visitor", value="sylvester")
    record_many(
        [
            Entry(fact=PageViewed(), at=datetime(2026, 12, 31, 22, 59, tzinfo=UTC), identity=visitor),
            Entry(fact=PageViewed(), at=datetime(2026, 12, 31, 23, 0, tzinfo=UTC), identity=visitor),
        ]
    )
    years = [Period(date(year, 1, 1), date(year, 12, 31)) for year in (2026, 2027)]

    assert [
        evaluate(keys=["pageviews"], scope=scope_for(period=year, user=None))["pageviews"].value
        for year in years
    ] == [1, 1]


def test_under_thirty_cases_the_two_numbers_are_shown_instead_of_a_rate(journal):
    result = evaluate(keys=["win_rate"], scope=scope_for(period=JUNE, user=None))["win_rate"]

    assert (result.few, result.numerator, result.denominator) == (True, 1, 2)


def test_sales_sees_only_its_own_people_in_the_numbers(journal, make_user):
    seller, colleague = make_user("sales"), make_user("sales")
    journal.owner = colleague
    journal.save(update_fields=["owner"])

    assert values(scope_for(period=JUNE, user=seller))["revenue"] == 0
    assert values(scope_for(period=JUNE, user=colleague))["revenue"] == 570_00
    assert values(scope_for(period=JUNE, user=make_user("marketing")))["revenue"] == 570_00


def test_pages_are_closed_to_those_without_a_role(client, make_user, journal):
    client.force_login(make_user())

    for url in (reverse("kpis:start"), reverse("kpis:dictionary"), reverse("kpis:rows", args=["leads"])):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["?period=30d", "?period=nonsense", "?from=2026-06-01&to=2026-06-30", "?from=2026-06-30&to=2026-06-01",
     "?from=9999-12-31&to=9999-12-31", "?from=%00&to=x", "?page=abc", "?page=99999", "?part=evil", "?period="],
)  # fmt: skip
def test_pages_answer_any_period(login, journal, query):
    client = login("management")

    for url in (reverse("kpis:start"), reverse("kpis:dictionary"), reverse("kpis:rows", args=["revenue"])):
        assert client.get(url + query).status_code == 200


def test_an_unknown_kpi_is_not_found(login, db):
    assert login("management").get("/app/kpis/nonsense/").status_code == 404


def test_the_start_page_of_an_empty_house_says_what_to_do_next(login, db):
    page = login("marketing").get(reverse("kpis:start")).content.decode()

    assert reverse("imports:run_new") in page


def test_points_of_attention_lead_to_as_many_rows_as_they_count(journal, login):
    """Every number is clickable to its rows."""
    client = login("admin")
    Person.objects.update(owner=None)
    Person.objects.filter(pk=journal.pk).update(stage="mql")
    Person.objects.exclude(pk=journal.pk).update(stage="sql")
    for title in ("late", "later"):
        add_task(person=None, at=at(1), title=title, assignee=client.user, due=date(2026, 1, 1))
    add_task(person=None, at=at(1), title="unassigned", assignee=None, due=date(2026, 1, 1))

    points = attention_for(scope=scope_for(period=JUNE, user=client.user))

    assert len(points) == 3
    for point in points:
        rows = client.get(point.url).context["table"].rows
        assert point.text.startswith(f"{len(rows)} ")


def test_a_share_moves_by_points_and_a_number_by_per_cent():
    scope = Scope(period=JUNE, zone=BERLIN, currency="EUR", user=None)
    share = Result(
        kpi=KPIS["lead_to_mql"], scope=scope, numerator=40, denominator=100, value=0.4, before=0.375
    )
    count = Result(kpi=KPIS["leads"], scope=scope, numerator=90, denominator=None, value=90, before=100)
    beginning = Result(
        kpi=KPIS["leads"], scope=scope, numerator=39_987, denominator=None, value=39_987, before=20
    )
    same = Result(kpi=KPIS["leads"], scope=scope, numerator=999, denominator=None, value=999, before=1_000)
    with translation.override("de"):
        deltas = [card(one).delta for one in (share, count, beginning, same)]
    assert deltas == ["+2,5 %-Punkte", "−10 %", "davor: 20", "±0 %"]
    assert card(same).direction == "flat"


def test_money_is_written_as_the_reader_writes_it():
    sums = (1590_90_00, 12_50, 0)
    for language, expected in (("de", ["159.090 €", "12,50 €", "0 €"]), ("en", ["€159,090", "€12.50", "€0"])):
        with translation.override(language):
            found = [show(value=one, unit="money", currency="EUR").replace("\xa0", " ") for one in sums]
        assert found == expected


def test_a_new_version_of_a_rule_is_marked_where_it_moves_the_number(login, journal):
    """Only on the KPIs of its own stage; the first version is no change."""
    StageVersion.objects.create(
        stage=Stage.objects.get(key="mql"), number=2, written_rule="x", machine_rule={}, reason="Enger gefasst",
        effective_from=at(11, hour=0),
    )  # fmt: skip
    client = login("management")
    page = client.get("/app/?from=2026-06-01&to=2026-06-21").content.decode()
    assert page.count('class="tr-spark-mark" x1="50.0"') == 1
    assert 'href="/app/lifecycle/mql/#v2"' in page and "Enger gefasst" in page
    assert "#v2" in client.get("/app/kpis/mqls/?from=2026-06-01&to=2026-06-21").content.decode()
    assert "#v2" in client.get("/app/kpis/mql_to_sql/?from=2026-06-01&to=2026-06-21").content.decode()
    for key, period in (
        ("leads", "from=2026-06-01&to=2026-06-21"),
        ("mqls", "from=2026-06-12&to=2026-06-21"),
    ):
        assert "#v2" not in client.get(f"/app/kpis/{key}/?{period}").content.decode()
    assert 'id="v2"' in client.get("/app/lifecycle/mql/").content.decode()
