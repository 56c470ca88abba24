"""Who got 202, whose events are in the journal, once each: over kills, a full disk and a locked database."""

import random
import shutil
import sqlite3
import subprocess
import time
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from .servers import Client, Nursery, alive, post, view

# One worker for all: the database to copy is prepared once per process.
pytestmark = [pytest.mark.slow, pytest.mark.any_database, pytest.mark.xdist_group("collector")]
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


def _wait_for(clients: list[Client], *, more: int, child: int) -> None:
    """Until so many more events are acknowledged, the collector has died, or a second is over."""
    goal = sum(len(client.acknowledged) for client in clients) + more
    until = time.monotonic() + 1
    while time.monotonic() < until and alive(child):
        if sum(len(client.acknowledged) for client in clients) >= goal:
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


def test_a_full_disk_is_answered_with_503_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        shutil.which("mount") is None
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("no right to mount a small disk")
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
        subprocess.run(["umount", "-l", str(disk)], check=False)


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
