"""The page, the preview and the report of a newsletter in a real browser, on a phone."""

import os
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.core.jobs.running import run_next
from trichter.engage.mailtemplates.starters import starter
from trichter.engage.mailtemplates.tests.making import fill_in
from trichter.engage.newsletters import actions

from .making import newsletter, person

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip
SHOTS = os.environ.get("TRICHTER_SHOTS", "")


def test_the_pages_fit_a_phone_and_the_frame_shows_the_mail(
    live_server: Any, client: Any, make_user: Any
) -> None:
    made = newsletter(person(1), person(2), person(3, consent=False))
    made.template.body = [*starter(key="newsletter", language="de").stream()]
    fill_in(made.template)
    made.template.save_revision().publish()
    client.force_login(make_user("marketing", language="de"))
    cookie = client.cookies["sessionid"].value
    urls = {"page": f"/app/newsletters/{made.pk}/", "preview": f"/app/newsletters/{made.pk}/preview/",
            "templates": "/app/mail-templates/", "new": "/app/newsletters/new/"}  # fmt: skip
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        context = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 800})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def look(name: str, url: str) -> None:
            page.goto(f"{live_server.url}{url}")
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    complaints.append(f"{name} at {width}: {wide}")
                if SHOTS:
                    page.screenshot(path=f"{SHOTS}/nl-{name}-{width}.png", full_page=True)

        for name, url in urls.items():
            look(name, url)
            if name == "preview":
                frame = page.frame_locator("iframe")
                frame.get_by_text("Sehr geehrte Frau Nach1").wait_for(timeout=20_000)
        actions.start(newsletter=made)
        while run_next(worker="test"):
            pass
        look("report", urls["page"])
        browser.close()
    assert complaints == []
