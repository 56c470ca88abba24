"""The screens over HTTP: numbers and the lists behind them, rights, hostile input, effort."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.core.accounts.models import User
from trichter.core.events import FormSubmitted, OrderPaid, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.lifecycle.changes import rule_changes
from trichter.core.lifecycle.models import Stage, StageVersion
from trichter.core.lifecycle.scoring.models import ScoreVersion
from trichter.core.people.actions import find_or_create_person, link
from trichter.core.people.models import Company
from trichter.kit.clock import Period
from trichter.measure.funnels import actions, plots
from trichter.measure.funnels.analysis.counts import StepCount
from trichter.measure.funnels.analysis.trend import Week
from trichter.measure.funnels.definition import FunnelDefinition
from trichter.measure.funnels.models import Funnel, SavedAudience

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PERIOD = "from=2026-03-01&to=2026-03-31"
SOURCES = ("google", "linkedin", "")


def visit_to_order(**changes):
    data = {
        "schema": 1, "name": "Visit to order", "slug": "visit-to-order", "window": 14 * 86_400,
        "steps": [
            {"key": key, "label": label, "band": band, "match": {"kind": kind}}
            for key, label, band, kind in (
                ("visit", "Visit", "tofu", "page.viewed"),
                ("form", "Form", "mofu", "form.submitted"),
                ("order", "Order", "bofu", "order.paid"),
            )
        ],
        "breakdown": {"dimension": "source", "at": "entry", "limit": 1},
    }  # fmt: skip
    return FunnelDefinition.from_json(data | changes)


@pytest.fixture
def owner(make_user):
    return make_user("sales")


@pytest.fixture
def funnel(owner):
    """40 actors: all visit, every second sends a form, every fourth pays; half are known by name."""
    made = actions.create_funnel(definition=visit_to_order(), owner=None)
    firm = Company.objects.create(name="Huber GmbH", created_at=AT)
    entries = []
    for number in range(40):
        seen = identify(kind="visitor", value=f"v{number}")
        common = {"identity": seen, "source": SOURCES[number % 3], "session": 1000 + number}
        start = AT + timedelta(days=number % 20)
        facts = [PageViewed()]
        if number % 2 == 0:
            facts.append(FormSubmitted(form="demo"))
        if number % 4 == 0:
            facts.append(OrderPaid(order=number, number=str(number)))
        for minute, fact in enumerate(facts):
            money = {"value": 10_000, "currency": "EUR"} if isinstance(fact, OrderPaid) else {}
            entries.append(Entry(fact=fact, at=start + timedelta(minutes=minute), **common, **money))
        if number % 2 == 0:
            person, _new = find_or_create_person(
                email=f"p{number}@example.com",
                defaults={"first_name": "=1+1" if number == 0 else "Anna", "last_name": f"Nr{number}",
                          "company": firm, "owner": owner if number % 4 == 0 else None},
                at=AT, origin="test",
            )  # fmt: skip
            link(identity=seen, person=person, evidence="form", at=start)
    record_many(entries)
    return made


def shown(response):
    text = response.content.decode()
    return int(re.search(r'fu-total">([\d.,]+)<', text)[1].replace(".", "").replace(",", ""))


def people(client, **query):
    address = reverse("funnels:funnel_people", args=["visit-to-order"])
    return client.get(f"{address}?{PERIOD}", query_params=None) if not query else client.get(
        f"{address}?{PERIOD}&" + "&".join(f"{name}={value}" for name, value in query.items())
    )  # fmt: skip


def listed(client, query):
    """Every row of the list, page after page, as the screen shows them."""
    address, found, page = reverse("funnels:funnel_people", args=["visit-to-order"]), 0, 1
    while True:
        response = client.get(f"{address}?{query}&page={page}")
        assert response.status_code == 200
        found += len(response.context["rows"])
        if not response.context["page"].has_next():
            return found, shown(response)
        page += 1


def links_of(text):
    """Links to lists, with the number each one states."""
    pattern = r'<a href="([^"]*/people/\?[^"]*)"[^>]*>([\d.]+)'
    return [
        (href.replace("&amp;", "&"), int(number.replace(".", "")))
        for href, number in re.findall(pattern, text)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "extra", ["", "&by=none", "&unit=session", "&unit=company", "&order=any", "&window=none"]
)
@pytest.mark.parametrize("tab", ["funnel", "breakdown"])
def test_the_list_behind_every_number_has_as_many_rows_as_the_number_says(login, funnel, tab, extra):
    client = login("management")
    page = client.get(f"{reverse('funnels:funnel_detail', args=[funnel.slug])}?{PERIOD}&tab={tab}{extra}")
    links = links_of(page.content.decode())
    assert links or extra == "&by=none"
    for href, number in links:
        assert listed(client, urlsplit(href).query) == (number, number), href


@pytest.mark.django_db
def test_dropped_open_and_the_next_step_make_up_the_bar(login, funnel):
    client = login("management")
    counts = {
        (step, what): shown(people(client, step=step, what=what))
        for step in (1, 2, 3)
        for what in ("reached", "dropped", "open")
    }
    for step in (1, 2):
        parts = counts[step + 1, "reached"] + counts[step, "dropped"] + counts[step, "open"]
        assert counts[step, "reached"] == parts
    assert [counts[step, "reached"] for step in (1, 2, 3)] == [40, 20, 10]


@pytest.mark.django_db
def test_the_breakdown_adds_up_to_the_total_with_other_and_not_set(login, funnel):
    client = login("management")
    page = client.get(f"{reverse('funnels:funnel_detail', args=[funnel.slug])}?{PERIOD}&tab=breakdown")
    rows, total = page.context["rows"], page.context["total"]
    assert {row["kind"] for row in rows} == {"value", "other", "not_set"}
    for place, cell in enumerate(total):
        assert sum(int(row["cells"][place]["count"]) for row in rows) == int(cell["count"])


@pytest.mark.django_db
def test_a_salesperson_sees_own_and_unowned_people_and_is_told_so(login, make_user, funnel):
    client = login("sales")
    page = client.get(f"{reverse('funnels:funnel_detail', args=[funnel.slug])}?{PERIOD}")
    # Ten of the forty belong to a colleague of no common team.
    assert page.context["report"].entered == 30
    assert page.context["restricted"] is True
    response = people(client, step=2, what="reached")
    assert shown(response) == 10
    assert {item["row"].owner for item in response.context["rows"]} == {""}


@pytest.mark.django_db
def test_search_and_order_never_change_the_number(login, funnel):
    client = login("management")
    response = people(client, step=2, what="reached", q="nr1", sort="-name")
    names = [item["row"].name for item in response.context["rows"]]
    assert names == sorted(names, key=str.casefold, reverse=True) and len(names) == 5
    assert shown(response) == 20


@pytest.mark.django_db
def test_unknown_visitors_come_with_their_first_touch(login, funnel):
    response = people(login("management"), step=1, what="dropped", sort="entered")
    assert {item["touch"] for item in response.context["rows"]} == {"google", "linkedin", "direkt"}


@pytest.mark.django_db
def test_an_export_has_every_row_and_no_formula(login, funnel):
    client = login("management")
    address = reverse("funnels:funnel_people_export", args=[funnel.slug])
    response = client.get(f"{address}?{PERIOD}&step=2&what=reached&format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert len(rows) == 1 + 20
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    assert client.get(f"{address}?{PERIOD}&step=2&format=xlsx").status_code == 200
    assert client.get(f"{address}?{PERIOD}&format=exe").status_code == 404


@pytest.mark.django_db
def test_a_list_can_be_kept_and_shows_only_whom_one_may_see(login, make_user, funnel):
    client = login("management")
    address = reverse("funnels:funnel_people_save", args=[funnel.slug])
    assert client.get(f"{address}?{PERIOD}&step=2").status_code == 200
    assert client.post(f"{address}?{PERIOD}&step=2", {"name": ""}).status_code == 422
    response = client.post(f"{address}?{PERIOD}&step=2", {"name": "Forms of March"})
    kept = SavedAudience.objects.get()
    assert response.url == reverse("funnels:savedaudience_detail", args=[kept.pk])
    assert kept.people.count() == 20
    assert client.get(response.url).context["found"] == 20
    client.force_login(make_user("sales"))
    seen = client.get(response.url)
    assert (seen.context["found"], seen.context["hidden_people"]) == (10, 10)


VIEWS = ("funnel_detail", "funnel_mini", "funnel_people", "funnel_people_export", "funnel_people_save",
         "funnel_edit", "funnel_duplicate", "funnel_default", "funnel_delete", "funnel_json")  # fmt: skip
WRITERS = ("funnel_people_save", "funnel_edit", "funnel_duplicate", "funnel_default", "funnel_delete")


def every_view():
    resolver = next(one for one in get_resolver().url_patterns if str(one.pattern) == "app/")
    for included in resolver.url_patterns:
        for pattern in getattr(included, "url_patterns", ()):
            view = getattr(pattern.callback, "view_class", None)
            if view is not None and view.__module__.startswith("trichter.measure.funnels"):
                yield pattern.name, view


def test_every_view_says_which_right_it_needs():
    found = dict(every_view())
    assert set(VIEWS) | {"funnel_list", "funnel_new", "funnel_preset"} <= set(found)
    assert [name for name, view in found.items() if not view.permission_required] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", VIEWS)
def test_nobody_without_the_right_passes(login, funnel, name):
    client = login()  # no role
    assert client.get(reverse(f"funnels:{name}", args=[funnel.slug])).status_code == 403
    client.logout()
    assert client.get(reverse(f"funnels:{name}", args=[funnel.slug])).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRITERS)
def test_sales_may_look_but_not_change(login, funnel, name):
    client = login("sales")
    assert client.get(reverse("funnels:funnel_detail", args=[funnel.slug])).status_code == 200
    for method in (client.get, client.post):
        assert method(reverse(f"funnels:{name}", args=[funnel.slug])).status_code == 403
    assert client.post(reverse("funnels:funnel_new")).status_code == 403
    assert client.post(reverse("funnels:funnel_preset"), {"preset": "shop"}).status_code == 403


@pytest.mark.django_db
def test_service_may_not_take_the_list_away(login, funnel):
    address = reverse("funnels:funnel_people_export", args=[funnel.slug])
    assert login("service").get(address).status_code == 403


NAMES = ("period", "from", "to", "by", "at", "order", "unit", "start", "window", "scale", "tab", "step", "what",
         "segment", "q", "sort", "page", "format")  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "0", "-1", "99999999999999999999", "²", "\x00", "none", "any", "company", "session", "v:",
                     "v:google", "other", "not_set", "data.x", "person.owner", "2026-02-31", "0001-01-01",
                     "9999-12-31", "last", "12m", "reached", "open", "breakdown", "time", "trend", "revenue"]),
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5), where=st.sampled_from(VIEWS[:4]))
def test_no_address_breaks_a_page(client, django_user_model, query, where):
    user, _new = django_user_model.objects.get_or_create(email="root@example.com", is_superuser=True)
    if not Funnel.objects.filter(slug="visit-to-order").exists():
        actions.create_funnel(definition=visit_to_order(), owner=None)
    client.force_login(user)
    response = client.get(reverse(f"funnels:{where}", args=["visit-to-order"]), query)
    assert response.status_code in (200, 400, 404)


@pytest.mark.django_db
def test_a_stored_definition_that_nobody_can_read_is_shown_with_what_to_change(login, funnel):
    client = login("management")
    Funnel.objects.filter(pk=funnel.pk).update(definition={"schema": 99, "steps": "?"})
    for name in ("funnel_detail", "funnel_people", "funnel_json"):
        response = client.get(reverse(f"funnels:{name}", args=[funnel.slug]))
        assert response.status_code == 200
        assert "schema" in response.content.decode()
    assert client.get(reverse("funnels:funnel_edit", args=[funnel.slug])).status_code == 200
    assert client.get(reverse("funnels:funnel_list")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("tab", ["funnel", "breakdown", "time", "trend", "revenue", "definition"])
def test_the_effort_does_not_grow_with_the_number_of_people(login, funnel, tab):
    client = login("management")
    address = f"{reverse('funnels:funnel_detail', args=[funnel.slug])}?tab={tab}&"
    assert client.get(address).status_code == 200  # reads what was recorded since the last question
    counts = []
    for period in ("from=2026-03-02&to=2026-03-03", PERIOD):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address + period).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] and counts[0] < 30
    with CaptureQueriesContext(connection) as queries:
        people(client, step=1, what="reached", sort="name")
    assert len(queries) < 30


def test_an_address_keeps_everything_the_question_says(rf):
    from datetime import date

    from django.http import QueryDict

    from trichter.measure.funnels.question import read_question

    text = "period=30d&by=campaign&at=2&order=any&unit=session&start=first&window=30&scale=step&tab=time"
    once = read_question(query=QueryDict(text), saved=visit_to_order(), today=date(2026, 3, 31))
    again = read_question(query=QueryDict(once.query()), saved=visit_to_order(), today=date(2026, 3, 31))
    assert once == again
    assert parse_qs(once.query()) == parse_qs(text)


@pytest.mark.django_db
def test_the_search_finds_funnels_by_name_and_step(login, funnel):
    response = login("management").get(reverse("shell:search"), {"q": "visit order"})
    assert "Visit to order" in response.content.decode()


@pytest.mark.django_db
def test_the_file_of_a_definition_is_the_definition(login, funnel):
    response = login("management").get(reverse("funnels:funnel_json", args=[funnel.slug]))
    assert FunnelDefinition.from_json(json.loads(response.content)) == visit_to_order()


def test_weeks_mark_the_day_on_which_a_rule_changed(funnel, login, make_user):
    mql = Stage.objects.get(key="mql")
    for number, at in ((2, AT + timedelta(days=10)), (3, AT + timedelta(days=300))):
        StageVersion.objects.create(
            stage=mql,
            number=number,
            written_rule="x",
            machine_rule={},
            effective_from=at,
            reason="Abstimmung",
        )
    ScoreVersion.objects.create(number=9, written="x", definition={}, effective_from=AT + timedelta(days=8))
    address = f"/app/funnels/{funnel.slug}/?{PERIOD}&tab=trend"
    page = login("management").get(address).content.decode()
    assert page.count('class="fu-mark"') % 2 == 0 and page.count('class="fu-mark"') > 0
    first, second = page.index("Scoring-Modell: Version 9"), page.index('href="/app/lifecycle/mql/#v2"')
    assert first < second and "Abstimmung" in page and "#v3" not in page, "in order, within the weeks only"
    one = StepCount(number=1, key="a", label="A", band="tofu", reached=1, from_previous=None, from_entry=None,
                    dropped=0, still_open=0)  # fmt: skip
    days = [date(2026, 3, 9), date(2026, 3, 2)]
    line = plots.line((Week(monday=days[1], counts=(one,)),), 0, days)
    assert [(mark.label, mark.at) for mark in line.marks] == [("2", "40.0")]
    stranger = make_user("sales")
    stranger.groups.clear()
    whole = Period(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))
    assert rule_changes(period=whole, user=User.objects.get(pk=stranger.pk)) == []
