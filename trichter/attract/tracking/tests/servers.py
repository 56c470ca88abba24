"""A collector in a process of its own, and clients that send, retry and remember what was acknowledged."""

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from tests import databases

ROOT = Path(__file__).resolve().parents[4]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


def environment(data: Path, **more: str) -> dict[str, str]:
    """Of an installation in this directory; on PostgreSQL the database is the given one."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TRICHTER_", "DATABASE_"))}
    return kept | {"TRICHTER_DATA": str(data), "TRICHTER_CONFIG": "/nonexistent/trichter.toml"} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nursery:
    """Starts and kills collectors over one installation."""

    def __init__(
        self, *, data: Path, program: tuple[str, ...] = (),
        module: str = "trichter.attract.tracking.tests.collecting", **more: str,
    ) -> None:  # fmt: skip
        self.data, self.port = data, free_port()
        variables = environment(data, **more)
        if not (data / "trichter.sqlite3").exists():
            databases.copy_to(data / "trichter.sqlite3")
        self._log = (data / "server.log").open("ab")
        self._process = subprocess.Popen(
            [*program, sys.executable, "-m", module],
            env=variables, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None and self._process.stdout.readline() == "ready\n"

    def start(self, *, crash: str = "") -> int:
        """A new collector; its process id, when it listens or has died."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"start {self.port} {crash}\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        until = time.monotonic() + 20
        while time.monotonic() < until and alive(child):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return child
            except OSError:
                time.sleep(0.005)
        assert not alive(child), "the collector does not listen"
        return child

    def kill(self, child: int) -> None:
        """As if the power had gone: no handler runs."""
        if alive(child):
            os.kill(child, signal.SIGKILL)
        until = time.monotonic() + 10
        while alive(child) and time.monotonic() < until:
            time.sleep(0.002)

    def end(self) -> None:
        """Let the nursery go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._log.close()

    def rows(self, query: str) -> list[tuple]:
        """Ask the database of the installation."""
        with closing(sqlite3.connect(self.data / "trichter.sqlite3", timeout=20)) as database:
            return database.execute(query).fetchall()

    def run(self, lines: str) -> None:
        """Do something in the installation, in a process of its own."""
        begin = (
            "import django; django.setup()\n"
            "from django.utils import timezone\n"
            "from trichter.attract.tracking.models import TrackingSettings\n"
            "from trichter.core.consent.actions import withdraw\n"
            "from trichter.core.journal.actions import identify\n"
        )
        variables = environment(self.data) | {"DJANGO_SETTINGS_MODULE": "trichter.config.settings"}
        subprocess.run([sys.executable, "-c", begin + lines], env=variables, cwd=ROOT, check=True, timeout=60)

    def drained(self, *, seconds: float = 20.0, inbox: str = "inbox") -> bool:
        """Wait until the inbox is empty or everything in it is in the journal."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            files = {path.name: path.stat().st_size for path in (self.data / inbox).glob("*.inbox")}
            done = dict(self.rows("SELECT segment, offset FROM tracking_inboxposition"))
            if all(size == done.get(name, 0) for name, size in files.items()):
                return True
            time.sleep(0.05)
        return False


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def view(uid: str, **more: object) -> dict:
    """An event as the tracker sends it."""
    return {"uid": uid, "kind": "page.viewed", "ago": 5, "url": "http://localhost/a", "data": {}, **more}


class Client(threading.Thread):
    """Sends batches and repeats each with the same uids until it is acknowledged."""

    def __init__(
        self, *, port: int, batches: int = 10**9, size: int = 5, pause: float = 0.0, agent: str = AGENT
    ) -> None:
        super().__init__(daemon=True)
        self._agent = agent
        self._port, self._batches, self._size, self._pause = port, batches, size, pause
        self.acknowledged: set[str] = set()
        self.statuses: dict[int, int] = {}
        self.unsure: list[dict] = []
        self.retry_after: set[str | None] = set()
        self.ended = threading.Event()

    def run(self) -> None:
        for _batch in range(self._batches):
            events = [view(str(uuid.uuid4())) for _ in range(self._size)]
            self.unsure = events
            while not self._send(events):
                if self.ended.is_set():
                    return
                time.sleep(0.01)
            self.acknowledged.update(event["uid"] for event in events)
            self.unsure = []
            if self.ended.is_set():
                return
            time.sleep(self._pause)

    def _send(self, events: list[dict]) -> bool:
        status, header = post(self._port, {"events": events}, agent=self._agent)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 503:
            self.retry_after.add(header)
        return status == 202


def post(port: int, content: object, *, agent: str = AGENT) -> tuple[int, str | None]:
    """Status (0: no answer) and Retry-After."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", "/t/e", json.dumps(content), {"User-Agent": agent})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After")
    except (OSError, http.client.HTTPException):
        return 0, None
    finally:
        connection.close()


@contextmanager
def bare_chromium(address: str) -> Iterator[None]:
    """Chromium as people have it, on this page: one that is driven makes no pages ready before they are wanted."""
    path = which("chromium") or which("chromium-browser")
    assert path, "Chromium is missing; `make test` installs it"
    with TemporaryDirectory() as profile:
        flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ]
        browser = subprocess.Popen(
            [path, *flags, f"--user-data-dir={profile}", f"--user-agent={AGENT}", address],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield
        finally:
            browser.terminate()
            browser.wait(timeout=20)


@contextmanager
def site_beside(nursery: Nursery, handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A site on another port while the collector runs: its address. Ends both."""
    child = nursery.start()
    site = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://localhost:{site.server_address[1]}"
    site.shutdown()
    nursery.kill(child)
    nursery.end()
