"""Pop-ups on the house's own pages: on leaving, as a bar, and as often as they may come."""

import pytest
from django.utils import timezone
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.attract.ctas.models import Condition
from trichter.attract.ctas.tests.test_ctas import BROWSER
from trichter.attract.pages.actions import put
from trichter.attract.pages.models import StandardPage
from trichter.attract.pages.tests.making import hero
from trichter.attract.pages.tests.making import home as start_page
from trichter.attract.popups.models import Popup
from trichter.attract.tracking.models import TrackingSettings
from trichter.core.journal.actions import identify
from trichter.core.people.models import Link, Person
from trichter.core.segments.models import Membership, Segment

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip


@pytest.fixture
def site(live_server):
    home = start_page()
    for slug in ("eins", "zwei"):
        put(parent=home, page=StandardPage(title=slug.title(), slug=slug, language="de", body=[hero()]))
    yield live_server.url


@pytest.fixture
def fresh(site):
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        found = browser.new_context(locale="de-DE", viewport={"width": 1200, "height": 800}).new_page()
        found.complaints = []
        found.on("pageerror", lambda error: found.complaints.append(str(error)))
        yield found
        browser.close()


@pytest.fixture
def page(site, fresh):
    """Of somebody who has answered the question for consent: nothing lies in the way."""
    fresh.goto(f"{site}/zwei/")
    fresh.get_by_role("button", name="Ablehnen").click()
    return fresh


def popup(**more) -> Popup:
    return Popup.objects.create(**({"name": "Demo", "active": True, "title_de": "Noch Fragen?"} | more))


def leave_by_the_top(page) -> None:
    page.mouse.move(600, 400)
    page.evaluate(
        "document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1, relatedTarget: null, bubbles: true}))"
    )


def test_a_page_without_pop_ups_loads_nothing_of_them(site, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    popup(active=False)
    page.goto(f"{site}/eins/")
    assert "/t.js" in asked and "/p.js" not in asked


def test_whoever_is_about_to_leave_is_asked_once_on_the_own_site(site, page):
    popup(kind="popup", trigger="exit", link="/zwei/", button_de="Zur Seite zwei")
    page.goto(f"{site}/eins/")
    page.wait_for_function("window.trichterPopups")
    assert page.locator(".trp").count() == 0
    leave_by_the_top(page)
    dialog = page.get_by_role("dialog", name="Noch Fragen?")
    dialog.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    leave_by_the_top(page)
    page.wait_for_timeout(200)
    assert page.locator(".trp").count() == 0
    assert page.complaints == []


def test_a_bar_lets_the_page_be_used_and_leads_where_it_says(site, page):
    popup(kind="bar", trigger="time", value=0, link="/zwei/", button_de="Zur Seite zwei", pages=["/eins*"])
    page.goto(f"{site}/eins/")
    page.locator(".trp-bar").wait_for()
    assert page.evaluate("document.querySelector('dialog[open]')") is None
    page.locator(".trp-bar .trp-button").click()
    page.wait_for_url(f"{site}/zwei/")
    page.wait_for_timeout(300)
    assert page.locator(".trp").count() == 0  # not one of its pages


def test_it_waits_until_the_question_for_consent_is_answered(site, fresh):
    page = fresh
    popup(kind="corner", trigger="time", value=0)
    page.goto(f"{site}/eins/")
    page.locator("#trichter-consent section").wait_for()
    page.wait_for_timeout(400)
    assert page.locator(".trp").count() == 0
    page.get_by_role("button", name="Ablehnen").click()
    page.locator(".trp-corner").wait_for()
    assert page.locator("#trichter-consent").count() == 0


def test_with_consent_it_comes_as_often_as_it_may_and_no_more(site, page):
    popup(kind="corner", trigger="time", value=0, cap=2, days=7)
    page.context.add_cookies([{"name": "tr_id", "value": "x" * 36, "url": site}])
    shown = []
    for slug in ("eins", "zwei", "eins"):
        page.goto(f"{site}/{slug}/")
        page.wait_for_function("window.trichterPopups")
        page.wait_for_timeout(400)
        shown.append(page.locator(".trp").count())
    assert shown == [1, 1, 0]


def test_a_pop_up_for_a_segment_shows_to_its_members_and_nobody_else_is_asked(site, page):
    segment = Segment.objects.create(name="Kunden", kind="static")
    popup(
        kind="corner", trigger="time", value=0, condition=Condition.objects.create(name="K", segment=segment)
    )
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))

    def count():
        page.goto(f"{site}/eins/")
        page.wait_for_function("window.trichterPopups")
        page.wait_for_timeout(500)
        return page.locator(".trp").count()

    assert count() == 0 and "/p/show" not in asked  # without consent there is nothing to ask
    TrackingSettings.objects.update_or_create(pk=1, defaults={"other_banner": True})
    page.context.add_cookies([{"name": "tr_id", "value": BROWSER, "url": site}])
    assert count() == 0 and "/p/show" in asked
    person = Person.objects.create(created_at=timezone.now())
    who = identify(kind="visitor", value=f"id:{BROWSER}")
    Link.objects.update_or_create(
        identity_id=who, defaults={"person": person, "evidence": "test", "since": timezone.now()}
    )
    Membership.objects.create(segment=segment, person=person, since=timezone.now())
    assert count() == 1
    assert page.complaints == []


def test_a_pop_up_for_a_device_needs_no_consent(site, page):
    # As it is, the browser says that it is a machine, which is no device.
    page.context.set_extra_http_headers(
        {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"}
    )
    popup(kind="corner", trigger="time", value=0, devices=["desktop"], priority=1)
    popup(name="Telefon", kind="corner", trigger="time", value=0, devices=["mobile"], title_de="Anrufen")
    page.goto(f"{site}/eins/")
    page.locator(".trp-corner").wait_for()
    assert page.locator(".trp-title").inner_text() == "Noch Fragen?"


def test_a_preview_shows_it_whatever_its_rules_say(site, page):
    one = popup(kind="corner", trigger="scroll", value=90, pages=["/nirgends*"])
    page.goto(f"{site}/eins/#trichter-popup-{one.pk}")
    page.locator(".trp-corner").wait_for()
