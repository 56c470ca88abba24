"""A saved report is a page with its filters; its mail has that page's table."""

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.urls import reverse
from django.utils.html import escape

from trichter.core.events import CustomHappened, FormSubmitted, LinkClicked, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.measure.traffic.actions import send_due
from trichter.measure.traffic.models import Report
from trichter.measure.traffic.reporting import place_of

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
PAGES = {
    "": ("news", "Quelle"), "by/campaign/": ("Frühling", "Kampagne"), "by/country/": ("Schweiz", "Land"),
    "pages/": ("/preise/", "Seite"), "goals/": ("Formular gesendet", "Ziel"),
    "events/links/": ("https://partner.example/", "Name oder Ziel"), "events/own/": ("Demo", "Name oder Ziel"),
    "use/scroll/": ("Scrolltiefe", "Seite"), "retention/": ("02.03.2026", "Von"), "paths/": ("/preise/", "Schritt"),
}  # fmt: skip


@pytest.fixture
def journal(db):
    entries = []
    for number in range(3):
        seen = identify(kind="visitor", value=f"v{number}")
        more = {"source": "news", "medium": "email", "campaign": "Frühling", "country": "CH"}

        def add(fact, minute, seen=seen, number=number, **more):
            at = T0 + timedelta(minutes=minute)
            entries.append(Entry(fact=fact, at=at, identity=seen, session=number, **more))

        add(PageViewed(), 0, page="/", **more)
        add(PageViewed(), 1, page="/preise/", **more)
        add(LinkClicked(target="https://partner.example/"), 2)
        add(FormSubmitted(form="demo"), 3)
        add(CustomHappened(name="Demo"), 4)
    record_many(entries)


@pytest.mark.parametrize("page", list(PAGES))
def test_save_as_report_keeps_page_and_filters_and_opens_the_same_page_again(login, journal, page):
    client = login("marketing")
    address = f"{reverse('traffic:overview')}{page}?period=12m&country.not=CH&country.not=AT"
    text = client.get(address).content.decode()
    saving = re.search(r'href="([^"]*/reports/new/[^"]*)"', text)
    assert saving
    form = client.get(saving[1].replace("&amp;", "&")).context["form"]
    assert "Land ist nicht Schweiz oder Österreich" in form.chips
    data = {"name": "Mine", "page": form["page"].value(), "query": form["query"].value()}
    assert client.post(reverse("traffic:report_new"), data).status_code in (200, 302)
    report = Report.objects.get()
    assert report.page == page
    shown = client.get(reverse("traffic:report_detail", args=[report.pk])).content.decode()
    assert "Land ist nicht Schweiz oder Österreich" in shown
    place = place_of(page)
    assert escape(f"{place.url}?{report.query}") in shown
    assert client.get(f"{place.url}?{report.query}").context["question"].filters


@pytest.mark.parametrize("page", [one for one in PAGES if not one.startswith("use")])
def test_the_mail_has_the_table_of_its_page(journal, make_user, delivered, page):
    owner = make_user("management")
    owner.language = "de"
    owner.save()
    report = Report.objects.create(name="Test", page=page, query="period=30d", rhythm="weekly", owner=owner)
    report.recipients.set([owner])
    assert send_due(today=date(2026, 3, 9)) == 1
    (mail,) = delivered()
    parsed = message_from_bytes(mail.message().as_bytes(), policy=default)
    parts = {part.get_content_type(): part.get_content() for part in parsed.walk() if not part.is_multipart()}
    plain, html = parts["text/plain"], parts["text/html"]
    value, head = PAGES[page]
    assert parsed["subject"] == "Test: 02.03.2026 – 08.03.2026"
    assert value in html
    assert f">{head}<" in html
    assert value in plain
    assert "+0" not in plain
    assert "1 Besuche" not in plain
    assert str(place_of(page).label) in plain
    assert head in parts["text/csv"]


def test_what_an_address_says_in_vain_is_refused_and_not_replaced(login, db):
    client = login("marketing")
    for data in (
        {"query": "unsinn ohne sinn"}, {"query": "period=nonsense"}, {"page": "list/"}, {"page": "../people/"},
        {"query": "country.foo=CH"}, {"page": "by/nothing/"},
    ):  # fmt: skip
        answer = client.post(reverse("traffic:report_new"), {"name": "Mine", **data})
        assert answer.status_code == 422, data
    assert not Report.objects.exists()


def test_a_long_address_arrives_whole(login, db):
    client = login("marketing")
    filters = "&".join(f"campaign=campaign-number-{number:02}" for number in range(15))
    text = client.get(f"{reverse('traffic:overview')}?{filters}").content.decode()
    saving = re.search(r'href="([^"]*/reports/new/[^"]*)"', text)
    form = client.get(saving[1].replace("&amp;", "&")).context["form"]
    assert form["query"].value().count("campaign-number-") == 15


def test_a_new_name_changes_nothing_of_what_is_kept(login, db):
    client = login("marketing")
    query = "period=7d&country.not=CH"
    report = Report.objects.create(name="Old", page="by/campaign/", query=query, owner=client.user)
    client.post(reverse("traffic:report_field", args=[report.pk, "name"]), {"name": "New"})
    report.refresh_from_db()
    assert (report.name, report.page, report.query) == ("New", "by/campaign/", query)
    shown = client.get(reverse("traffic:report_detail", args=[report.pk])).context["properties"]
    assert [one["name"] for one in shown if one["edit_url"] and one["name"] in ("of", "filters")] == []


def test_a_report_never_sent_says_nothing_of_a_sending(login, journal, delivered):
    client = login("marketing")
    data = {"name": "Mine", "query": "period=7d", "rhythm": "weekly", "recipients": [client.user.pk]}
    client.post(reverse("traffic:report_new"), data)
    report = Report.objects.get()
    assert report.sent_for is not None
    assert report.sent_at is None
    shown = client.get(reverse("traffic:report_detail", args=[report.pk])).content.decode()
    assert "Created at" not in shown
    assert client.user.email in shown or str(client.user) in shown
    assert send_due(today=report.sent_for + timedelta(days=8)) == 1
    report.refresh_from_db()
    assert report.sent_at is not None


def test_pages_that_are_no_table_offer_no_report(login, db):
    client = login("marketing")
    for name in ("realtime", "search", "list"):
        assert "/reports/new/" not in client.get(reverse(f"traffic:{name}")).content.decode()
