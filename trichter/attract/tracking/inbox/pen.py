"""A thread that writes groups to the disk, one after the other, into a segment of its own."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from .segment import Segment, backlog

logger = logging.getLogger(__name__)

_LOOK_EVERY = 0.5
_REST = 1.0
_IDLE = 5.0


class Refused(Exception):
    """The inbox cannot take it now; nothing was acknowledged. Try again in `seconds`."""

    def __init__(self, why: str, *, seconds: int = 2) -> None:
        super().__init__(why)
        self.seconds = seconds


class Disk:
    """What the pens of a process know of it: whether the inbox is full, whether it failed a moment ago."""

    def __init__(self, *, folder: Path, limit: int) -> None:
        """limit: bytes the inbox may hold on the disk before it refuses."""
        self.folder, self._limit = folder, limit
        self._held = 0
        self._looked = self._failed = float("-inf")

    def check(self) -> None:
        """Raises Refused.

        The disk is asked twice a second; what the pens have written since is added to its answer.
        """
        now = time.monotonic()
        if now - self._failed < _REST:
            raise Refused("the disk failed a moment ago")
        if now - self._looked >= _LOOK_EVERY:
            self._looked, self._held = now, backlog(self.folder)
        if self._held >= self._limit:
            raise Refused("the inbox is full", seconds=10)

    def wrote(self, size: int) -> None:
        """So many bytes more. No lock: what two pens lose to one another is found at the next look."""
        self._held += size

    def failed(self) -> None:
        """From now on it rests."""
        self._failed = time.monotonic()


Done = Callable[["Pen", Refused | None], None]


class Pen:
    """Begins with `start` and ends with `stop`, after what it was given."""

    def __init__(
        self, *, disk: Disk, segment_bytes: int, done: Callable[["Pen", Refused | None], None]
    ) -> None:
        """done: called in the pen's thread when a payload is on the disk, or was refused."""
        self._disk, self._segment_bytes, self._done = disk, segment_bytes, done
        self._todo: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="inbox", daemon=True)
        self._segment: Segment | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def write(self, payload: bytes) -> None:
        """Hand over; one at a time."""
        self._todo.put(payload)

    def stop(self) -> None:
        """Ask it to end."""
        self._todo.put(None)

    def join(self) -> None:
        """Wait for its end."""
        self._thread.join(timeout=10)

    def _write_all(self) -> None:
        while (payload := self._next()) is not None:
            error = None
            try:
                self._write(payload)
            except Refused as refused:
                error = refused
            except Exception as problem:  # whatever it is, nobody may be left waiting
                logger.exception("the inbox could not be written")
                error = Refused(str(problem))
            self._done(self, error)
        self._close()

    def _next(self) -> bytes | None:
        """The next payload. While none comes the segment is closed: then it can be drained and removed."""
        while True:
            try:
                return self._todo.get(timeout=_IDLE)
            except Empty:
                self._close()

    def _write(self, payload: bytes) -> None:
        self._disk.check()
        try:
            if self._segment is not None and self._segment.size >= self._segment_bytes:
                self._close()
            if self._segment is None:
                self._segment = Segment(folder=self._disk.folder)
            self._segment.append(payload)
            self._disk.wrote(len(payload))
        except OSError as error:
            self._disk.failed()
            logger.error("the inbox cannot be written: %s", error)
            broken, self._segment = self._segment, None
            if broken is not None:
                broken.abandon()
            raise Refused(str(error), seconds=5) from None

    def _close(self) -> None:
        old, self._segment = self._segment, None
        if old is not None:
            old.close()
