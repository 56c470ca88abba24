"""Single pages, files, videos, and pages that are put aside or come back: counts equal the test's own truth."""

import json
from collections import Counter

import pytest

from .visiting import count

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.xdist_group("collector"),
]  # fmt: skip
# What a person does, and not how long or how fast it was.
DEEDS = {
    "page.viewed", "file.downloaded", "link.clicked", "form.started", "form.attempted", "video.progressed",
    "custom.happened",
}  # fmt: skip
HIDE = """(state) => {
  Object.defineProperty(document, "visibilityState", {value: state, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Truth(Counter):
    """(kind, page) of what the test has done, noted when it did it."""

    def did(self, kind, page):
        self[kind, page] += 1

    def meets(self, visitor):
        """Compare with the journal; what belongs there and is late is waited for. The events."""
        found = visitor.events(enough=lambda events: deeds(events).total() >= self.total())
        # What should not be there gets the time to come, too.
        visitor.page.wait_for_timeout(1_300)
        found = visitor.events(enough=lambda events: len(events) >= len(found))
        assert deeds(found) == self
        return found


def deeds(events):
    return Counter((kind, page) for kind, page, _data in events if kind in DEEDS)


def test_a_fragment_is_no_page_and_a_page_with_a_fragment_is_one(visitor):
    truth, page = Truth(), visitor.page
    visitor.open("/a")
    truth.did("page.viewed", "/a")
    page.click("#jump")
    page.go_back()
    page.evaluate("location.hash = 'other'")
    page.evaluate("history.replaceState({}, '', '#third')")
    page.wait_for_timeout(100)
    page.evaluate("history.pushState({}, '', '/shop#part')")
    truth.did("page.viewed", "/shop")
    page.wait_for_timeout(100)
    page.evaluate("location.hash = 'last'")
    page.wait_for_timeout(100)
    for _step in range(2):  # over the fragment, and then to the page before
        page.go_back()
        page.wait_for_timeout(100)
    truth.did("page.viewed", "/a")
    page.go_forward()
    truth.did("page.viewed", "/shop")
    page.wait_for_timeout(100)
    page.evaluate("trichter('end')")
    truth.did("custom.happened", "/shop")
    truth.meets(visitor)


def test_files_are_downloads_however_they_are_opened_and_the_page_goes_on(visitor):
    truth, page = Truth(), visitor.page
    visitor.open("/a")
    truth.did("page.viewed", "/a")
    with page.expect_download():
        page.click("#file")
    truth.did("file.downloaded", "/a")
    with page.expect_download():
        page.click("#file", modifiers=["Alt"])
    truth.did("file.downloaded", "/a")
    page.click("#file", button="right")  # a menu is no download
    page.keyboard.press("Escape")
    page.evaluate("document.getElementById('file').href = '/PRICE.PDF?x=1#page=2'")
    page.evaluate("document.getElementById('file').addEventListener('click', (e) => e.preventDefault())")
    page.click("#file")
    truth.did("file.downloaded", "/a")
    page.click("#jump")
    page.click("#next")
    page.wait_for_url("**/b")
    truth.did("page.viewed", "/b")
    found = truth.meets(visitor)
    assets = [data["asset"] for kind, _page, data in found if kind == "file.downloaded"]
    assert assets == ["/price.pdf", "/price.pdf", "/PRICE.PDF"]


def test_every_mark_of_a_video_counts_once_per_view_of_the_page(visitor):
    visitor.open("/a")
    page = visitor.page

    def watch():
        page.click("#film")
        page.wait_for_function("() => clip.ended")

    def marks(which):
        return [data for kind, place, data in found if (kind, place) == ("video.progressed", which)]

    watch()
    watch()  # again on the same page: already told
    page.click("#spa")
    page.wait_for_timeout(100)
    page.click("#film")
    page.wait_for_function("() => clip.currentTime > 1.1")
    page.evaluate("clip.pause()")
    page.wait_for_timeout(100)
    percent = page.evaluate("clip.currentTime / clip.duration * 100")
    page.evaluate("trichter('end')")
    found = visitor.events(enough=lambda events: count(events, "custom.happened") == 1)
    assert marks("/a") == [{"video": "Rundgang", "percent": mark} for mark in (10, 25, 50, 75, 90, 100)]
    seen = [one["percent"] for one in marks("/spa")]
    assert seen == [mark for mark in (10, 25, 50, 75, 90, 100) if mark <= percent]
    assert visitor.complaints == []


def test_a_page_from_the_back_forward_cache_is_seen_again(visitor):
    truth, page = Truth(), visitor.page
    page.add_init_script("addEventListener('pageshow', (e) => { window.back = e.persisted; });")
    visitor.open("/a")
    truth.did("page.viewed", "/a")
    page.evaluate("window.mark = 1; trichter('before')")
    truth.did("custom.happened", "/a")
    page.click("#next")
    page.wait_for_url("**/b")
    page.wait_for_function("() => window.trichter && window.trichter.on")
    truth.did("page.viewed", "/b")
    page.evaluate("history.back()")
    page.wait_for_function(
        "() => window.mark === 1 && window.back"
    )  # the same document as before, not a new one
    truth.did("page.viewed", "/a")
    page.evaluate("trichter('after')")
    truth.did("custom.happened", "/a")
    page.fill("input[name=mail]", "a")
    truth.did("form.started", "/a")
    page.evaluate("history.forward()")
    page.wait_for_url("**/b", wait_until="commit")
    page.wait_for_function("() => window.back")
    truth.did("page.viewed", "/b")
    truth.meets(visitor)


def test_what_is_on_its_way_when_the_page_goes_into_the_cache_comes_once(visitor):
    truth, page = Truth(), visitor.page
    visitor.open("/a")
    truth.did("page.viewed", "/a")
    visitor.events(enough=lambda events: count(events, "page.viewed") == 1)
    for name in range(3):
        page.evaluate(f"trichter('n{name}'); dispatchEvent(new Event('online'))")
        truth.did("custom.happened", "/a")
        page.evaluate("setTimeout(() => { location.href = '/b'; }, 5)")
        page.wait_for_url("**/b")
        truth.did("page.viewed", "/b")
        page.wait_for_function("() => window.trichter && window.trichter.on")
        page.evaluate("history.back()")
        page.wait_for_url("**/a", wait_until="commit")
        page.wait_for_function("() => window.trichter && window.trichter.on")
        truth.did("page.viewed", "/a")
    truth.meets(visitor)


def test_a_page_put_aside_has_sent_everything_before_it_freezes(visitor):
    """A phone may end a hidden page without another word, so nothing may wait for an answer or a timer."""
    truth, page = Truth(), visitor.page
    visitor.open("/a")
    truth.did("page.viewed", "/a")
    visitor.events(enough=lambda events: count(events, "page.viewed") == 1)
    sent = []
    page.context.route("**/t/e", lambda route: sent.extend(names(route)))
    page.evaluate("trichter('first'); dispatchEvent(new Event('online'))")  # on its way, and no answer comes
    truth.did("custom.happened", "/a")
    page.wait_for_timeout(200)
    assert sent == ["first"]
    page.evaluate("trichter('second')")
    truth.did("custom.happened", "/a")
    page.evaluate(HIDE, "hidden")
    page.wait_for_timeout(200)
    assert sent.count("second") == 1
    assert any(not name for name in sent)  # the page was left
    page.context.unroute_all()  # lets go what was held
    page.evaluate(HIDE, "visible")
    page.evaluate("trichter('third')")
    truth.did("custom.happened", "/a")
    truth.meets(visitor)


def names(route):
    return [one["data"].get("name", "") for one in json.loads(route.request.post_data)["events"]]
