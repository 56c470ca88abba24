"""Heatmaps and recordings in Chromium on a real page under a strict policy: counts equal the truth, and what
people read and type never leaves the browser.
"""

import base64
import gzip
import http.server
import json
import threading
import time
import uuid

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.attract.tracking.tests.servers import AGENT, Nursery, bare_chromium, site_beside

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.xdist_group("collector"),
]  # fmt: skip
CANARIES = (
    "Seitentext",
    "secret",
    "Platzhalter",
    "Titelwort",
    "Bildtext",
    "queryword",
    "hashword",
    "Kommentar",
)
PAGE = """<!doctype html><html lang=de><head><title>Titelwort</title>
<meta name=description content="Titelwort"><link rel=stylesheet href="/page.css">
<script async src="http://127.0.0.1:{port}/t.js"></script>
<script async src="http://127.0.0.1:{port}/c.js"></script></head><body>
<!-- Kommentar --><h1 id=head>Seitentext</h1><p id=shown data-tr-show>Sichtbar</p>
<button id=dead aria-label="Seitentext">Seitentext</button><button id=live title="Seitentext">Seitentext</button>
<div id=out></div><img alt="Bildtext" src="/a.png?queryword"><a id=go href="/b?queryword#hashword">Seitentext</a>
<form><input id=mail name=mail placeholder="Platzhalter" value="secret0"><textarea id=area>secret1</textarea>
<input id=pass type=password><select id=pick><option>secret2</option><option>secret3</option></select></form>
<div id=host></div><div id=long data-note="Seitentext"></div><script src="/page.js"></script></body></html>"""
CSS = "#long{height:3000px}#dead,#live{display:block;margin:20px;width:200px;height:40px}h1::after{content:'Seitentext'}"
AHEAD = json.dumps({"prerender": [{"urls": ["/a-unseen"], "eagerness": "immediate"}]})
SCRIPT = """document.getElementById("live").onclick = () => {
  document.getElementById("out").textContent += "Seitentext und secret4";
  document.getElementById("out").setAttribute("title", "Seitentext");
};
if (document.prerendering) setTimeout(() => { new Image().src = "/a-asked"; }, 6000);
document.getElementById("host").attachShadow({mode: "open"}).append("Seitentext im Schatten");"""


class Site(http.server.BaseHTTPRequestHandler):
    """A page with texts that must not be found anywhere else."""

    port = 0
    asked = threading.Event()

    def do_GET(self):
        kind, text = {
            "/page.js": ("text/javascript", SCRIPT),
            "/page.css": ("text/css", CSS),
            "/ahead.json": ("application/speculationrules+json", AHEAD),
        }.get(self.path.partition("?")[0], ("text/html; charset=utf-8", PAGE.format(port=self.port)))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        server = f"http://127.0.0.1:{self.port}"
        if self.path == "/ahead":
            self.send_header("Speculation-Rules", '"/ahead.json"')
        if self.path == "/a-asked":
            self.asked.set()
        types = "; require-trusted-types-for 'script'" if self.path == "/a-strict" else ""
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' {server}; connect-src {server}; style-src 'self'{types}",
        )
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    nursery = Nursery(
        data=tmp_path_factory.mktemp("replay"), module="trichter.attract.replay.tests.collecting",
    )  # fmt: skip
    nursery.run(
        "from trichter.attract.replay.actions import save_settings, ensure_purpose\n"
        "from trichter.attract.replay.models import ReplaySettings\n"
        "ensure_purpose()\n"
        "save_settings(saved=ReplaySettings(heat=True, heat_pages=['/a*'], moves=True, record=True, sample=100))\n"
    )
    Site.port = nursery.port
    with site_beside(nursery, Site) as address:
        yield nursery, address


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = chromium(playwright)
        yield found
        found.close()


