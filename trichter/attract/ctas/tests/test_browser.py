"""A call to action in a real browser: counted when it is really seen, nothing moves; and the screens."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.attract.ctas import queries
from trichter.attract.ctas.models import Condition, Cta, Variant
from trichter.attract.links.models import ShortLink
from trichter.attract.pages.actions import put
from trichter.attract.pages.models import StandardPage
from trichter.attract.pages.tests.making import hero
from trichter.attract.pages.tests.making import home as start_page
from trichter.attract.tracking.pipeline.shapes import EVENT

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip
TRACKER = Path(__file__).parents[2] / "tracking" / "tag" / "tracker.min.js"
_WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
_SHIFT = """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
  for (const one of list.getEntries()) sum += one.value; }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 200); })"""


@pytest.fixture
def site(live_server):
    queries.forget()
    home = start_page()
    one = Cta.objects.create(name="Demo", text_de="Demo buchen", target="#formular", look="band",
                             line_de="Sehen Sie es an Ihren Anlagen.")  # fmt: skip
    held = Condition.objects.create(name="Von LinkedIn", sources="linkedin")
    second = Variant.objects.create(
        cta=one, name="LinkedIn", condition=held, text_de="Mit Kollegen sprechen", target="/demo/"
    )
    section = {"heading": "Demo", "intro": "", "anchor": "", "ground": "plain", "cta": f"cta:{one.pk}"}
    text = ("text", {"text": "<p>Absatz</p>" * 60})
    put(parent=home, page=StandardPage(title="Seite", slug="seite", language="de",
                                       body=[hero(), text, ("named_cta", section)]))  # fmt: skip
    yield live_server.url, one, second


def test_a_call_to_action_is_counted_when_it_is_seen_and_followed(site):
    url, one, second = site
    sent = []
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        context = browser.new_context(
            locale="de-DE", viewport={"width": 390, "height": 800}, color_scheme="dark"
        )
        context.route(
            "**/t.js", lambda asked: asked.fulfill(body=TRACKER.read_text(), content_type="text/javascript")
        )

        def take(asked):
            sent.extend(asked.request.post_data_json["events"])
            asked.fulfill(status=202)

        context.route("**/t/e", take)
        page = context.new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def told():
            page.wait_for_timeout(1_300)
            events = [EVENT.validate_python(event) for event in sent]
            return [
                (event.data.name, event.data.props) for event in events if event.kind == "custom.happened"
            ]

        page.goto(f"{url}/seite/")
        assert page.get_by_role("link", name="Demo buchen").count() == 1
        assert page.evaluate(_SHIFT) == 0 and told() == []
        assert [v["id"] for v in Axe().run(page).response["violations"]] == []
        page.get_by_role("link", name="Demo buchen").scroll_into_view_if_needed()
        page.wait_for_timeout(1_200)
        assert told() == [("cta.shown", {"cta": one.pk, "variant": 0})]
        page.get_by_role("link", name="Demo buchen").press("Enter")
        assert told()[1:] == [("cta.clicked", {"cta": one.pk, "variant": 0})]
        sent.clear()
        page.goto(f"{url}/seite/?utm_source=linkedin")
        page.get_by_role("link", name="Mit Kollegen sprechen").scroll_into_view_if_needed()
        page.wait_for_timeout(1_200)
        assert told() == [("cta.shown", {"cta": one.pk, "variant": second.pk})]
        assert complaints == [] and not [one for one in context.cookies() if one["name"].startswith("tr_")]
        browser.close()


def test_the_screens_are_accessible_dark_and_on_a_phone(site, login):
    """With TRICHTER_PICTURES the screens are kept there."""
    url, one, _second = site
    link = ShortLink.objects.create(name="Messeflyer 2026", slug="messe", target="/nicht-da/", source="flyer",
                                    medium="print", campaign="messe-2026")  # fmt: skip
    cookie = login("marketing").cookies["sessionid"].value
    paths = ("links/", f"links/{link.pk}/", "links/paste/", "ctas/", f"ctas/{one.pk}/",
             f"ctas/{one.pk}/preview/?language=de", "display-conditions/new/", "links/new/")  # fmt: skip
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for width, scheme in ((1360, "light"), (390, "dark")):
            context = browser.new_context(locale="de-DE", viewport={"width": width, "height": 900},
                                          color_scheme=scheme)  # fmt: skip
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
            page = context.new_page()
            complaints = []
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)  # noqa: B023
            for path in paths:
                page.goto(f"{url}/app/{path}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                if folder := os.environ.get("TRICHTER_PICTURES"):
                    name = path.split("?")[0].strip("/").replace("/", "-")
                    page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
                found = Axe().run(page, options=_WCAG).response["violations"]
                assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], path
            assert complaints == []
            context.close()
        browser.close()
