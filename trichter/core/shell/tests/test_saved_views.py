"""Saved views: tabs with counts, private or shared, and never a way to another list or site."""

from datetime import date

import pytest

from trichter.attract.campaigns.models import AdCost
from trichter.core.shell.models import ListPreference, SavedView

URL = "/app/ad-costs/"
SAVE = "/app/views/save/"


@pytest.fixture
def costs(db):
    for number, source in enumerate(["google", "google", "linkedin"], start=1):
        AdCost.objects.create(day=date(2026, 1, number), source=source, cost=number)


def labels(response):
    return [(tab.label, tab.count, tab.active) for tab in response.context["tabs"]]


def save(client, **values):
    return client.post(
        SAVE, {"resource": "campaigns.adcost", "name": "Google", "query": "source=google", **values}
    )


def test_a_view_becomes_a_tab_with_its_count(login, costs):
    client = login("marketing")
    answer = save(client)
    pk = SavedView.objects.get().pk
    assert answer["Location"] == f"{URL}?source=google&view={pk}"
    assert labels(client.get(answer["Location"])) == [
        ("Alle", 3, False),
        ("Dieser Monat", 0, False),
        ("Google", 2, True),
    ]


def test_a_shared_view_is_seen_by_others_but_changed_by_its_owner_alone(login, make_user, client, costs):
    save(login("marketing"), shared="on")
    view = SavedView.objects.get()
    other = login("management")
    assert [label for label, _count, _active in labels(other.get(URL))][-1] == "Google"
    assert other.post(f"/app/views/{view.pk}/change/", {"name": "x"}).status_code == 404
    assert other.post(f"/app/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.get().name == "Google"


def test_a_private_view_is_nobody_elses(login, costs):
    save(login("marketing"))
    view = SavedView.objects.get()
    response = login("management").get(f"{URL}?view={view.pk}")
    assert len(response.context["listing"].notices) == 1
    assert [label for label, _count, _active in labels(response)] == ["Alle", "Dieser Monat"]


def test_a_view_with_a_filter_that_is_gone_says_so(login, costs):
    client = login("marketing")
    save(client, query="colour=red&source=google")
    view = SavedView.objects.get()
    response = client.get(f"{URL}?{view.query}&view={view.pk}")
    assert (response.status_code, len(response.context["listing"].notices)) == (200, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 200),
        ("name", "a\x00"),
        ("query", "x" * 3000),
        ("query", "a\r\nb"),
        ("query", "\x00"),
    ],
)
def test_a_view_that_cannot_be_kept_is_refused(login, costs, field, value):
    answer = save(login("marketing"), **{field: value})
    assert (answer.status_code, SavedView.objects.count()) == (302, 0)


def test_views_of_lists_one_may_not_see_or_that_do_not_exist(login, costs):
    assert save(login("sales")).status_code == 403
    assert save(login("marketing"), resource="nothing.here").status_code == 404


def test_columns_are_kept_per_user_and_in_views(login, costs):
    client = login("marketing")
    client.post(f"{URL}columns/", {"columns": ["day", "cost", "evil"], "query": "source=google"})
    shown = [column.name for column in client.get(URL).context["listing"].columns]
    assert (shown, ListPreference.objects.get().columns) == (["day", "cost"], ["day", "cost"])
    assert [c.name for c in login("management").get(URL).context["listing"].columns][1] == "source"


def test_renaming_keeps_what_the_list_shows_now_and_deleting_leaves_the_rows(login, costs):
    client = login("marketing")
    save(client)
    view = SavedView.objects.get()
    client.post(f"/app/views/{view.pk}/change/", {"name": "LinkedIn", "query": "source=linkedin"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("LinkedIn", "source=linkedin")
    client.post(f"/app/views/{view.pk}/delete/")
    assert (SavedView.objects.count(), AdCost.objects.count()) == (0, 3)