class Visitor:
    """A browser with a name of its own, and everything it sends."""

    def __init__(self, browser, world):
        self.nursery, self.site = world
        self.context = browser.new_context(
            user_agent=f"{AGENT} Edg/{uuid.uuid4().int % 10**6}", locale="de-DE"
        )
        self.page = self.context.new_page()
        self.complaints, self.bodies = [], []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type == "error" else None
        )
        self.context.on("request", self._note)

    def _note(self, request):
        if request.method == "POST":
            self.bodies.append((request.url.rpartition(":")[2].partition("/")[2], request.post_data or ""))

    def open(self, path):
        self.page.goto(self.site + path)
        self.wait("!!window.trichterHeat")

    def wait(self, expression):
        """Until this is true in the page; its policy forbids Playwright's own way of waiting."""
        self.until(lambda: self.page.evaluate(expression))

    def to(self, path):
        """Everything that was sent to an address, unpacked."""
        found = []
        for where, body in self.bodies:
            if where == path:
                content = json.loads(body)
                if content.get("ev"):
                    content["ev"] = json.loads(gzip.decompress(base64.b64decode(content["ev"])))
                elif content.get("raw"):
                    content["ev"] = json.loads(content["raw"])
                found.append(content)
        return found

    def agree(self):
        """Accept everything in the banner, and wait until the recorder runs."""
        self.page.locator("#trichter-consent button", has_text="Zustimmen").click()
        self.wait("!!window.trichterRecorder")

    def until(self, ready):
        limit = time.monotonic() + 15
        while time.monotonic() < limit:
            found = ready()
            if found:
                return found
            self.page.wait_for_timeout(100)
        raise AssertionError((self.complaints, self.bodies))

    def rows(self, query):
        return self.nursery.rows(query)

    def leave(self):
        self.page.goto("about:blank")
        self.page.wait_for_timeout(400)


@pytest.fixture
def visitor(browser, world):
    found = Visitor(browser, world)
    yield found
    found.leave()
    found.context.close()


def counts(visitor, page):
    rows = visitor.rows(
        "SELECT c.kind, sum(c.count) FROM replay_heatcount c JOIN replay_heatpage p ON p.id = c.page_id "
        f"WHERE p.page = '{page}' GROUP BY c.kind"
    )
    return dict(rows)


def complete(found):
    """The counters when all clicks and the last step of scrolling are there."""
    return found if found.get("c", 0) >= 6 and found.get("d", 0) >= 5 and found["s"] > 5 else None


def test_a_heatmap_counts_what_happened_and_stores_nothing_on_the_device(visitor):
    page = visitor.page
    visitor.open("/a1?queryword=1#hashword")
    page.click("#dead")
    page.wait_for_timeout(1300)
    page.click("#live")
    page.wait_for_timeout(1300)
    box = page.locator("#dead").bounding_box()
    for _ in range(4):
        page.mouse.click(box["x"] + 50, box["y"] + 10)
    page.wait_for_timeout(1300)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2 - innerHeight / 2)")
    page.wait_for_timeout(300)
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    shown = page.evaluate("Math.floor((scrollY + innerHeight) / document.documentElement.scrollHeight * 20)")
    # Not by leaving: Chromium sends the beacons of a page that ends under its own name, as a robot.
    found = visitor.until(lambda: complete(counts(visitor, "/a1")))
    assert (found["v"], found["c"], found["r"]) == (1, 6, 1)
    assert found["d"] == 5  # all but the one that changed the page
    assert found["s"] == shown
    elements = visitor.rows(
        "SELECT e.path, sum(e.clicks), sum(e.rage), sum(e.dead) FROM replay_heatelement e "
        "JOIN replay_heatpage p ON p.id = e.page_id WHERE p.page = '/a1' GROUP BY e.path ORDER BY e.path"
    )
    assert elements == [("#dead", 5, 1, 5), ("#live", 1, 0, 0)]
    sent = json.dumps(visitor.to("t/h"))
    assert [word for word in CANARIES if word in sent] == []
    known = {"uid", "url", "w", "h", "p", "v", "s", "c", "m", "team"}
    assert all(set(one) <= known for one in visitor.to("t/h"))
    assert visitor.complaints == []


