"""Who got 202, whose events are in the journal, once each: over kills, a full disk and a locked database.

The kills with a full disk and with a locked database are few by default, fifty in `make test-full`.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.sizes import size

from .servers import Client, Nursery, alive, post, view

# One worker for all: the database to copy is prepared once per process.
pytestmark = [
    pytest.mark.slow, pytest.mark.sized, pytest.mark.any_database, pytest.mark.xdist_group("collector")
]  # fmt: skip
KILLS = size(usual=3, full=50)
POINTS = (
    "inbox_before_write", "inbox_after_write", "drain_before_commit", "drain_after_commit", "drain_after_unlink",
)  # fmt: skip


@pytest.fixture
def nursery(tmp_path: Path):
    found = Nursery(data=tmp_path)
    yield found
    found.end()


def reconcile(nursery: Nursery, clients: list[Client]) -> None:
    """Every acknowledged event is there once; nothing is there that nobody sent."""
    for client in clients:
        client.ended.set()
    child = nursery.start()
    for client in clients:
        client.join(timeout=30)
        assert not client.is_alive()
    assert nursery.drained()
    nursery.kill(child)
    stored = [str(uuid.UUID(uid)) for (uid,) in nursery.rows("SELECT uid FROM journal_event")]
    acknowledged = set().union(*(client.acknowledged for client in clients))
    unsure = {event["uid"] for client in clients for event in client.unsure}
    assert len(stored) == len(set(stored))
    assert acknowledged - set(stored) == set()
    assert set(stored) - acknowledged - unsure == set()
    counted = dict(nursery.rows("SELECT outcome, sum(count) FROM tracking_tally GROUP BY outcome"))
    assert counted["accepted"] == len(stored)
    assert len({session for (session,) in nursery.rows("SELECT session FROM journal_event")}) == 1
    assert nursery.rows("PRAGMA integrity_check") == [("ok",)]


def _wait_for(clients: list[Client], *, more: int, child: int, refused: int = 10**9) -> None:
    """Until so many more events are acknowledged or requests refused, the collector has died, or a second is over."""

    def standing() -> tuple[int, int]:
        taken = sum(len(client.acknowledged) for client in clients)
        return taken, sum(client.statuses.get(503, 0) for client in clients)

    taken, no = standing()
    until = time.monotonic() + 1
    while time.monotonic() < until and alive(child):
        now = standing()
        if now[0] >= taken + more or now[1] >= no + refused:
            return
        time.sleep(0.002)


def test_fifty_kills_under_load_lose_nothing_and_double_nothing(nursery: Nursery) -> None:
    seed = random.Random(20261124)
    clients = [Client(port=nursery.port, pause=0.002) for _ in range(4)]
    for turn in range(50):
        crash = f"{POINTS[turn % 5]}:{seed.randint(1, 6)}" if turn % 2 else ""
        child = nursery.start(crash=crash)
        if turn == 0:
            for client in clients:
                client.start()
        _wait_for(clients, more=seed.randint(5, 150), child=child)
        time.sleep(seed.uniform(0, 0.02))
        nursery.kill(child)
    reconcile(nursery, clients)
    assert sum(len(client.acknowledged) for client in clients) > 500


def test_a_torn_frame_at_the_end_costs_nobody_else(nursery: Nursery) -> None:
    child = nursery.start()
    client = Client(port=nursery.port, batches=20)
    client.start()
    client.join(timeout=20)
    nursery.kill(child)
    segment = max((nursery.data / "inbox").glob("*.inbox"))
    with segment.open("ab") as file:
        file.write(b"TR1\n\xff\x00\x00\x00half a fra")
    reconcile(nursery, [client])
    assert len(client.acknowledged) == 100


@contextmanager
def small_disk(folder: Path, *, size: str) -> Iterator[Path]:
    """A disk of this size, mounted for as long as the block lasts; without the right to, the test is skipped."""
    folder.mkdir()
    if (
        shutil.which("mount") is None
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
            check=False, capture_output=True,
        ).returncode
    ):  # fmt: skip
        pytest.skip("no right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(disk: Path, *, leave: int) -> None:
    """Put ballast on the disk until only so many bytes are left; others write to it at the same time."""
    free = shutil.disk_usage(disk).free
    ballast = os.open(disk / "ballast", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with suppress(OSError):
        os.write(ballast, b"x" * max(0, free - leave))
    os.close(ballast)


def test_kills_on_a_full_disk_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """Database and inbox are on it: neither the one nor the other can grow, and then the power goes."""
    seed = random.Random(20261129)
    with small_disk(tmp_path / "disk", size="32m") as disk:
        data = disk / "data"
        data.mkdir()
        nursery = Nursery(data=data)
        clients = [Client(port=nursery.port, pause=0.002, size=20) for _ in range(4)]
        try:
            for turn in range(KILLS):
                (disk / "ballast").unlink(missing_ok=True)
                child = nursery.start(
                    crash=f"{POINTS[turn % 5]}:{seed.randint(1, 6)}" if turn % 3 == 2 else ""
                )
                if turn == 0:
                    for client in clients:
                        client.start()
                _wait_for(clients, more=seed.randint(20, 200), child=child)
                fill(disk, leave=seed.choice((0, 0, 4_096, 40_000)))
                _wait_for(clients, more=10**9, refused=seed.randint(3, 12), child=child)
                time.sleep(seed.uniform(0, 0.02))
                nursery.kill(child)
                if turn % 2:  # it starts on a full disk, too
                    child = nursery.start()
                    _wait_for(clients, more=10**9, refused=2, child=child)
                    nursery.kill(child)
            (disk / "ballast").unlink()
            reconcile(nursery, clients)
            tell("full disk", clients)
            refused = sum(client.statuses.get(503, 0) for client in clients)
            assert refused >= KILLS and sum(len(client.acknowledged) for client in clients) >= 20 * KILLS
            assert not set().union(*(client.statuses for client in clients)) - {0, 202, 503}
        finally:
            nursery.end()


LOCKER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_kills_while_another_process_locks_the_database_lose_nothing_and_double_nothing(
    nursery: Nursery,
) -> None:
    seed = random.Random(20261130)
    clients = [Client(port=nursery.port, pause=0.002) for _ in range(4)]
    for turn in range(KILLS):
        child = nursery.start(crash=f"{POINTS[turn % 5]}:{seed.randint(1, 6)}" if turn % 3 == 2 else "")
        if turn == 0:
            for client in clients:
                client.start()
        _wait_for(clients, more=seed.randint(5, 100), child=child)
        with subprocess.Popen(
            [sys.executable, "-c", LOCKER, str(nursery.data / "trichter.sqlite3")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as locker:  # fmt: skip
            assert locker.stdout is not None and locker.stdout.readline() == "locked\n"
            before = nursery.rows("SELECT count(*) FROM journal_event")
            _wait_for(clients, more=seed.randint(5, 100), child=child)
            nursery.kill(child)
            if turn % 2:  # it starts while the database is locked, too
                child = nursery.start()
                _wait_for(clients, more=seed.randint(5, 50), child=child)
            assert nursery.rows("SELECT count(*) FROM journal_event") == before
            locker.kill() if turn % 4 == 1 else locker.stdin.close()
        time.sleep(seed.uniform(0, 0.1))
        nursery.kill(child)
    reconcile(nursery, clients)
    tell("locked database", clients)
    assert sum(len(client.acknowledged) for client in clients) > 20 * KILLS
    assert not set().union(*(client.statuses for client in clients)) - {0, 202}


def tell(what: str, clients: list[Client]) -> None:
    """A line with figures, for `pytest -s`."""
    taken = sum(len(client.acknowledged) for client in clients)
    statuses = sum((Counter(client.statuses) for client in clients), Counter())
    print(f"\n{what}: {KILLS} turns, {taken} events acknowledged and found once; answers {dict(statuses)}")


def test_a_full_disk_is_answered_with_503_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size="1m") as disk:
        data = tmp_path / "data"
        data.mkdir()
        (data / "inbox").symlink_to(disk)
        nursery = Nursery(data=data)
        try:
            (disk / "ballast").write_bytes(b"x" * 900_000)
            child = nursery.start()
            clients = [Client(port=nursery.port, size=50) for _ in range(3)]
            locker = sqlite3.connect(data / "trichter.sqlite3", timeout=20, isolation_level=None)
            locker.execute("BEGIN IMMEDIATE")  # so that the inbox cannot be emptied
            for client in clients:
                client.start()
            until = time.monotonic() + 15
            while time.monotonic() < until and not any(client.statuses.get(503) for client in clients):
                time.sleep(0.05)
            assert any(client.statuses.get(503) for client in clients)
            assert all(client.retry_after <= {"2", "5", "10"} for client in clients)
            before = sum(len(client.acknowledged) for client in clients)
            (disk / "ballast").unlink()
            locker.execute("ROLLBACK")
            locker.close()
            until = time.monotonic() + 15
            while time.monotonic() < until and sum(len(c.acknowledged) for c in clients) <= before:
                time.sleep(0.05)
            assert sum(len(client.acknowledged) for client in clients) > before  # heals by itself
            for client in clients:
                client.ended.set()
                client.join(timeout=20)
            assert not any(client.statuses.keys() - {202, 503} for client in clients)
            nursery.kill(child)
            reconcile(nursery, clients)
        finally:
            nursery.end()


def test_while_the_database_is_locked_events_are_taken_and_follow_later(nursery: Nursery) -> None:
    child = nursery.start()
    client = Client(port=nursery.port, batches=40)
    path = nursery.data / "trichter.sqlite3"
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as locker:
        locker.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        client.start()
        client.join(timeout=15)
        assert client.statuses == {202: 40}
        time.sleep(max(0.0, 2.0 - (time.monotonic() - began)))
        assert nursery.rows("SELECT count(*) FROM journal_event") == [(0,)]
        locker.execute("ROLLBACK")
    nursery.kill(child)
    reconcile(nursery, [client])
    assert len(client.acknowledged) == 200


def test_a_full_inbox_refuses_and_keeps_what_it_took(tmp_path: Path) -> None:
    nursery = Nursery(data=tmp_path, INBOX_BYTES="20000")
    try:
        child = nursery.start()
        locker = sqlite3.connect(tmp_path / "trichter.sqlite3", timeout=20, isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        taken, status = [], 202
        until = time.monotonic() + 10
        while status == 202 and time.monotonic() < until:
            uid = str(uuid.uuid4())
            status, later = post(nursery.port, {"events": [view(uid)]})
            if status == 202:
                taken.append(uid)
        assert (status, later) == (503, "10")
        locker.execute("ROLLBACK")
        locker.close()
        assert nursery.drained()
        stored = {str(uuid.UUID(uid)) for (uid,) in nursery.rows("SELECT uid FROM journal_event")}
        assert stored == set(taken)
        nursery.kill(child)
    finally:
        nursery.end()
