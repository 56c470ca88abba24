"""Group commit: everything that came within two milliseconds goes to the disk in one write.

State belongs to the event loop; threads (`pen`) only write. While groups are on their way to the disk the
next one gathers, so groups grow with the load by themselves. The two milliseconds are cheap for whoever waits
and spare half of the processor under load, where otherwise loop and thread would alternate per request.

Several groups may be on their way at once, each into a segment of its own: most disks take two syncs hardly
longer than one, and some take much longer for a single one than when they are kept busy.
"""

import asyncio
from pathlib import Path

from .pen import Disk, Pen, Refused

SEGMENT_BYTES = 8 * 1024**2
MOST_WAITING = 32 * 1024**2
_GATHER = 0.002
_PENS = 3


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
        self._folder = folder
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gathering = _Group()
        self._timed = False
        self._waiting_bytes = 0
        disk = Disk(folder=folder, limit=limit)
        self._pens = [Pen(disk=disk, segment_bytes=segment_bytes, done=self._told) for _ in range(_PENS)]
        # The last one is taken first: with little to write there is one segment.
        self._free = list(self._pens)
        self._writing: dict[Pen, _Group] = {}

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to take records from this loop."""
        self._loop = loop
        self._folder.mkdir(parents=True, exist_ok=True)
        for pen in self._pens:
            pen.start()

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
        if not self._timed and self._free:
            self._timed = True
            self._loop.call_later(_GATHER, self._send)
        await waiter

    def _send(self) -> None:
        """Give what has gathered to a free pen. With none, the next that is done takes it."""
        self._timed = False
        if self._free and self._gathering.records:
            group, self._gathering = self._gathering, _Group()
            pen = self._free.pop()
            self._writing[pen] = group
            pen.write(b"".join(group.records))

    def _told(self, pen: Pen, error: Refused | None) -> None:
        """In the pen's thread."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._done, pen, error)

    def _done(self, pen: Pen, error: Refused | None) -> None:
        """Back in the loop: send what has gathered meanwhile, and tell everybody."""
        group = self._writing.pop(pen)
        self._waiting_bytes -= sum(map(len, group.records))
        self._free.append(pen)
        if not self._timed:
            self._send()
        for waiter in group.waiting:
            if not waiter.done():  # its client may have gone
                if error is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(error)

    def stop(self) -> None:
        """End the threads after what they were given."""
        for pen in self._pens:
            pen.stop()
        for pen in self._pens:
            pen.join()
