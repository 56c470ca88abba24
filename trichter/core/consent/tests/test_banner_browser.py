"""The banner in a real browser: nothing stored before a choice, both buttons alike, withdrawal in one click."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.core.consent import actions, locks
from trichter.core.consent.defaults import AD_CLICKS, RECORDING
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
    # What stands last on the page can be scrolled above the banner: `calc(0px + 320px)`.
    room = page.evaluate("parseFloat(getComputedStyle(document.body).paddingBottom)")
    height = "document.querySelector('#trichter-consent').shadowRoot.querySelector('section').offsetHeight"
    assert room >= page.evaluate(height) > 100
    no.click()
    assert page.evaluate("document.body.style.paddingBottom") == ""
    cookies, local, session = stored(page)
    assert (cookies, session) == ([], 0)
    assert [name for name, _value in local] == ["tr_choice"] and local[0][1].startswith("no:")
    page.reload()
    page.wait_for_timeout(300)
    assert page.locator("#trichter-consent").count() == 0
    assert not ConsentRecord.objects.exists()
    assert page.foreign == [] and page.complaints == []


@pytest.mark.parametrize(
    ("language", "asks", "names", "agree", "yes", "no"),
    [
        (
            "de", "Stimmen Sie diesen 3 Zwecken zu?",
            ["Statistik mit Wiedererkennung", "Erfolgsmessung von Anzeigen", "Aufzeichnung von Besuchen"],
            "Zeigerbewegungen", "Zustimmen", "Ablehnen",
        ),
        (
            "en", "Do you agree to these 3 purposes?",
            ["Statistics with recognition", "Measuring the success of ads", "Recording of visits"],
            "Pointer movements", "Accept", "Reject",
        ),
    ],
)  # fmt: skip
def test_all_that_accepting_agrees_to_is_named_before_the_buttons(
    page, language, asks, names, agree, yes, no
):
    assert page.get_by_role("heading", name="Stimmen Sie diesem Zweck zu?").is_visible()
    for key in (AD_CLICKS, RECORDING):
        actions.ask_in_banner(key=key, asked=True)
    page.route(  # as a page in this language
        "**/consent/",
        lambda asked: asked.fulfill(
            body=f"<!doctype html><html lang={language}><title>x</title><body><script src='/c.js'></script>"
            "<script src='/t.js'></script>", content_type="text/html",
        ),
    )  # fmt: skip
    page.reload()
    assert page.get_by_role("heading", name=asks).is_visible()
    assert page.locator("#trichter-consent details").evaluate("e => e.open") is False
    accept, bottoms = page.get_by_role("button", name=yes), []
    for name in names:
        named = page.locator("#trichter-consent ul").get_by_text(name)
        assert named.is_visible()
        bottoms.append(named.bounding_box()["y"])
    assert page.get_by_text(agree).first.is_visible()
    tops = [page.get_by_role("button", name=one).bounding_box()["y"] for one in (yes, no)]
    assert tops[0] == tops[1] > max(bottoms)
    with page.expect_response("**/consent/decision") as told:
        accept.click()
    assert told.value.status == 204
    given = {row.purpose.key: row.wording for row in ConsentRecord.objects.select_related("wording__purpose")}
    assert [given[key].name for key in ("statistics", AD_CLICKS, RECORDING)] == names
    assert {wording.language for wording in given.values()} == {language}


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
