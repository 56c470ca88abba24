"""The inbox of one process: each record once, and one segment when there is little to write."""

import asyncio
from pathlib import Path

import pytest

from tests import loops

from ..inbox.frames import frames
from ..inbox.pen import Refused
from ..inbox.segment import backlog, segments
from ..inbox.writer import InboxWriter

pytestmark = pytest.mark.any_database


def written(folder: Path) -> list[int]:
    return sorted(
        int(line) for path in segments(folder) for frame in frames(path) for line in frame.payload.split()
    )


def test_little_traffic_fills_one_segment(tmp_path: Path) -> None:
    async def visit() -> None:
        inbox = InboxWriter(folder=tmp_path, limit=2**20)
        inbox.start(asyncio.get_running_loop())
        for number in range(20):
            await inbox.put(b"%d\n" % number)
        inbox.stop()

    loops.run(visit())
    assert len(segments(tmp_path)) == 1
    assert written(tmp_path) == list(range(20))


def test_many_at_once_are_each_on_the_disk_when_they_are_acknowledged(tmp_path: Path) -> None:
    async def client(inbox: InboxWriter, first: int) -> None:
        for number in range(first, first + 40):
            await inbox.put(b"%d\n" % number)
            await asyncio.sleep(0.001 * (number % 5))

    async def crowd() -> None:
        inbox = InboxWriter(folder=tmp_path, limit=2**20)
        inbox.start(asyncio.get_running_loop())
        await asyncio.gather(*(client(inbox, 1_000 * number) for number in range(50)))
        assert written(tmp_path) == sorted(1_000 * n + k for n in range(50) for k in range(40))
        inbox.stop()

    loops.run(crowd())
    assert len(segments(tmp_path)) <= 3  # one per hand, however many groups there were


def test_a_full_inbox_refuses_at_its_limit_however_fast_it_fills(tmp_path: Path) -> None:
    async def flood() -> int:
        inbox = InboxWriter(folder=tmp_path, limit=20_000)
        inbox.start(asyncio.get_running_loop())
        refused = 0
        for _number in range(100):
            try:
                await inbox.put(b"x" * 1_000)
            except Refused:
                refused += 1
        inbox.stop()
        return refused

    assert asyncio.run(flood()) >= 79
    # One request more than fits, as long as each comes alone, and the frames around them.
    assert backlog(tmp_path) < 22_000


def test_full_segments_are_followed_by_new_ones(tmp_path: Path) -> None:
    async def visit() -> None:
        inbox = InboxWriter(folder=tmp_path, limit=2**20, segment_bytes=100)
        inbox.start(asyncio.get_running_loop())
        for number in range(30):
            await inbox.put(b"%030d\n" % number)
        inbox.stop()

    loops.run(visit())
    assert len(segments(tmp_path)) > 5
    assert written(tmp_path) == list(range(30))
