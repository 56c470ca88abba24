"""The shell's own screens: company settings, search, language, error pages, the CMS beside it."""

import pytest
from django.test import Client

from trichter.attract.campaigns.models import AdCost
from trichter.core.shell.models import Installation
from trichter.core.shell.queries import installation

SETTINGS = "/app/settings/company/"
GOOD = {
    "name": "Muster GmbH",
    "time_zone": "Europe/Vienna",
    "currency": "chf",
    "own_domains": "https://Muster.de/\nmüller.example\nmuster.de",
    "phone_region": "AT",
}


def test_administrators_set_the_companys_name_zone_currency_domains_and_region(login):
    assert login("admin").post(SETTINGS, GOOD).status_code == 302
    row = installation()
    assert (row.name, row.time_zone, row.currency, row.phone_region) == (
        "Muster GmbH",
        "Europe/Vienna",
        "CHF",
        "AT",
    )
    assert row.own_domains == ["muster.de", "xn--mller-kva.example"]
    assert Installation.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 500), ("name", "\x00"), ("time_zone", "Mars/Base"), ("currency", "EURO"),
        ("currency", "XXZ"), ("currency", "€"), ("phone_region", "ZZ"), ("privacy_url", "javascript:alert(1)"), ("own_domains", "not a domain"),
        ("own_domains", "-a.de"), ("own_domains", "a.de/path"),
        ("own_domains", "\n".join(f"a{number}.de" for number in range(99))),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_named_and_not_saved(login, field, value):
    answer = login("admin").post(SETTINGS, {**GOOD, field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Installation.objects.count() == 0


@pytest.mark.parametrize("role", ["marketing", "sales", "service", "management"])
def test_nobody_else_may_even_look_at_the_settings(login, role):
    client = login(role)
    assert (client.get(SETTINGS).status_code, client.post(SETTINGS, GOOD).status_code) == (403, 403)
    assert Installation.objects.count() == 0


def test_the_search_finds_what_the_user_may_see(login):
    cost = AdCost.objects.create(day="2026-01-01", source="google", campaign="Herbst", cost=1)
    found = login("marketing").get("/app/search/?q=herbst").context["groups"]
    assert [hit.url for group in found for hit in group.hits] == [f"/app/ad-costs/{cost.pk}/"]
    assert login("sales").get("/app/search/?q=herbst").context["groups"] == []


def test_the_search_finds_pages_of_the_menu(login):
    found = login("marketing").get("/app/search/?q=werbe", headers={"HX-Request": "true"})
    assert ("/app/ad-costs/" in found.content.decode(), "<html" in found.content.decode()) == (True, False)


@pytest.mark.parametrize("query", ["", "%00", "x" * 1000, "%25%27%22", "%F0%9F%98%80", "%ff"])
def test_the_search_answers_everything(login, query):
    assert login("admin").get(f"/app/search/?q={query}").status_code == 200


def test_the_language_is_kept_and_leads_back_to_this_site_only(login):
    client = login("marketing")
    answer = client.post("/app/language/", {"language": "en", "next": "/app/ad-costs/"})
    assert answer["Location"] == "/app/ad-costs/"
    client.user.refresh_from_db()
    assert client.user.language == "en"
    assert "Ad costs" in client.get("/app/ad-costs/").content.decode()
    answer = client.post("/app/language/", {"language": "xx", "next": "https://evil.example/"})
    client.user.refresh_from_db()
    assert (answer["Location"], client.user.language) == ("/app/", "en")


def test_a_missing_page_a_forbidden_one_and_a_stale_form_are_explained(login):
    client = login("sales")
    missing, forbidden = client.get("/app/ad-costs/x/"), client.get("/app/ad-costs/")
    assert (missing.status_code, "Diese Seite gibt es nicht" in missing.content.decode()) == (404, True)
    assert (forbidden.status_code, "Diese Seite dürfen Sie nicht öffnen" in forbidden.content.decode()) == (
        403,
        True,
    )
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(client.user)
    stale = strict.post("/app/language/", {"language": "en"})
    assert (stale.status_code, "noch einmal" in stale.content.decode()) == (403, True)


def test_an_error_of_ours_is_explained_without_the_database(rf):
    from django.views.defaults import server_error

    answer = server_error(rf.get("/app/"))
    assert (answer.status_code, "Trichter" in answer.content.decode()) == (500, True)


def test_the_cms_opens_for_marketing_and_looks_like_the_shell(login):
    page = login("marketing").get("/cms/")
    text = page.content.decode()
    assert page.status_code == 200
    assert ("shell/css/cms.css" in text, "\\u2190 Trichter" in text, 'lang="de"' in text) == (
        True,
        True,
        True,
    )
    assert [word for word in ("gravatar.com", "releases.wagtail.org", "googleapis") if word in text] == []


def test_the_cms_stays_closed_for_sales(login):
    answer = login("sales").get("/cms/pages/")
    assert (answer.status_code, "Diese Seite dürfen Sie nicht öffnen" in answer.content.decode()) == (
        403,
        True,
    )


def test_a_menu_holds_only_what_the_user_may_open(login):
    from django.urls import reverse

    page = login("sales").get(reverse("pipeline:deal_list"))
    urls = [item.url for group in page.context["menu"] for item in group.items]
    assert ("/app/deals/" in urls, "/app/ad-costs/" in urls, SETTINGS in urls) == (True, False, False)
