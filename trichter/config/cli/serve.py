"""`trichter serve`: the pages and the worker, one command, one port."""

import os
import signal
import subprocess
import sys
import threading
import time

import click

from .setup import django_setup, prepare


class _WorkerProcess:
    """Keeps one worker process alive beside the web server; restarts it after a crash, with pauses."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="worker-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _watch(self) -> None:
        pause = 1.0
        while not self._stop.is_set():
            started = time.monotonic()
            self._process = subprocess.Popen([sys.executable, "-m", "trichter", "worker", "--no-prepare"])
            code = self._process.wait()
            if self._stop.is_set():
                return
            pause = 1.0 if time.monotonic() - started > 60 else min(pause * 2, 60.0)
            click.echo(
                f"trichter: the worker ended with code {code}, starting it again in {pause:.0f} s", err=True
            )
            self._stop.wait(pause)

    def stop(self) -> None:
        self._stop.set()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()


@click.command("serve")
@click.option("--host", default=None, help="Address to listen on (default: setting `bind`).")
@click.option("--port", default=None, type=int, help="Port to listen on (default: setting `port`).")
@click.option("--web-only", is_flag=True, help="No worker here; run `trichter worker` elsewhere.")
@click.option("--processes", default=1, type=click.IntRange(1, 64), help="Web processes (PostgreSQL).")
def command(host: str | None, port: int | None, web_only: bool, processes: int) -> None:
    """Serve the pages and run the worker."""
    django_setup()
    from django.conf import settings
    from granian.constants import Interfaces
    from granian.server import Server

    prepare()
    host, port = host or settings.CONF.bind, port or settings.CONF.port
    if processes > 1 and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        raise click.UsageError("several web processes need PostgreSQL; see docs/operations.md")
    os.environ["DJANGO_SETTINGS_MODULE"] = "trichter.config.settings"
    worker = None if web_only else _WorkerProcess()
    server = Server(
        "trichter.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=processes,
        blocking_threads=settings.CONF.web_threads,
        backlog=1024,
        log_access=False,
        respawn_failed_workers=True,
    )
    click.echo(f"Trichter is at http://{host}:{port}/ (Ctrl+C ends it)")
    if worker:
        worker.start()
    try:
        server.serve()
    finally:
        if worker:
            worker.stop()