def test_pages_without_a_heatmap_send_nothing_and_nothing_is_recorded_without_consent(visitor):
    visitor.open("/b1")
    visitor.page.click("#dead")
    visitor.page.fill("#mail", "secret5")
    visitor.page.wait_for_timeout(1500)
    assert visitor.page.evaluate("!!window.trichterRecorder") is False
    visitor.leave()
    assert visitor.to("t/h") == [] and visitor.to("t/r") == []


def test_a_recording_begins_with_consent_holds_no_text_and_ends_with_the_withdrawal(visitor):
    page = visitor.page
    visitor.open("/b2?queryword=1#hashword")
    visitor.agree()
    page.wait_for_timeout(400)
    page.fill("#mail", "secret5@example.com")
    page.type("#area", "secret6")
    page.type("#pass", "secret7")
    page.select_option("#pick", "secret3")
    page.click("#live")
    page.click("#dead")
    parts = visitor.until(lambda: [one for one in visitor.to("t/r") if len(one["ev"]) > 2])
    rows = visitor.until(
        lambda: visitor.rows("SELECT id, page, chunks FROM replay_recording WHERE chunks > 0")
    )
    assert [row[1] for row in rows] == ["/b2"]
    visitor.until(lambda: sum(one["clicks"] for one in visitor.to("t/r")) >= 2)
    page.click("#go")
    page.wait_for_url("**/b?**")
    visitor.wait("!!window.trichterRecorder")
    visitor.until(lambda: len({one["take"] for one in visitor.to("t/r")}) == 2)
    assert len({one["rec"] for one in visitor.to("t/r")}) == 1
    sent = json.dumps(visitor.to("t/r"), ensure_ascii=False) + json.dumps(
        [body for where, body in visitor.bodies if where == "t/r"]
    )
    assert [word for word in CANARIES if word in sent] == []
    assert "Sichtbar" in sent and "example.com" not in sent and "queryword" not in sent
    assert parts
    watch(visitor)

    page.evaluate("trichterConsent.open()")
    page.locator("#trichter-consent button", has_text="Ablehnen").click()
    page.wait_for_timeout(300)
    before = len(visitor.to("t/r"))
    page.click("#dead")
    page.wait_for_timeout(5500)
    visitor.leave()
    assert len(visitor.to("t/r")) == before
    visitor.nursery.run(
        "from trichter.core.journal.followers import catch_up\ncatch_up(names=['replay.withdrawals'])\n"
    )
    assert visitor.rows("SELECT count(*) FROM replay_recordingchunk") == [(0,)]
    assert [line for line in visitor.complaints if "a.png" not in line] == []


LOGIN = """
import pathlib
from importlib import import_module
from django.conf import settings
from django.contrib.auth.models import Group
from trichter.core.accounts.models import User
from trichter.attract.replay.models import HeatPage
from trichter.attract.replay.views.overlay import token
user, made = User.objects.get_or_create(email='watcher@example.com', defaults={'language': 'de'})
user.groups.set(Group.objects.filter(name='marketing'))
session = import_module(settings.SESSION_ENGINE).SessionStore()
session['_auth_user_id'], session['_auth_user_hash'] = str(user.pk), user.get_session_auth_hash()
session['_auth_user_backend'] = settings.AUTHENTICATION_BACKENDS[0]
session.save()
page = HeatPage.objects.first()
texts = [session.session_key, token(page=page, device='desktop', period='30', user=user) if page else '']
(settings.DATA_DIR / 'login.txt').write_text(' '.join(texts))
"""


