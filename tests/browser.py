"""A house to visit with a real browser: demo data, `trichter serve`, Chromium."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

from playwright.sync_api import expect

from tests import databases

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking",    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class House:
    """A running installation: its address, its directory, and the first administrator's way in."""

    url: str
    data: Path
    email: str
    password: str


def _environment(data: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TRICHTER_", "DATABASE_"))}
    return kept | {"TRICHTER_DATA": str(data), "TRICHTER_CONFIG": "/nonexistent/trichter.toml"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_house(*, data: Path, visitors: int) -> Iterator[House]:
    """Fill `data` with a demo company and serve it until the block ends."""
    command = [sys.executable, "-m", "trichter"]
    databases.copy_to(data / "trichter.sqlite3")
    made = subprocess.run(
        [*command, "demo", "--visitors", str(visitors)],
        env=_environment(data), cwd=ROOT, capture_output=True, text=True, timeout=400, check=True,
    ).stdout  # fmt: skip
    email = re.search(r"e-mail\s+(\S+)", made)
    password = re.search(r"one-time password\s+(\S+)", made)
    assert email and password, made
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    log = (data / "server.log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port)], env=_environment(data), cwd=ROOT, stdout=log, stderr=log
    )
    try:
        _wait(url)
        yield House(url=url, data=data, email=email[1], password=password[1])
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def _wait(url: str) -> None:
    for _attempt in range(240):
        try:
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=5)
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.5)
    raise AssertionError("the server did not start")


def chromium(playwright: Any, *flags: str, without: tuple[str, ...] = ()) -> Any:
    """The system's Chromium; `flags`: further ones, `without`: flags that Playwright sets and a test does not want.

    Expectations wait for long: machines of tests are busy.
    """
    expect.set_options(timeout=60_000)
    path = which("chromium") or which("chromium-browser")
    assert path, "Chromium is missing; `make test` installs it"
    return playwright.chromium.launch(
        executable_path=path, args=[*FLAGS, *flags], ignore_default_args=list(without)
    )
