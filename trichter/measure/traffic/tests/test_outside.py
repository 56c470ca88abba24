"""What Google counted stands beside our figures: listed, searched, exported, and in none of them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from trichter.attract.pages.tests.making import home, page
from trichter.core.events import PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.kit.clock import Period
from trichter.measure.traffic.models import SearchFigure, VisitFigure
from trichter.measure.traffic.outside import counted_in, months, pages_found, statements

MARCH = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31)}
SEARCH, ANALYTICS = "traffic:search", "traffic:analytics"


def searched(what, value, clicks, impressions, position, **more):
    figures = {"site": "firma.de", **MARCH, **more}
    return SearchFigure.objects.create(
        what=what, value=value, clicks=clicks, impressions=impressions, position=position, **figures
    )


def visited(what, value, sessions, day=None, **more):
    span = {"first_day": day, "last_day": day} if day else MARCH
    return VisitFigure.objects.create(
        site="firma.de - GA4", what=what, value=value, sessions=sessions, **{**span, **more}
    )


@pytest.fixture
def figures(db):
    searched("query", "büro mieten", 12, 1400, 11.2)
    searched("query", "lager <klein>", 40, 400, 3.0)
    searched("query", "büro alt", 3, 50, 8.0, first_day=date(2026, 1, 1), last_day=date(2026, 1, 31))
    searched("page", "https://www.firma.de/preise/", 9, 300, 4.0)
    searched("page", "http://firma.de/preise", 1, 100, 8.0)
    for number in (1, 2):
        day = date(2026, 3, number)
        searched("day", "", 5 * number, 100, 10.0, first_day=day, last_day=day)
        visited("day", "", 70 * number, day=day, users=60)
    visited("source", "google / organic", 140, users=100, key_events=10.5, engaged=90)
    visited("source", "bing / organic", 7)


def cells(row):
    return [cell["text"] for cell in row["cells"]]


def test_queries_pages_and_days_with_rate_and_position(login, figures):
    client = login("marketing")
    shown = client.get(reverse(SEARCH))
    context = shown.context
    assert [row["name"] for row in context["rows"]] == ["lager <klein>", "büro mieten"]
    assert cells(context["rows"][0]) == ["40", "400", "10,0 %", "3,0"]
    # 52 of 1,800; the position is the mean over the impressions: (11.2 · 1400 + 3 · 400) / 1800.
    assert [cell["text"] for cell in context["total"]] == ["52", "1.800", "2,9 %", "9,4"]
    assert "lager &lt;klein&gt;" in shown.content.decode()
    january = next(one for one in context["reports"] if not one["active"])
    assert [
        row["name"] for row in client.get(reverse(SEARCH), {"report": january["key"]}).context["rows"]
    ] == ["büro alt"]
    assert [row["name"] for row in client.get(reverse(SEARCH), {"q": "BÜRO"}).context["rows"]] == [
        "büro mieten"
    ]
    by_place = client.get(reverse(SEARCH), {"sort": "-position"}).context["rows"]
    assert [row["name"] for row in by_place] == ["büro mieten", "lager <klein>"]
    days = client.get(reverse(SEARCH), {"what": "day"}).context["rows"]
    assert [cells(row)[0] for row in days] == ["10", "5"]
    assert client.get(reverse(SEARCH), {"what": "country"}).context["anything"]
    for nonsense in ({"what": "'x"}, {"report": "0_0_d"}, {"sort": "-evil"}, {"page": "-3"}, {"q": "\0%_"}):
        assert client.get(reverse(SEARCH), nonsense).status_code == 200
        assert client.get(reverse(ANALYTICS), nonsense).status_code == 200


def test_months_of_analytics_stand_beside_our_visits(login, figures):
    seen = identify(kind="visitor", value="v1")
    at = datetime(2026, 3, 5, 10, tzinfo=UTC)
    record_many([Entry(fact=PageViewed(), at=at, identity=seen, session=1, page="/preise")])
    with time_machine.travel(datetime(2026, 4, 2, tzinfo=UTC)):
        context = login("marketing").get(reverse(ANALYTICS)).context
    march = next(one for one in context["months"] if one["sessions"] != "–")
    assert (march["visits"], march["visitors"], march["sessions"], march["users"], march["days"]) == (
        "1", "1", "210", "–", 2,
    )  # fmt: skip
    assert [(row["name"], *cells(row)) for row in context["rows"]] == [
        ("google / organic", "140", "100", "90", "–", "10,5"), ("bing / organic", "7", "–", "–", "–", "–"),
    ]  # fmt: skip


def test_a_month_outranks_its_days_and_spans_of_several_months_are_no_month(figures):
    visited("day", "", 900, users=333)
    visited("day", "", 5_000, first_day=date(2025, 1, 1), last_day=date(2025, 12, 31))
    found = months("firma.de - GA4")
    assert list(found) == [date(2026, 3, 1)]
    assert (found[date(2026, 3, 1)].sessions, found[date(2026, 3, 1)].users) == (900, 333)


def test_days_of_a_split_stand_in_where_no_report_has_the_whole_site(db):
    for value in ("google", "bing"):
        visited("source", value, 10, day=date(2026, 3, 1), users=9)
        visited("source+campaign", f"{value} · x", 99, day=date(2026, 3, 1))
    found = months("firma.de - GA4")[date(2026, 3, 1)]
    assert (found.sessions, found.users, found.days) == (20, None, 1)
    assert counted_in(Period(date(2026, 3, 1), date(2026, 3, 31))) == (20, 1)
    assert counted_in(Period(date(2026, 2, 1), date(2026, 2, 28))) is None


def test_the_overview_names_them_and_counts_none_of_them(login, figures):
    client = login("marketing")
    query = {"from": "2026-03-01", "to": "2026-03-31"}
    shown = client.get(reverse("traffic:overview"), query)
    assert shown.context["figures"].visits == 0
    assert shown.context["imported"] == {"sessions": "210", "days": 2}
    assert "210 Sitzungen an 2 Tagen" in shown.content.decode()
    empty = client.get(reverse("traffic:overview"), {"from": "2026-01-01", "to": "2026-01-31"})
    assert empty.context["imported"] is None


def test_a_page_of_the_site_shows_how_google_showed_it(login, figures):
    home()
    page("Preise")
    statement, found = pages_found()
    assert statement is not None
    one = found["/preise"]
    # Both spellings of the address are one page; (4 · 300 + 8 · 100) / 400.
    assert (one.clicks, one.impressions, one.position) == (10, 400, 5.0)
    text = login("marketing").get(reverse("content:table")).content.decode()
    assert "400 Impressionen · Position 5,0" in text


@pytest.mark.parametrize("name", ["search", "analytics"])
def test_only_who_sees_the_web_analytics_sees_them(login, make_user, figures, name):
    for part in (f"traffic:{name}", f"traffic:{name}_export"):
        assert login("service").get(reverse(part)).status_code == 403
        assert Client().get(reverse(part)).status_code == 302
        assert login("marketing").get(reverse(part)).status_code == 200


def test_the_file_has_every_row_and_harmless_formulas(login, figures):
    searched("query", "=cmd()", 1, 10, 1.0)
    client = login("marketing")
    text = b"".join(client.get(reverse("traffic:search_export"), {"format": "csv"})).decode()
    assert "büro mieten,12,1400" in text
    assert "'=cmd()" in text
    found = b"".join(client.get(reverse("traffic:analytics_export"), {"format": "csv"})).decode()
    assert "google / organic,140,100,90" in found


def test_without_figures_the_screens_say_where_to_get_them(login, db):
    client = login("marketing")
    for name in (SEARCH, ANALYTICS):
        shown = client.get(reverse(name))
        assert not shown.context["anything"]
        assert reverse("imports:run_new") in shown.content.decode()
    assert statements(SearchFigure) == []
