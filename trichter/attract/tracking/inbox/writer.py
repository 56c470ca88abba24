"""Group commit: everything that came within two milliseconds goes to the disk in one write, by one thread.

State belongs to the event loop; the thread only writes. While a group is on its way to the disk the next
one gathers, so groups grow with the load by themselves. The two milliseconds are cheap for whoever waits
and spare half of the processor under load, where otherwise loop and thread would alternate per request.
"""

import asyncio
import logging
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue

from .segment import Segment, backlog

logger = logging.getLogger(__name__)

SEGMENT_BYTES = 8 * 1024**2
MOST_WAITING = 32 * 1024**2
_GATHER = 0.002
_LOOK_EVERY = 0.5
_REST = 1.0
_IDLE = 5.0


class Refused(Exception):
    """The inbox cannot take it now; nothing was acknowledged. Try again in `seconds`."""

    def __init__(self, why: str, *, seconds: int = 2) -> None:
        super().__init__(why)
        self.seconds = seconds


class _Group:
    """Records that will be committed together, and who waits for it."""

    __slots__ = ("records", "waiting")

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.waiting: list[asyncio.Future[None]] = []


class InboxWriter:
    """The one way into the inbox of this process."""

    def __init__(self, *, folder: Path, limit: int, segment_bytes: int = SEGMENT_BYTES) -> None:
        """limit: bytes the inbox may hold on the disk before it refuses."""
        self._folder, self._limit, self._segment_bytes = folder, limit, segment_bytes
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gathering = _Group()
        self._busy = False
        self._waiting_bytes = 0
        self._todo: SimpleQueue[_Group | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="inbox", daemon=True)
        self._segment: Segment | None = None
        self._full = False
        self._looked = self._failed = float("-inf")

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to take records from this loop."""
        self._loop = loop
        self._folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    async def put(self, record: bytes) -> None:
        """Return when the record is on the disk. Raises Refused."""
        if self._waiting_bytes + len(record) > MOST_WAITING:
            raise Refused("too much is waiting for the disk")
        assert self._loop is not None
        waiter = self._loop.create_future()
        group = self._gathering
        group.records.append(record)
        group.waiting.append(waiter)
        self._waiting_bytes += len(record)
        if not self._busy:
            self._busy = True
            self._loop.call_later(_GATHER, self._send)
        await waiter

    def _send(self) -> None:
        group, self._gathering = self._gathering, _Group()
        self._todo.put(group)

    def _done(self, group: _Group, error: Refused | None) -> None:
        """Back in the loop: tell everybody, and send the group that has gathered meanwhile."""
        self._waiting_bytes -= sum(map(len, group.records))
        self._busy = bool(self._gathering.records)
        if self._busy:
            self._send()
        for waiter in group.waiting:
            if not waiter.done():  # its client may have gone
                if error is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(error)

    def _write_all(self) -> None:
        """The thread."""
        assert self._loop is not None
        while (group := self._next()) is not None:
            error = None
            try:
                self._write(b"".join(group.records))
            except Refused as refused:
                error = refused
            except Exception as problem:  # whatever it is, nobody may be left waiting
                logger.exception("the inbox could not be written")
                error = Refused(str(problem))
            self._loop.call_soon_threadsafe(self._done, group, error)
        if self._segment is not None:
            self._segment.close()

    def _next(self) -> _Group | None:
        """The next group. While nothing comes the segment is closed: then it can be drained and removed."""
        while True:
            try:
                return self._todo.get(timeout=_IDLE)
            except Empty:
                if self._segment is not None:
                    old, self._segment = self._segment, None
                    old.close()

    def _write(self, payload: bytes) -> None:
        now = time.monotonic()
        if now - self._failed < _REST:
            raise Refused("the disk failed a moment ago")
        if now - self._looked >= _LOOK_EVERY:
            self._looked, self._full = now, backlog(self._folder) >= self._limit
        if self._full:
            raise Refused("the inbox is full", seconds=10)
        try:
            if self._segment is not None and self._segment.size >= self._segment_bytes:
                old, self._segment = self._segment, None
                old.close()
            if self._segment is None:
                self._segment = Segment(folder=self._folder)
            self._segment.append(payload)
        except OSError as error:
            self._failed = now
            logger.error("the inbox cannot be written: %s", error)
            broken, self._segment = self._segment, None
            if broken is not None:
                broken.abandon()
            raise Refused(str(error), seconds=5) from None

    def stop(self) -> None:
        """End the thread after what it was given."""
        self._todo.put(None)
        self._thread.join(timeout=10)
