"""The banner in a real browser: nothing stored before a choice, both buttons alike, withdrawal in one click."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.core.consent import locks
from trichter.core.consent.models import ConsentRecord
from trichter.core.shell.models import Installation

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip
# Read as a file: a room below does not import one above.
TRACKER = Path(__file__).parents[3] / "attract" / "tracking" / "tag" / "tracker.min.js"


PRIVACY = "https://firma.example/datenschutz/"


@pytest.fixture
def page(live_server):
    Installation.objects.update_or_create(
        pk=1, defaults={"privacy_url": PRIVACY, "imprint_url": "https://firma.example/impressum/"}
    )
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        context = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 800})
        context.route(
            "**/t.js", lambda asked: asked.fulfill(body=TRACKER.read_text(), content_type="text/javascript")
        )
        context.route("**/t/e", lambda asked: asked.fulfill(status=202))
        page = context.new_page()
        page.complaints, page.foreign = [], []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.on(
            "request", lambda one: page.foreign.append(one.url) if live_server.url not in one.url else None
        )
        page.goto(f"{live_server.url}/consent/")
        page.wait_for_selector("#trichter-consent section")
        yield page
        browser.close()
    locks.remove()  # the test database is emptied after this; migrations put them back


def stored(page):
    cookies = [one["name"] for one in page.context.cookies()]
    return cookies, page.evaluate("Object.entries(localStorage)"), page.evaluate("sessionStorage.length")


def test_nothing_is_stored_before_a_choice_and_only_that_after_rejecting(page):
    assert stored(page) == ([], [], 0)
    yes, no = page.get_by_role("button", name="Zustimmen"), page.get_by_role("button", name="Ablehnen")
    look = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor, s.fontWeight, s.fontSize] }"
    assert yes.evaluate(look) == no.evaluate(look)
    sizes = [one.bounding_box() for one in (yes, no)]
    assert sizes[0]["width"] == sizes[1]["width"] and sizes[0]["height"] == sizes[1]["height"] >= 44
    assert page.locator("#trichter-consent a").all_text_contents() == ["Datenschutz", "Impressum"]
    assert page.get_by_role("link", name="Datenschutz").first.get_attribute("href") == PRIVACY
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    no.click()
    cookies, local, session = stored(page)
    assert (cookies, session) == ([], 0)
    assert [name for name, _value in local] == ["tr_choice"] and local[0][1].startswith("no:")
    page.reload()
    page.wait_for_timeout(300)
    assert page.locator("#trichter-consent").count() == 0
    assert not ConsentRecord.objects.exists()
    assert page.foreign == [] and page.complaints == []


def test_accepting_is_written_down_and_withdrawing_is_one_click(page):
    with page.expect_response("**/consent/decision") as told:
        page.get_by_role("button", name="Zustimmen").click()
    assert told.value.status == 204
    (row,) = ConsentRecord.objects.all()
    page.wait_for_function("document.cookie.includes('tr_id')")
    (cookie,) = page.context.cookies()
    assert (row.decision, str(row.parts.get(name="subject").identity)) == (
        "given",
        f"visitor:id:{cookie['value']}",
    )
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Meine Wahl ändern").click()
    page.keyboard.press("Escape")
    assert page.locator("#trichter-consent").count() == 0
    page.get_by_role("button", name="Meine Wahl ändern").click()
    with page.expect_response("**/consent/decision") as told:
        page.get_by_role("button", name="Ablehnen").click()
    assert told.value.status == 204
    assert [row.decision for row in ConsentRecord.objects.order_by("number")] == ["given", "withdrawn"]
    assert stored(page)[0] == []
