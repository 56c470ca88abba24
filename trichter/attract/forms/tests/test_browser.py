"""Forms and pop-ups in a real browser: steps, conditions, another origin, keyboard, no scripts."""

import http.server
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.attract.forms.models import Submission
from trichter.attract.popups.models import Popup
from trichter.core.jobs.running import run_next
from trichter.core.people.models import Person
from trichter.core.shell.models import Installation

from .making import add, make_form, newsletter

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip
TRACKER = Path(__file__).parents[2] / "tracking" / "tag" / "tracker.min.js"


class Site(http.server.BaseHTTPRequestHandler):
    """A shop on another origin; `body` is what all of its pages are."""

    body = ""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f'<!doctype html><html lang="de"><title>Shop</title>{self.body}'.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def other():
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_address[1]}"
    site.shutdown()


@pytest.fixture
def browser(live_server):
    Installation.objects.update_or_create(pk=1, defaults={"own_domains": ["127.0.0.1"]})
    with sync_playwright() as playwright:
        found = chromium(playwright)
        yield found
        found.close()


def open_page(browser, **more):
    context = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 800}, **more)
    context.route(
        "**/t.js", lambda asked: asked.fulfill(body=TRACKER.read_text(), content_type="text/javascript")
    )
    context.route("**/t/e", lambda asked: asked.fulfill(status=202))
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
    return page


def offer():
    form = make_form("offer", seconds=1, thanks_de="Danke schön")
    add(form, "what", "choice", label_de="Was brauchen Sie?", required=True,
        options=[{"value": "new", "de": "Etwas Neues"}, {"value": "old", "de": "Ersatz"}])  # fmt: skip
    add(form, "number", label_de="Kundennummer", required=True, show_field="what", show_value="old")
    add(form, "more", "step", label_de="Über Sie")
    add(form, "email", "email", label_de="E-Mail-Adresse", required=True, target="person.email")
    newsletter(form)
    return form


def fill_in(page):
    assert not page.get_by_label("Kundennummer").is_visible()
    page.get_by_role("button", name="Weiter").click()
    assert page.get_by_role("alert").inner_text().startswith("Bitte prüfen Sie Ihre Angaben.")
    page.get_by_label("Ersatz").check()
    page.get_by_label("Kundennummer").fill("K-7")
    page.keyboard.press("Enter")
    page.get_by_label("E-Mail-Adresse").fill("a@")
    page.wait_for_timeout(1_000)
    page.get_by_role("button", name="Absenden").click()
    page.get_by_text("Bitte geben Sie eine E-Mail-Adresse ein", exact=False).first.wait_for()
    page.get_by_label("E-Mail-Adresse").fill("a@example.com")
    page.get_by_role("button", name="Absenden").click()
    page.get_by_text("Danke schön").wait_for()


def processed():
    while run_next(worker="test"):
        pass
    return Submission.objects.get()


def test_steps_and_conditions_in_place(browser, live_server):
    offer()
    page = open_page(browser)
    page.goto(f"{live_server.url}/f/offer/")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    fill_in(page)
    # 422 for the wrong address is told by the browser itself.
    assert [line for line in page.complaints if "422" not in line] == []
    assert page.context.cookies() == [] and page.evaluate("localStorage.length + sessionStorage.length") == 0
    row = processed()
    assert (row.state, row.context["proof"], row.context["scripts"]) == ("processed", "ok", True)
    assert [one["value"] for one in row.answers] == ["old", "K-7", "a@example.com"]
    assert Person.objects.get().email == "a@example.com"


def test_a_page_of_another_site(browser, live_server, other):
    offer()
    page = open_page(browser)
    Site.body = f'<div data-trichter-form></div><script async src="{live_server.url}/f/offer.js"></script>'
    page.goto(f"{other}/angebot?utm_source=brief")
    page.wait_for_selector("form.trf")
    fill_in(page)
    assert page.url.startswith(other)
    row = processed()
    assert (row.state, row.page, row.touches["last"]["source"]) == ("processed", "/angebot", "brief")


def test_without_scripts(browser, live_server):
    offer()
    page = open_page(browser, java_script_enabled=False)
    page.goto(f"{live_server.url}/f/offer/")
    page.get_by_label("Ersatz").check()
    page.get_by_role("button", name="Weiter").click()
    page.get_by_label("Kundennummer").fill("K-7")
    page.get_by_role("button", name="Weiter").click()
    page.get_by_label("E-Mail-Adresse").fill("a@example.com")
    page.wait_for_timeout(1_000)
    page.get_by_role("button", name="Absenden").click()
    page.get_by_text("Danke schön").wait_for()
    assert processed().state == "processed"


def test_a_pop_up_is_closed_by_keyboard_and_gives_the_focus_back(browser, live_server, other):
    form = make_form("news", seconds=0)
    add(form, "email", "email", label_de="E-Mail-Adresse", required=True)
    Popup.objects.create(
        name="News",
        active=True,
        kind="popup",
        title_de="Bleiben wir in Kontakt",
        form=form,
        trigger="scroll",
        value=50,
    )
    Popup.objects.create(
        name="Low", active=True, kind="corner", title_de="Zweites", priority=1, trigger="scroll", value=40
    )
    page = open_page(browser)
    Site.body = f'<script async src="{live_server.url}/p.js"></script><button id="b">x</button><main style="height:3000px"></main>'
    page.goto(f"{other}/blog/", referer="https://www.google.com/")
    page.wait_for_selector("link[href$='popups.css']", state="attached")
    page.focus("#b")
    page.evaluate("scrollTo(0, 2000)")
    dialog = page.get_by_role("dialog", name="Bleiben wir in Kontakt")
    dialog.wait_for()
    assert page.evaluate("document.activeElement.className") == "trp-close"
    for _tab in range(8):  # the focus stays inside, but for the browser's own bar
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    assert page.evaluate("document.querySelectorAll('.trp').length") == 1
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "b"
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("scrollTo(0, 2500)")
    page.wait_for_timeout(200)
    assert page.locator(".trp").count() == 0  # once per page
    assert page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
    page.goto(f"{other}/blog/2", referer=f"{other}/blog/")  # a page on which the visit does not begin
    page.wait_for_timeout(200)
    page.evaluate("scrollTo(0, 2500)")
    page.wait_for_timeout(200)
    assert page.locator(".trp").count() == 0
    assert page.complaints == []
