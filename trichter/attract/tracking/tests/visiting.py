"""A small shop under a strict policy, a collector beside it, and a visitor in Chromium with what the journal says."""

import http.server
import io
import json
import time
import uuid
import wave
from typing import ClassVar
from urllib.parse import urlsplit

from .servers import AGENT

PAGE = """<!doctype html><title>{title}</title><script async src="http://127.0.0.1:{port}/t.js"></script>
<h1>{title}</h1><a id=next href="/b">next</a> <a id=out href="http://other.invalid/x?q=1">out</a>
<a id=file href="/price.pdf">file</a>
<form name=contact action="/sent"><input name=mail><button>go</button></form>
<button id=spa>spa</button> <a id=jump href="#part">part</a> <button id=film>film</button>
<video id=clip width=300 height=100 data-video="Rundgang" preload=none muted src="/clip.wav?v=2"></video>
<h2 id=part>part</h2><div id=long></div><script src="/page.js"></script>"""
SCRIPT = """document.getElementById("spa").onclick = () => { history.pushState({}, "", "/spa"); document.title = "Spa"; };
document.getElementById("long").attributeStyleMap.set("height", "3000px");
document.getElementById("out").addEventListener("click", (event) => event.preventDefault());
document.getElementById("film").onclick = () => { clip.playbackRate = 4; clip.play(); };
if (document.prerendering) new Image().src = "/made-ready" + location.pathname;
if (location.pathname === "/ahead") setTimeout(() => { location.href = "/next"; }, 4000);"""


def clip() -> bytes:
    """Two seconds of silence, which a <video> plays as well."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setparams((1, 1, 8_000, 0, "NONE", ""))
        made.writeframes(b"\x80" * 16_000)
    return file.getvalue()


AHEAD = json.dumps({"prerender": [{"urls": ["/unseen", "/next"], "eagerness": "immediate"}]})
FILES = {
    "/ahead.json": ("application/speculationrules+json", AHEAD.encode()),
    "/page.js": ("text/javascript", SCRIPT.encode()),
    "/price.pdf": ("application/pdf", b"%PDF-1.4"),
    "/clip.wav": ("audio/wav", clip()),
}


class Site(http.server.BaseHTTPRequestHandler):
    """A small shop with a Content-Security-Policy that allows nothing inline."""

    collector = 0
    asked: ClassVar[list[str]] = []

    def do_GET(self):
        page = PAGE.format(title=f"Page {self.path[:2]}", port=self.collector).encode()
        kind, content = FILES.get(urlsplit(self.path).path, ("text/html; charset=utf-8", page))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if self.path == "/ahead":
            self.send_header("Speculation-Rules", '"/ahead.json"')
        self.asked.append(self.path)
        if kind == "application/pdf":
            self.send_header("Content-Disposition", "attachment")
        server = f"http://127.0.0.1:{self.collector}"
        self.send_header(
            "Content-Security-Policy", f"default-src 'self'; script-src 'self' {server}; connect-src {server}"
        )
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


class Visitor:
    """One browser with a name of its own, and what the journal says it did."""

    def __init__(self, browser, world):
        self.nursery, self.site = world
        self.agent = f"{AGENT} Edg/{uuid.uuid4().int % 10**6}"
        self.context = browser.new_context(user_agent=self.agent)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.first = self.nursery.rows("SELECT coalesce(max(id), 0) FROM journal_event")[0][0]

    def open(self, path="/a"):
        self.page.goto(self.site + path)
        self.page.wait_for_function("window.trichter && window.trichter.on")

    def events(self, *, enough):
        """(kind, page, data) of what came since, when `enough` of the kinds is there; waits for it."""
        until = time.monotonic() + 12
        while time.monotonic() < until:
            rows = self.nursery.rows(
                f"SELECT kind, page, data FROM journal_event WHERE id > {self.first} ORDER BY at, id"
            )
            found = [(kind, page, json.loads(data)) for kind, page, data in rows]
            if enough(found):
                return found
            self.page.wait_for_timeout(100)  # not sleep: the browser's requests pass through this thread
        raise AssertionError(found)

    def leave(self):
        """Close, and let the last words arrive before the next visitor counts."""
        self.page.close(run_before_unload=True)
        time.sleep(0.7)
        self.context.close()


def count(events, kind, page=None):
    return sum(1 for one in events if one[0] == kind and page in (None, one[1]))
