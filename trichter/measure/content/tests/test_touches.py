"""What pages bring, counted by hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from trichter.attract.pages.tests.making import home, page
from trichter.core.events import DealWon, Event, FormSubmitted, PageViewed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.followers import catch_up
from trichter.measure.content.queries import actors_of, period_of, report

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def site() -> None:
    home()
    page("Erste")
    page("Zweite")


def happened(who: str, fact: Event, *, days: float, **more: Any) -> None:
    at, identity = NOW - timedelta(days=days), identify(kind="visitor", value=who)
    record(Entry(fact=fact, at=at, identity=identity, **more))


def view(who: str, path: str, *, days: float) -> None:
    happened(who, PageViewed(entry=True), days=days, page=path, session=int(days * 10) + 1)


def lead(who: str, *, days: float) -> None:
    happened(who, FormSubmitted(form="f", goal="lead"), days=days)


def won(who: str, amount: int, *, days: float) -> None:
    happened(who, DealWon(deal=1, name="D", pipeline="P"), days=days, value=amount, currency="EUR")


def results() -> dict[str, Any]:
    catch_up()
    _name, period = period_of("30d")
    return {item.path: item for item in report(period=period, people=None).items}


def test_first_touch_takes_all_and_assistance_what_came_after(site: None) -> None:
    view("a", "/erste", days=10)
    view("a", "/zweite", days=9)
    lead("a", days=8)
    view("b", "/zweite", days=7)
    view("b", "/erste", days=6)
    won("a", 50_000, days=5)
    view("a", "/", days=4)
    found = results()
    first, second, start = found["/erste"], found["/zweite"], found["/"]
    assert (first.first.visitors, first.first.leads, first.first.amount) == (1, 1, 50_000)
    assert (second.first.visitors, second.first.leads, second.first.amount) == (1, 0, 0)
    assert (second.assisted.visitors, second.assisted.leads, second.assisted.amount) == (1, 1, 50_000)
    assert (first.assisted.visitors, first.assisted.leads) == (1, 0)
    # Seen after the lead and the money: nothing was assisted.
    assert (start.assisted.visitors, start.assisted.leads, start.assisted.amount) == (1, 0, 0)
    assert (first.visits, second.visits) == (2, 2)


def test_a_first_touch_before_the_period_is_none_of_it(site: None) -> None:
    view("a", "/erste", days=60)
    view("a", "/erste", days=5)
    view("a", "/zweite", days=4)
    found = results()
    assert (found["/erste"].first.visitors, found["/erste"].assisted.visitors) == (0, 0)
    assert (found["/zweite"].first.visitors, found["/zweite"].assisted.visitors) == (0, 1)
    assert found["/erste"].visits == 1


def test_a_number_opens_the_people_behind_it(site: None, login: Any) -> None:
    view("a", "/erste", days=3)
    lead("a", days=2)
    catch_up()
    _name, period = period_of("90d")
    asked = report(period=period, people=None)
    assert len(actors_of(asked=asked, path="/erste", way="first", what="leads")) == 1
    assert actors_of(asked=asked, path="/erste", way="assisted", what="leads") == []
    assert actors_of(asked=asked, path="/nirgends", way="first", what="visitors") == []
    client = login("marketing")
    html = client.get("/app/content-results/?sort=visitors").content.decode()
    assert "/app/content-results/people/?period=90d&amp;way=first&amp;what=leads&amp;url=%2Ferste" in html
    people = client.get("/app/content-results/people/?what=leads&url=/erste")
    assert people.status_code == 200 and "data-label" not in people.content.decode()
    assert client.get("/app/content-results/people/?what=nonsense").status_code == 404
    assert client.get("/app/content-results/?way=x&sort=y&period=z&page=99").status_code == 200


def test_views_under_an_earlier_address_belong_to_the_page(
    site: None, django_capture_on_commit_callbacks: Any
) -> None:
    from trichter.attract.pages.models import StandardPage

    view("a", "/erste", days=3)
    renamed = StandardPage.objects.get(slug="erste")
    renamed.slug = "neu"
    with django_capture_on_commit_callbacks(execute=True):
        renamed.save_revision().publish()
    assert results()["/neu"].first.visitors == 1


@pytest.mark.parametrize("who", ["sales", "service", "privacy"])
def test_others_do_not_see_it(who: str, login: Any) -> None:
    client = login(who)
    for url in ("/app/content-results/", "/app/content-results/people/?what=leads&url=/"):
        assert client.get(url).status_code == 403


def test_the_list_of_contents_shows_the_figures(site: None, login: Any) -> None:
    from trichter.attract.pages import figures

    view("a", "/erste", days=3)
    catch_up()
    figures.forget()
    assert figures.seen()["/erste"].visits == 1 and figures.seen()["/erste"].share == "0 von 1"
    assert login("marketing").get("/app/content/").status_code == 200
    figures.forget()
