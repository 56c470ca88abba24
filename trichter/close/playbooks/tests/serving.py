"""The web server of an installation, with the collector in front, over the tests' own database.

The worker's part is done by the test itself, step by step, so that weeks pass in seconds.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from trichter.attract.tracking.draining.drainer import Drainer
from trichter.attract.tracking.tests.servers import environment, free_port
from trichter.core.jobs.running import run_next
from trichter.core.journal.followers import catch_up
from trichter.core.mail.models import Delivery
from trichter.core.mail.sending import Sender
from trichter.core.mail.tracking.hits import judge_new
from trichter.engage.journeys import walking

ROOT = Path(__file__).resolve().parents[4]


@dataclass(kw_only=True)
class House:
    """A served installation and the worker's hands."""

    url: str
    data: Path
    drainer: Drainer = field(init=False)

    def __post_init__(self) -> None:
        self.drainer = Drainer(folder=self.data / "inbox")

    def settle(self) -> None:
        """What the collector took is in the journal, and every follower has read it."""
        self.drainer.turn()
        catch_up()

    def work(self, *, now: datetime | None = None) -> None:
        """Everything a worker does at this moment, until nothing is left to do."""
        self.settle()
        while run_next(worker="test"):
            catch_up()
        while walking.turn(threading.Event(), now=now):
            catch_up()
        sender = Sender()
        while sender.send_next(now=now):
            pass
        sender.close()
        # Mails are read some time after they were sent; at once they look like a machine's doing.
        sent = Delivery.objects.filter(state=Delivery.State.SENT, clicked_at=None)
        sent.update(sent_at=timezone.now() - timedelta(hours=1))
        catch_up()

    def read_clicks(self) -> None:
        """Judge opens and clicks: a minute after the last one."""
        judge_new(now=timezone.now() + timedelta(minutes=2))
        catch_up()


@contextmanager
def served(*, data: Path, settings: Any, **more: str) -> Iterator[House]:
    """Serve the tests' database from a directory of its own; ends with the block."""
    own = Path(os.environ["TRICHTER_DATA"])
    (data / "trichter.sqlite3").symlink_to(connection.settings_dict["NAME"])
    shutil.copy(own / "secret_key", data / "secret_key")
    settings.MEDIA_ROOT = data / "media"
    port = free_port()
    variables = environment(data) | {"NUMBA_CACHE_DIR": os.environ["NUMBA_CACHE_DIR"]} | more
    variables |= {"DJANGO_SETTINGS_MODULE": "trichter.config.settings"}
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--no-ws",
        "trichter.config.asgi:application",
    ]  # fmt: skip
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=variables, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait(port, server)
            yield House(url=f"http://127.0.0.1:{port}", data=data)
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=20)
            server.kill()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise AssertionError("the server did not start")