def watch(visitor):
    """A colleague plays the recording: it is drawn, without a script of the page and without any other host."""
    visitor.nursery.run(LOGIN)
    session, _token = (visitor.nursery.data / "login.txt").read_text().split(" ")
    server = f"http://127.0.0.1:{visitor.nursery.port}"
    context = visitor.context.browser.new_context(locale="de-DE")
    context.add_cookies([{"name": "sessionid", "value": session, "url": server}])
    page, hosts, complaints = context.new_page(), set(), []
    page.on("request", lambda request: hosts.add("/".join(request.url.split("/")[:3])))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    number = visitor.rows("SELECT max(id) FROM replay_recording")[0][0]
    page.goto(f"{server}/app/recordings/{number}/")
    player = page.frame_locator("iframe.rp-player")
    player.locator(".rr-controller").wait_for(timeout=15_000)
    player.locator(".replayer-wrapper iframe").wait_for(timeout=15_000)
    inner = player.frame_locator(".replayer-wrapper iframe")
    inner.locator("#shown", has_text="Sichtbar").wait_for(timeout=15_000)
    assert inner.locator("h1").inner_text().strip("*") == ""
    assert player.locator(".replayer-wrapper iframe").get_attribute("sandbox") == "allow-same-origin"
    assert hosts == {server}
    assert complaints == []
    context.close()


def test_the_heatmap_is_drawn_over_the_page_for_a_colleague(visitor):
    visitor.open("/a1")
    visitor.page.click("#live")
    visitor.until(lambda: visitor.rows("SELECT 1 FROM replay_heatelement"))
    visitor.nursery.run(LOGIN)
    _session, token = (visitor.nursery.data / "login.txt").read_text().split(" ")
    visitor.page.goto("about:blank")
    visitor.page.goto(f"{visitor.site}/a1#trichter-heat={token}")
    visitor.wait("!!document.querySelector('canvas')")
    visitor.page.wait_for_timeout(200)
    assert "Klicks bei" in visitor.page.evaluate("document.querySelector('[role=status]').textContent")
    assert visitor.page.evaluate("location.hash") == ""
    painted = (
        "Array.from(document.querySelector('canvas').getContext('2d').getImageData(0, 0, 400, 400).data)"
        ".some((one) => one > 0)"
    )
    assert visitor.page.evaluate(painted)
    assert [line for line in visitor.complaints if "a.png" not in line] == []


def test_global_privacy_control_is_never_recorded(visitor):
    visitor.context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    visitor.context.add_cookies([{"name": "tr_id", "value": str(uuid.uuid4()), "url": visitor.site}])
    visitor.page.goto(visitor.site + "/b3")
    visitor.page.evaluate("localStorage.setItem('tr_choice', 'yes:x:statistics,session-recording')")
    visitor.open("/b3")
    visitor.page.wait_for_timeout(800)
    assert visitor.page.evaluate("!!window.trichterRecorder") is False


def test_an_id_that_the_ledger_does_not_know_is_never_written(visitor):
    stranger = str(uuid.uuid4())
    visitor.context.add_cookies([{"name": "tr_id", "value": stranger, "url": visitor.site}])
    visitor.page.goto(visitor.site + "/b4")
    visitor.page.evaluate("localStorage.setItem('tr_choice', 'yes:x:statistics,session-recording')")
    visitor.open("/b4")
    visitor.page.click("#live")
    visitor.until(lambda: visitor.to("t/r"))
    dropped = "SELECT sum(count) FROM replay_outcome WHERE door = 'recording' AND outcome = 'no_consent'"
    visitor.until(lambda: visitor.rows(dropped)[0][0])
    assert visitor.rows("SELECT count(*) FROM replay_recording WHERE page = '/b4'") == [(0,)]


def test_a_page_that_requires_trusted_types_is_counted_and_recorded_too(visitor):
    visitor.open("/a-strict")
    visitor.agree()
    assert visitor.complaints == []


def test_a_page_made_ready_and_never_shown_is_not_counted(world):
    nursery, site = world
    with bare_chromium(f"{site}/ahead"):
        assert Site.asked.wait(30)  # six seconds after it was ready: a view is sent after three
        until = time.monotonic() + 15
        while (
            not nursery.rows("SELECT 1 FROM replay_heatpage WHERE page = '/ahead'")
            and time.monotonic() < until
        ):
            time.sleep(0.1)
    pages = {page for (page,) in nursery.rows("SELECT page FROM replay_heatpage")}
    assert "/ahead" in pages and "/a-unseen" not in pages
