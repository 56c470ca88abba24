"""Lists: what an address may ask for, and who gets an answer. Shown with the advertising costs."""

from datetime import date

import pytest
from django.urls import reverse

from trichter.attract.campaigns.models import AdCost

URL = "/app/ad-costs/"


@pytest.fixture
def costs(db):
    return [
        AdCost.objects.create(day=date(2026, 1, number), source=source, campaign=campaign, cost=cost)
        for number, source, campaign, cost in [
            (1, "google", "Brand", 1_000),
            (2, "google", "Müller", 2_000),
            (3, "linkedin", "=cmd()", 3_050),
        ]
    ]


def shown(response):
    return [row.record.pk for row in response.context["table"].rows]


def test_the_list_shows_every_row_newest_first(login, costs):
    response = login("marketing").get(URL)
    assert response.status_code == 200
    assert shown(response) == [cost.pk for cost in reversed(costs)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=google", [1, 0]),
        ("q=MÜLLER", [1]),
        ("q=google+brand", [0]),
        ("source=link", [2]),
        ("sort=cost", [0, 1, 2]),
        ("sort=-cost", [2, 1, 0]),
        ("cost_min=20", [2, 1]),
        ("cost_min=20&cost_max=25", [1]),
        ("day_after=2026-01-02&day_before=2026-01-02", [1]),
    ],
)
def test_search_filters_and_order_come_from_the_address(login, costs, query, expected):
    response = login("marketing").get(f"{URL}?{query}")
    assert shown(response) == [costs[index].pk for index in expected]
    assert response.context["listing"].notices == []


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 500,
        "q=%00",
        "source=%00",
        "page=0",
        "page=99999999999999999999",
        "page=-1",
        "page=x",
        "sort=nothing",
        "sort=pk",
        "sort=-campaign__x;drop",
        "period=yesteryear",
        "period=%00",
        "cost_min=1e999",
        "cost_min=NaN",
        "cost_max=99999999999999999999999999",
        "day_after=0000-00-00",
        "day_after=31.31.2026",
        "cols=a,b",
        "view=99999999",
        "view=%00",
        "view=month%27",
        "source=" + "y" * 3000,
    ],
)
def test_a_hostile_address_gets_a_list_and_a_message(login, costs, query):
    response = login("marketing").get(f"{URL}?{query}")
    assert response.status_code == 200
    assert len(response.context["listing"].notices) == 1
    assert len(shown(response)) == 3


@pytest.mark.parametrize(
    "query", ["day_after=0001-01-01", "day_before=9999-12-31", "size=7", "size=x", "evil=1"]
)
def test_extreme_but_understandable_addresses_are_answered(login, costs, query):
    assert len(shown(login("marketing").get(f"{URL}?{query}"))) == 3


def test_htmx_gets_the_part_it_asks_for_and_caches_keep_them_apart(login, costs):
    client = login("marketing")
    whole = client.get(URL)
    rows = client.get(URL, headers={"HX-Request": "true", "HX-Target": "rows"})
    assert "<html" in whole.content.decode()
    assert "<html" not in rows.content.decode()
    assert "data-bulk-item" in rows.content.decode()
    assert "HX-Request" in rows["Vary"]


def test_a_longer_list_needs_no_more_queries(login, costs):
    client = login("marketing")
    client.get(URL)
    with _count() as few:
        client.get(URL)
    AdCost.objects.bulk_create(
        [AdCost(day=date(2026, 2, 1), source=f"s{number}", cost=number) for number in range(120)]
    )
    with _count() as many:
        client.get(URL)
    assert len(many) == len(few)


def _count():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


def test_pages_do_not_overlap_and_the_sizes_are_50_100_200(login, db):
    AdCost.objects.bulk_create([AdCost(day=date(2026, 2, 1), source=f"s{n}", cost=5) for n in range(120)])
    client = login("marketing")
    pages = [shown(client.get(f"{URL}?sort=cost&page={page}")) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({pk for page in pages for pk in page}) == 120
    assert len(shown(client.get(f"{URL}?size=200"))) == 120


def test_without_the_right_there_is_no_list(login, costs):
    assert login("sales").get(URL).status_code == 403
    assert login("sales").get(f"{URL}export/").status_code == 403


def test_a_visitor_is_sent_to_the_log_in(client, db):
    assert client.get(URL).status_code == 302
    answer = client.get(URL, headers={"HX-Request": "true"})
    assert (answer.status_code, "login" in answer["HX-Redirect"]) == (204, True)


def test_every_action_has_its_own_right(login, make_user, costs):
    from django.contrib.auth.models import Permission

    client = login()
    client.user.user_permissions.add(Permission.objects.get(codename="view_adcost"))
    pk = costs[0].pk
    assert client.get(URL).status_code == 200
    assert client.get(f"{URL}{pk}/").status_code == 200
    for tail in ("new/", f"{pk}/edit/", f"{pk}/field/source/", f"{pk}/delete/", "export/"):
        assert client.get(f"{URL}{tail}").status_code == 403, tail
    assert client.post(f"{URL}bulk/", {"action": "delete", "pk": pk}).status_code == 404
    assert AdCost.objects.count() == 3


def test_a_number_that_is_no_row_is_not_found(login, costs):
    client = login("marketing")
    for pk in (999_999, 10**30):
        assert client.get(f"{URL}{pk}/").status_code == 404
        assert client.get(f"{URL}{pk}/edit/").status_code == 404


def test_url_names_are_the_agreed_ones():
    assert reverse("campaigns:adcost_list") == URL
