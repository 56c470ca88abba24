"""The thread that empties the inbox: always one per data directory, never in the way of the collector.

It runs in the worker that `trichter serve` starts, not in the web server: two threads that both compute
share one interpreter lock, and the collector's answers would wait for it.
"""

import fcntl
import logging
import threading
import time
from pathlib import Path
from typing import IO, Any

from django.db import DatabaseError, close_old_connections, connection

from trichter.core.jobs.crash import crash_point

from ..inbox.frames import frames
from ..inbox.segment import in_use, segments
from ..models import InboxPosition
from ..rules_source import own_domains
from .lines import Chunk
from .visits import OpenVisits
from .writing import write

logger = logging.getLogger(__name__)

CHUNK = 4_000
_CHUNK_BYTES = 4 * 1024**2
_PAUSE = 0.2
_AFTER_TROUBLE = (0.5, 1.0, 2.0, 5.0)


class Drainer:
    """Moves segments into the journal until it is told to stop."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        self._visits = OpenVisits()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox-drainer", daemon=True)
        self._offsets: dict[str, int] = {}

    def start(self) -> None:
        """Begin."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the running chunk."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=20)

    def _run(self) -> None:
        with (self._folder / "drain.lock").open("w", encoding="ascii") as lock:
            if not self._wait_for(lock):
                return
            trouble = 0
            while not self._stop.is_set():
                try:
                    close_old_connections()
                    moved = self.turn()
                except DatabaseError as error:
                    pause = _AFTER_TROUBLE[min(trouble, len(_AFTER_TROUBLE) - 1)]
                    trouble += 1
                    logger.warning("the journal does not take events, they stay in the inbox: %s", error)
                    connection.close()
                    self._stop.wait(pause)
                    continue
                except Exception:
                    logger.exception("the inbox could not be drained")
                    self._stop.wait(_AFTER_TROUBLE[-1])
                    continue
                trouble = 0
                if not moved:
                    self._stop.wait(_PAUSE)
            connection.close()

    def _wait_for(self, lock: IO[str]) -> bool:
        """The right to drain this directory; False when told to stop before it came."""
        while not self._stop.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._stop.wait(1.0)
                continue
            return True
        return False

    def turn(self) -> int:
        """Go through all segments once. Returns how many events were written. Raises DatabaseError."""
        moved = 0
        for path in segments(self._folder):
            used = in_use(path)
            moved += self._drain(path)
            if self._stop.is_set():
                break
            if not used:
                self._remove(path)
        return moved

    def _drain(self, path: Path) -> int:
        """Write what is in a segment and not yet in the journal."""
        moved, start = 0, self._offset(path)
        if path.stat().st_size <= start:
            return 0
        domains = own_domains()
        chunk, size = self._chunk(), 0
        end = start
        for frame in frames(path, start=start):
            chunk.add(frame.payload)
            size, end = size + len(frame.payload), frame.end
            if len(chunk.events) >= CHUNK or size >= _CHUNK_BYTES:
                moved += self._write(path, chunk, end, domains)
                chunk, size = self._chunk(), 0
                if self._stop.is_set():
                    return moved
        if size:
            moved += self._write(path, chunk, end, domains)
        return moved

    def _chunk(self) -> Any:
        """Gathers frames: `add(payload)`, and `events` to see how many there are."""
        return Chunk()

    def _write(self, path: Path, chunk: Any, end: int, domains: tuple[str, ...]) -> int:
        started = time.monotonic()
        new = self._write_down(chunk, path.name, end, domains)
        self._offsets[path.name] = end
        logger.debug("%d events in %.3f s", new, time.monotonic() - started)
        return new

    def _write_down(self, chunk: Any, segment: str, offset: int, domains: tuple[str, ...]) -> int:
        """Write and move the position in one transaction. Returns how many were new."""
        return write(chunk=chunk, segment=segment, offset=offset, visits=self._visits, own_domains=domains)

    def _offset(self, path: Path) -> int:
        if path.name not in self._offsets:
            row = InboxPosition.objects.filter(segment=path.name).first()
            self._offsets[path.name] = row.offset if row else 0
        return self._offsets[path.name]

    def _remove(self, path: Path) -> None:
        """Nobody writes to it any more and all of it is in the journal."""
        path.unlink()
        crash_point("drain_after_unlink")
        InboxPosition.objects.filter(segment=path.name).delete()
        self._offsets.pop(path.name, None)
