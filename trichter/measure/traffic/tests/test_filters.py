"""Filters: operators, several values, pages seen; in the address, in words, and harmless when hostile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from trichter.core.events import PageViewed
from trichter.core.journal.actions import Entry, identify, record_many

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PERIOD = "from=2026-03-02&to=2026-03-08&compare=none"
# visitor: country, campaign, pages
SEEN = [
    ("DE", "spring-mail", ["/", "/preise/"]), ("DE", "", ["/"]), ("CH", "spring-ad", ["/", "/kontakt/"]),
    ("CH", "Spring", ["/preise/"]), ("AT", "autumn", ["/blog/a", "/preise/"]), ("", "", ["/blog/b"]),
]  # fmt: skip


@pytest.fixture
def journal(db):
    record_many([
        Entry(
            fact=PageViewed(), at=T0 + timedelta(minutes=10 * number + minute), session=number, page=page,
            identity=identify(kind="visitor", value=f"v{number}"), country=country, campaign=campaign,
            source="news" if campaign else "", medium="email" if campaign else "",
        )
        for number, (country, campaign, pages) in enumerate(SEEN)
        for minute, page in enumerate(pages)
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("country=CH", lambda country, campaign, pages: country == "CH"),
        ("country=CH&country=AT", lambda country, campaign, pages: country in ("CH", "AT")),
        ("country=~", lambda country, campaign, pages: country == ""),
        ("country.not=CH", lambda country, campaign, pages: country != "CH"),
        ("country.not=CH&country.not=~", lambda country, campaign, pages: country not in ("CH", "")),
        ("campaign.has=spring", lambda country, campaign, pages: "spring" in campaign),
        ("campaign.hasnot=spring", lambda country, campaign, pages: "spring" not in campaign),
        ("campaign.has=spring&campaign.has=aut",
         lambda country, campaign, pages: "spring" in campaign or "aut" in campaign),
        ("country.not=DE&campaign.has=spring",
         lambda country, campaign, pages: country != "DE" and "spring" in campaign),
        ("landing.has=/blog/", lambda country, campaign, pages: "/blog/" in pages[0]),
    ],
)  # fmt: skip
def test_each_comparison_keeps_the_visits_one_counts_by_hand(login, journal, query, holds):
    client = login("marketing")
    count = sum(holds(*one) for one in SEEN)
    assert 0 < count < len(SEEN)
    overview = client.get(f"{reverse('traffic:overview')}?{PERIOD}&{query}")
    assert overview.context["figures"].visits == count
    listed = client.get(f"{reverse('traffic:list')}?{PERIOD}&{query}&what=visits")
    assert listed.context["page"].paginator.count == count
    cohort = client.get(f"{reverse('traffic:retention')}?{PERIOD}&{query}").context["n"]
    firsts = sum(any(holds(country, campaign, [page]) for page in pages) for country, campaign, pages in SEEN)
    assert cohort == firsts


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("seen=/preise/", lambda pages: "/preise/" in pages),
        ("seen.not=/preise/", lambda pages: "/preise/" not in pages),
        ("seen.has=/blog/", lambda pages: any("/blog/" in page for page in pages)),
        ("seen.hasnot=/blog/", lambda pages: not any("/blog/" in page for page in pages)),
    ],
)
def test_visits_can_be_chosen_by_a_page_seen_during_them(login, journal, query, holds):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:overview')}?{PERIOD}&{query}")
    assert response.context["figures"].visits == sum(holds(pages) for *_rest, pages in SEEN)
    paths = client.get(f"{reverse('traffic:paths')}?{PERIOD}&{query}")
    assert paths.status_code == 200
    assert len(paths.context["without_effect"]) == 1


def test_a_chip_says_the_filter_in_words_and_takes_it_off(login, journal):
    client = login("marketing")
    page = reverse("traffic:breakdown", args=["source"])
    chips = client.get(f"{page}?{PERIOD}&country.not=CH&country.not=AT&sort=-visits").context["chips"]
    assert [chip["text"] for chip in chips] == ["Land ist nicht Schweiz oder Österreich"]
    after = client.get(page + chips[0]["url"])
    assert after.context["question"].filters == ()
    assert after.context["sort"] == "-visits"


def test_the_builder_puts_a_filter_into_the_address_and_a_further_value_beside_it(login, journal):
    client = login("marketing")
    page = reverse("traffic:pages")
    added = {"add": "country", "how": "not", "add_value": "Schweiz"}
    first = client.get(
        f"{page}?{PERIOD}&q=pre", added | {"q": "pre", "from": "2026-03-02", "to": "2026-03-08"}
    )
    assert first.status_code == 302
    assert "country.not=CH" in first.url
    assert "q=pre" in first.url
    second = client.get(f"{first.url}&add=country&how=not&add_value=AT")
    shown = client.get(second.url)
    (found,) = shown.context["question"].filters
    assert (found.name, found.op, found.values) == ("country", "not", ("CH", "AT"))
    assert "add_value" not in second.url


def test_the_builder_suggests_the_values_that_occur(login, journal):
    client = login("marketing")
    countries = client.get(f"{reverse('traffic:values')}?{PERIOD}&add=country&country=CH").content.decode()
    assert 'value="Deutschland"' in countries
    pages = client.get(f"{reverse('traffic:values')}?{PERIOD}&add=seen").content.decode()
    assert pages.index("/preise/") < pages.index("/blog/a")
    assert client.get(f"{reverse('traffic:values')}?add=nonsense").content.decode().strip() == ""


@pytest.mark.parametrize(
    "query",
    ["country.foo=CH", "country.not=%00", "country.=CH", "period=nonsense", "from=2026-13-99&to=x",
     "&".join(f"country=x{number}" for number in range(30))],
)  # fmt: skip
def test_nonsense_in_an_address_is_named_and_never_an_error(login, journal, query):
    client = login("marketing")
    for name in ("overview", "pages", "goals", "retention", "paths", "list"):
        response = client.get(f"{reverse(f'traffic:{name}')}?{query}")
        assert response.status_code == 200
        assert response.context["odd"], name


@pytest.mark.parametrize(
    "query", ["add=nonsense&add_value=x", "add=country&how=drop&add_value=x", "add_value="]
)
def test_a_filter_that_is_none_is_refused_with_a_message(login, journal, query):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:overview')}?{query}")
    assert response.status_code == 302
    assert len(list(get_messages(response.wsgi_request))) == 1
    assert client.get(response.url).context["question"].filters == ()


def test_the_builder_is_closed_to_those_without_the_right(login, db):
    client = login("sales")
    assert client.get(f"{reverse('traffic:overview')}?add=country&how=is&add_value=CH").status_code == 403
    assert client.get(f"{reverse('traffic:values')}?add=country").status_code == 403
