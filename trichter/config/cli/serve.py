"""`trichter serve`: collector, pages and worker, one command, one port.

Three processes: the web server (collector and pages), the worker, which also empties the collector's inbox,
and this one, which watches over both. It loads the house once and forks the two from it, so that they start
at once and share what they never change.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from trichter.config.conf import read
from trichter.config.language import gettext as _


class _WorkerProcess:
    """Keeps one worker process alive beside the web server; restarts it after a crash, with pauses.

    The first one is forked before this process has threads; later ones load the house themselves.
    """

    def __init__(self, *, drain_only: bool) -> None:
        self._drain_only = drain_only
        self._stop = threading.Event()
        self._process: _Forked | subprocess.Popen[bytes] | None = None
        self.failed = 0

    def start(self, *, ready: Callable[[], None], failed: Callable[[], None]) -> None:
        """Start it. From another thread `ready` is called when it has prepared the database, or `failed`."""
        from .worker import work

        heard, told = os.pipe()

        def begin() -> None:
            os.close(heard)
            work(drain=True, drain_only=self._drain_only, ready_fd=told)

        self._process = _Forked(begin)
        os.close(told)
        threading.Thread(
            target=self._begin, args=(heard, ready, failed), name="worker-watch", daemon=True
        ).start()

    def _begin(self, heard: int, ready: Callable[[], None], failed: Callable[[], None]) -> None:
        with os.fdopen(heard, "rb") as pipe:
            prepared = pipe.read(1)
        if prepared:
            ready()
            self._watch()
        elif self._process is not None:  # it has said why to the user
            self.failed = self._process.wait() or 1
            failed()
            os.kill(os.getpid(), signal.SIGINT)

    def _watch(self) -> None:
        pause, started = 1.0, time.monotonic()
        while self._process is not None:
            code = self._process.wait()
            if self._stop.is_set():
                return
            pause = 1.0 if time.monotonic() - started > 60 else min(pause * 2, 60.0)
            click.echo(
                _("trichter: the worker ended with code {code}, starting it again in {pause} s").format(
                    code=code, pause=round(pause)
                ),
                err=True,
            )
            if self._stop.wait(pause):
                return
            started = time.monotonic()
            options = ["--drain-only"] if self._drain_only else []
            command = [sys.executable, "-m", "trichter", "worker", "--drain", "--no-prepare", *options]
            self._process = subprocess.Popen(command)

    def stop(self) -> None:
        self._stop.set()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()


class _Forked:
    """A fork of this process, with the part of the interface of `Popen` that is needed here."""

    def __init__(self, target: Callable[[], None]) -> None:
        self._process: BaseProcess = multiprocessing.get_context("fork").Process(target=target, name="worker")
        self._process.start()

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end: the exit code. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.is_alive():
            raise subprocess.TimeoutExpired("worker", timeout or 0)
        return self._process.exitcode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, if it is still there."""
        if self._process.pid is not None and self._process.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


@click.command("serve", help=_("Serve the pages and run the worker."))
@click.option("--host", default=None, help=_("Address to listen on (default: setting `bind`)."))
@click.option("--port", default=None, type=int, help=_("Port to listen on (default: setting `port`)."))
@click.option("--web-only", is_flag=True, help=_("No worker here; run `trichter worker` elsewhere."))
@click.option("--processes", default=1, type=click.IntRange(1, 64), help=_("Web processes (PostgreSQL)."))
def command(host: str | None, port: int | None, web_only: bool, processes: int) -> None:
    """Start web server and worker, and end both together."""
    from granian.constants import Interfaces
    from granian.server import Server

    from .loading import load_house

    conf = read()
    host, port = host or conf.bind, port or conf.port
    if processes > 1 and (not conf.database_url or conf.database_url.startswith("sqlite")):
        raise click.UsageError(_("several web processes need PostgreSQL; see docs/operations.md"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "trichter.config.settings"
    load_house()
    worker = _WorkerProcess(drain_only=web_only)
    with TemporaryDirectory(prefix="trichter-") as folder:
        # The web server loads while the worker prepares the database, and waits for this file to appear.
        prepared = Path(folder) / "prepared"
        os.environ["TRICHTER_WAIT_FOR"] = str(prepared)

        def ready() -> None:
            click.echo(
                _("Trichter is at http://{host}:{port}/ (Ctrl+C ends it)").format(host=host, port=port)
            )
            prepared.write_text("yes")

        def failed() -> None:
            prepared.write_text("no")

        server = Server(
            "trichter.config.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            websockets=False,
            workers=processes,
            backlog=1024,
            log_access=False,
            respawn_failed_workers=True,
            workers_kill_timeout=30,
        )
        worker.start(ready=ready, failed=failed)
        try:
            server.serve()
        finally:
            worker.stop()
    sys.exit(worker.failed)
