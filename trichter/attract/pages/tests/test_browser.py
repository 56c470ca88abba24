"""The site in a real browser: no violation, no jump, nothing from elsewhere, and usable without JavaScript."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.browser import chromium, running_house

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database]
PAGES = ("/", "/lp/whitepaper/", "/preise/", "/blog/wartungsplan-vorlage/", "/podcast/folge-1/")
LOOKS = ((1360, "light"), (1360, "dark"), (390, "light"), (390, "dark"))
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


def test_the_demo_site_stands_still_and_stays_at_home(tmp_path: Path) -> None:
    violations: dict[str, list[str]] = {}
    with running_house(data=tmp_path, visitors=200) as house, sync_playwright() as started:
        browser = chromium(started)
        for width, scheme in LOOKS:
            context: Any = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
            page = context.new_page()
            said: list[str] = []
            foreign: list[str] = []
            page.on(
                "console",
                lambda message, said=said: said.append(message.text) if message.type == "error" else None,
            )
            page.on(
                "request",
                lambda request, foreign=foreign: (
                    None if request.url.startswith((house.url, "data:")) else foreign.append(request.url)
                ),
            )
            for path in PAGES:
                page.goto(f"{house.url}{path}")
                shift = page.evaluate(
                    """() => new Promise(done => { let sum = 0;
                    new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
                      .observe({type: "layout-shift", buffered: true}); setTimeout(() => done(sum), 300); })"""
                )
                assert shift < 0.01, (path, shift)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                assert page.locator("h1").count() == 1, path
                found = [
                    f"{issue['id']}: {issue['nodes'][0]['html'][:160]}"
                    for issue in Axe().run(page, options=AXE).response["violations"]
                ]
                if found:
                    violations[f"{path} {width} {scheme}"] = found
            assert said == [] and foreign == []
            context.close()
        context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.goto(f"{house.url}/")
        page.locator(".drawer summary").click()
        page.locator(".drawer a", has_text="Preise").click()
        assert page.url == f"{house.url}/preise/"
        browser.close()
    assert violations == {}
