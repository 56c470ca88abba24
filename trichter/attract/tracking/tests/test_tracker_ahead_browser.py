"""Pages that the browser makes ready before anybody wants them: viewed when they are shown, or never."""

import time

import pytest

from .servers import bare_chromium
from .visiting import Site

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.xdist_group("collector"),
]  # fmt: skip


def test_a_page_made_ready_is_viewed_when_it_is_shown_or_never(world):
    nursery, site = world
    first = nursery.rows("SELECT coalesce(max(id), 0) FROM journal_event")[0][0]
    query = f"SELECT page FROM journal_event WHERE id > {first} AND kind = 'page.viewed' ORDER BY at, id"
    Site.asked.clear()
    with bare_chromium(f"{site}/ahead"):
        until = time.monotonic() + 30
        while ("/next",) not in nursery.rows(query) and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(1)  # what should not be there gets the time to come, too
    assert {"/made-ready/unseen", "/made-ready/next"} <= set(Site.asked)
    assert nursery.rows(query) == [("/ahead",), ("/next",)]
