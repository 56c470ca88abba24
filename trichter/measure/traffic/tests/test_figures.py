"""Every figure equals what one counts by hand from the journal's events, and its list has as many rows."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.core.events import FormSubmitted, OrderPaid, OrderRefunded, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.models import Event
from trichter.kit.channels import channel
from trichter.measure.traffic.breakdown import rows_of
from trichter.measure.traffic.figures import figures
from trichter.measure.traffic.lists import listing, narrowed
from trichter.measure.traffic.models import Goal
from trichter.measure.traffic.pages import pages_of
from trichter.measure.traffic.queries import counted
from trichter.measure.traffic.visits import load

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOW, HIGH = T0, T0 + timedelta(hours=8)


def micros(at):
    return round(at.timestamp() * 1_000_000)


@st.composite
def journals(draw):
    """Facts of a few visitors: (visitor, session, kind, minute, source, page)."""
    return [
        (
            visitor := draw(st.integers(0, 3)), draw(st.sampled_from([None, visitor * 10, visitor * 10 + 1])),
            draw(st.sampled_from(["view", "view", "view", "form", "paid", "refund"])),
            draw(st.integers(-30, 510)), draw(st.sampled_from(["google", "bing", ""])),
            draw(st.sampled_from(["/a", "/b", "/c"])),
        )
        for _ in range(draw(st.integers(0, 25)))
    ]  # fmt: skip


def write(journal):
    facts = {
        "view": PageViewed(browser="Firefox"), "form": FormSubmitted(form="f"),
        "paid": OrderPaid(order=1, number="1"), "refund": OrderRefunded(order=1, number="1"),
    }  # fmt: skip
    record_many([
        Entry(
            fact=facts[kind], at=T0 + timedelta(minutes=minute), identity=identify(kind="visitor", value=f"v{visitor}"),
            session=session, source=source, medium="organic" if source else "", page=page if kind == "view" else "",
            **({"value": 500, "currency": "EUR"} if kind in ("paid", "refund") else {}),
        )
        for visitor, session, kind, minute, source, page in journal
    ])  # fmt: skip


def naive():
    """Visits as one reads them off the events: rows of a session from its first page view on."""
    events = sorted(Event.objects.filter(at__gte=LOW, at__lt=HIGH), key=lambda one: (one.at, one.pk))
    visits = {}
    for one in events:
        key = one.identity_id, one.session
        if one.session is not None and (key in visits or one.kind == "page.viewed"):
            visits.setdefault(key, []).append(one)
    found = []
    for (who, session), rows in visits.items():
        views = [one for one in rows if one.kind == "page.viewed"]
        found.append({
            "who": who, "session": session, "views": views, "source": views[0].source,
            "channel": channel(views[0].source, views[0].medium) if views[0].source else "",
            "landing": views[0].page, "exit": views[-1].page, "start": (views[0].at, views[0].pk),
            "seconds": int((views[-1].at - views[0].at).total_seconds()),
            "form": any(one.kind == "form.submitted" for one in rows),
            "paid": any(one.kind == "order.paid" for one in rows), "amount": 0,
        })  # fmt: skip
    for one in events:
        began = [v for v in found if v["who"] == one.identity_id and v["start"] <= (one.at, one.pk)]
        if one.session is not None:
            began = [v for v in began if v["session"] == one.session]
        if not began:
            continue
        last = max(began, key=lambda v: v["start"])
        last["amount"] += {"order.paid": 500, "order.refunded": -500}.get(one.kind, 0)
        if one.session is None:
            last["form"] |= one.kind == "form.submitted"
            last["paid"] |= one.kind == "order.paid"
    return found


def asked():
    goals = counted()
    found = load(
        low=micros(LOW), high=micros(HIGH), people=None, goals=[one.match for one in goals], currency="EUR"
    )
    return found, goals


def summed(visits):
    return (
        len({one["who"] for one in visits}), len(visits), sum(len(one["views"]) for one in visits),
        sum(len(one["views"]) == 1 for one in visits), sum(one["form"] or one["paid"] for one in visits),
        median(one["seconds"] for one in visits) if visits else None, sum(one["amount"] for one in visits),
        sum(len(one["views"]) > 1 or one["form"] or one["paid"] for one in visits),
    )  # fmt: skip


def told(one):
    return (
        one.visitors,
        one.visits,
        one.views,
        one.bounces,
        one.converted,
        one.seconds,
        one.amount,
        one.engaged,
    )


@pytest.fixture
def goals(db):
    Goal.objects.all().delete()
    Goal.objects.create(name="Form", match={"kind": "form.submitted", "where": []})
    Goal.objects.create(name="Paid", match={"kind": "order.paid", "where": []})


EXAMPLES = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@EXAMPLES
@given(journals())
def test_figures_breakdowns_and_lists_equal_a_naive_count(goals, journal):
    from django.db import transaction

    with transaction.atomic():
        write(journal)
        expected = naive()
        found, _goals = asked()
        assert told(figures(found)) == summed(expected)
        for name in ("source", "channel", "landing", "exit"):
            groups = defaultdict(list)
            for one in expected:
                groups[one[name]].append(one)
            rows = rows_of(found, dimension=name)
            assert {row.value: told(row.figures) for row in rows} == {k: summed(v) for k, v in groups.items()}
            assert sum(row.figures.visits for row in rows) == len(expected)
            assert sum(row.figures.amount for row in rows) == summed(expected)[6]
        assert len(listing(found, what="visits")) == len(expected)
        assert len(listing(found, what="visitors")) == summed(expected)[0]
        assert len(listing(found, what="views")) == summed(expected)[2]
        for only, place in (("bounced", 3), ("converted", 4), ("engaged", 7)):
            assert len(listing(narrowed(found, only=only), what="visits")) == summed(expected)[place]
        pages = {row.page: row for row in pages_of(found)}
        seen = {view.page for one in expected for view in one["views"]}
        assert set(pages) == seen
        for page in seen:
            those = [one for one in expected if any(view.page == page for view in one["views"])]
            row = pages[page]
            assert (row.views, row.visits, row.visitors, row.entries, row.exits.hits, row.exits.cases) == (
                sum(view.page == page for one in those for view in one["views"]), len(those),
                len({one["who"] for one in those}), sum(one["landing"] == page for one in those),
                sum(one["exit"] == page for one in those), len(those),
            )  # fmt: skip
            assert len(listing(narrowed(found, only="", page=page), what="views", page=page)) == row.views
        transaction.set_rollback(True)


PERIOD = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
def journal(goals):
    """40 visits from three sources; every fourth brings a form, every second has two pages."""
    facts = []
    for number in range(40):
        minute = number * 10 - 30
        facts.append((number, number + 100, "view", minute, ("google", "bing", "")[number % 3], "/a"))
        if number % 2:
            facts.append((number, number + 100, "view", minute + 1, "", "/b"))
        if number % 4 == 0:
            facts.append((number, number + 100, "form", minute + 2, "", ""))
    write(facts)


def numbers(text):
    """Links to lists with the number each one states (rates are no counts of rows)."""
    return [
        (href.replace("&amp;", "&"), int(number.replace(".", "").replace(",", "")))
        for href, number in re.findall(
            r'<a[^>]* href="([^"]*/traffic/list/\?[^"]*)"[^>]*>([\d.,]+)</a>', text
        )
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("extra", ["", "&source=google", "&source=~", "&landing=/a&channel=Organic Search"])
@pytest.mark.parametrize("page", ["traffic:overview", "source", "landing", "channel", "traffic:pages"])
def test_the_list_behind_every_number_has_as_many_rows(login, journal, page, extra):
    client = login("marketing")
    address = reverse(page) if ":" in page else reverse("traffic:breakdown", args=[page])
    text = client.get(f"{address}?{PERIOD}{extra}").content.decode()
    links = numbers(text)
    assert links
    for href, number in links:
        answer = client.get(href)
        assert answer.context["page"].paginator.count == number, href


@pytest.mark.django_db
def test_conversion_and_time_of_a_row_are_links_as_on_the_cards(login, journal):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:breakdown', args=['source'])}?{PERIOD}")
    row = next(one for one in response.context["rows"] if one["label"] == "google")
    cells = {str(cell["label"]): cell for cell in row["cells"]}
    for same, label in (("Besuche", "Zeit je Besuch"), ("Mit Ziel", "Konversion")):
        count = int(cells[same]["text"])
        listed = client.get(cells[label]["url"]) if count else None
        assert (listed.context["page"].paginator.count if listed else 0) == count


@pytest.mark.django_db
def test_the_overview_has_a_card_for_campaigns(login, journal):
    panels = login("marketing").get(f"{reverse('traffic:overview')}?{PERIOD}").context["panels"]
    assert reverse("traffic:breakdown", args=["campaign"]) in [one["url"].partition("?")[0] for one in panels]


@pytest.mark.django_db
def test_a_filter_of_the_address_is_a_chip_that_can_be_taken_off(login, journal):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:overview')}?{PERIOD}&source=google&compare=year")
    assert response.context["figures"].visits == 14
    (chip,) = response.context["chips"]
    assert chip["text"] == "Quelle ist google"
    assert client.get(reverse("traffic:overview") + chip["url"]).context["figures"].visits == 40


@pytest.mark.django_db
def test_bounce_rate_and_visits_equal_the_kpi_dictionary(login, journal):
    client = login("management")
    ours = client.get(f"{reverse('traffic:overview')}?{PERIOD}").context["figures"]
    kpi = client.get(f"{reverse('kpis:rows', args=['bounce_rate'])}?{PERIOD}").context
    assert kpi["page"].paginator.count == ours.bounces
    kpi = client.get(f"{reverse('kpis:rows', args=['visits'])}?{PERIOD}").context
    assert kpi["page"].paginator.count == ours.visits


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "csv-de", "xlsx"])
def test_a_table_is_a_file_without_living_formulas(login, goals, form):
    write([(1, 5, "view", 0, "=1+1", "/a")])
    client = login("marketing")
    address = reverse("traffic:breakdown_export", args=["source"])
    response = client.get(f"{address}?{PERIOD}&format={form}")
    content = b"".join(response.streaming_content)
    assert response.status_code == 200
    if form != "xlsx":
        assert b"'=1+1" in content
    assert client.get(f"{address}?{PERIOD}&format=exe").status_code == 404


@pytest.mark.django_db
def test_few_visits_show_two_numbers_instead_of_a_rate(login, goals):
    write([(1, 5, "view", 0, "google", "/a")])
    text = login("marketing").get(f"{reverse('traffic:overview')}?{PERIOD}&metric=bounce").content.decode()
    assert "1 von 1" in text or "1 of 1" in text


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["sales", "service", ""])
def test_who_has_no_right_to_the_web_analytics_sees_none(login, journal, role):
    client = login(*[role] if role else [])
    for name in ("overview", "list", "pages", "realtime", "retention", "paths", "goals", "report_list"):
        assert client.get(reverse(f"traffic:{name}")).status_code == 403


@pytest.mark.django_db
def test_a_hostile_address_is_no_error(login, journal):
    client = login("marketing")
    for query in ("source=%00%ff", "goal=99999", "goal=-1", "from=x&to=y", "period=bogus", "unit=ever&metric=x",
                  "compare=year&from=2024-02-29&to=2024-02-29", "page=-4", "sort=-zzz&q=%25", "what=x&only=y"):  # fmt: skip
        for address in (reverse("traffic:overview"), reverse("traffic:breakdown", args=["source"]),
                        reverse("traffic:list"), reverse("traffic:pages")):  # fmt: skip
            assert client.get(f"{address}?{query}").status_code == 200


def test_a_second_purchase_moves_no_credit_of_the_first_and_credits_are_the_whole(goals):
    """Lesson 11: each order belongs to the visit that led to it, by whatever it is broken down."""
    minutes = iter(range(10, 400, 10))

    def happens(fact, *, session=None, **more):
        at = T0 + timedelta(minutes=next(minutes))
        record_many(
            [Entry(fact=fact, at=at, identity=identify(kind="visitor", value="v"), session=session, **more)]
        )

    def credits(dimension):
        found, _goals = asked()
        rows = rows_of(found, dimension=dimension)
        return {row.value: row.figures.amount for row in rows if row.figures.amount}, figures(found).amount

    def buys(number, value):
        happens(OrderPaid(order=number, number=str(number)), value=value, currency="EUR")

    xing = {"source": "xing", "medium": "social", "campaign": "may", "page": "/a"}
    google = {"source": "google", "medium": "cpc", "campaign": "june", "page": "/b"}
    happens(PageViewed(), session=1, **xing)
    buys(1, 10_001)
    by = {"source": ("xing", "google"), "campaign": ("may", "june"), "landing": ("/a", "/b")}
    before = {dimension: credits(dimension) for dimension in by}
    assert all(sum(parts.values()) == whole == 10_001 for parts, whole in before.values())
    happens(PageViewed(), session=2, **google)
    buys(2, 20_002)
    for dimension, (first, second) in by.items():
        assert credits(dimension) == ({first: 10_001, second: 20_002}, 30_003)
    happens(OrderRefunded(order=2, number="2"), value=20_002, currency="EUR")
    assert credits("source") == before["source"]
