"""Several web processes and workers on one PostgreSQL: nothing lost, nothing twice, one answer from all."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from trichter.attract.tracking.tests.servers import Client, environment, free_port
from trichter.core.accounts import tokens
from trichter.core.journal.models import Event

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not os.environ.get("TRICHTER_DATABASE_URL"), reason="several web processes need PostgreSQL"
    ),
]


@contextmanager
def served(*, data: Path, port: int, processes: int) -> Iterator[list[int]]:
    """`trichter serve` with so many web processes, and a second worker; their process ids."""
    given = connection.settings_dict
    url = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    variables = environment(data, TRICHTER_DATABASE_URL=url)
    command = [sys.executable, "-m", "trichter"]
    with (data / "server.log").open("wb") as log:
        running = [
            subprocess.Popen([*command, *words], env=variables, cwd=ROOT, stdout=log, stderr=log)
            for words in (("serve", "--port", str(port), "--processes", str(processes)), ("worker",))
        ]
        try:
            until = time.monotonic() + 120
            while ask(port, "/accounts/login/")[0] != 200:
                assert running[0].poll() is None and time.monotonic() < until, (
                    data / "server.log"
                ).read_text()
                time.sleep(0.1)
            yield [process.pid for process in running]
        finally:
            for process in running:
                process.send_signal(signal.SIGINT)
            for process in running:
                process.wait(timeout=60)


def ask(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    """A request with a connection of its own, so that any of the processes may answer."""
    found = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        found.request("GET", path, headers=headers)
        answer = found.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        found.close()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until(done: Callable[[], bool], *, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.05)


def test_a_killed_web_process_loses_nothing_and_all_give_one_answer(tmp_path: Path, make_user: Any) -> None:
    user = make_user("management")
    _token, secret = tokens.create_token(
        user=user, name="test", scopes=[tokens.READ], expires_at=None, by=user
    )
    connection.close()
    port, chance = free_port(), random.Random(5)
    with served(data=tmp_path, port=port, processes=2) as (server, _worker):
        clients = [Client(port=port, pause=0.005) for _ in range(4)]
        for client in clients:
            client.start()
        for turn in range(3):
            # A third of the way: web process or worker, whoever it hits.
            wait_until(lambda: sum(len(one.acknowledged) for one in clients) > 150 * (turn + 1))  # noqa: B023
            if turn < 2:
                os.kill(chance.choice(children(server)), signal.SIGKILL)
        for client in clients:
            client.ended.set()
        for client in clients:
            client.join(timeout=60)
            assert not client.is_alive()
        acknowledged = set().union(*(client.acknowledged for client in clients))
        unsure = {event["uid"] for client in clients for event in client.unsure}
        wait_until(lambda: views().count() >= len(acknowledged))
        stored = [str(uid) for uid in views().values_list("uid", flat=True)]
        assert len(stored) == len(set(stored))
        assert acknowledged <= set(stored) <= acknowledged | unsure

        # Everybody is one visitor here; one more from elsewhere must be in the next answer of every process.
        for expected in (1, 2):
            answers = [ask(port, "/api/v1/kpis", Authorization=f"Bearer {secret}") for _ in range(12)]
            assert {status for status, _ in answers} == {200}
            assert {visitors(body) for _status, body in answers} == {expected}
            if expected == 1:
                send_as_another(port)
                wait_until(lambda: views().count() > len(stored))


def visitors(body: bytes) -> int:
    return next(one["numerator"] for one in json.loads(body)["items"] if one["key"] == "visitors")


def views() -> Any:
    return Event.objects.filter(kind="page.viewed")


def send_as_another(port: int) -> None:
    """One page view of a browser that none of the clients has."""
    other = Client(port=port, batches=1, size=1, agent="Mozilla/5.0 (Macintosh) Version/17.1 Safari/605.1.15")
    other.start()
    other.join(timeout=60)
    assert other.acknowledged
