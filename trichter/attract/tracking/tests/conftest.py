"""A collector with a site beside it, a browser, and one visitor: started once for all tests of the tracker."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import chromium

from .servers import AGENT, Nursery, site_beside
from .visiting import Site, Visitor


@pytest.fixture(scope="package")
def world(tmp_path_factory):
    nursery = Nursery(data=tmp_path_factory.mktemp("tracker"))
    nursery.run("TrackingSettings.objects.create(pk=1, other_banner=True)")
    Site.collector = nursery.port
    with site_beside(nursery, Site) as address:
        yield nursery, address


@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        # A context's own name does not reach requests that outlive their page; the flag does.
        elsewhere = "--host-resolver-rules=MAP *.test 127.0.0.1"
        found = chromium(
            playwright, f"--user-agent={AGENT}", elsewhere, without=("--disable-back-forward-cache",)
        )
        yield found
        found.close()


@pytest.fixture
def visitor(browser, world):
    found = Visitor(browser, world)
    yield found
    found.leave()
