"""One segment being written: append, sync, and never go on after an error."""

import fcntl
import os
import secrets
import time
from pathlib import Path

from trichter.core.jobs.crash import crash_point

from .frames import framed

ENDING = ".inbox"
_UNBORN = ".unborn"
# O_DSYNC: a write returns when the disk has it, data and length. One call instead of write and fdatasync,
# because after each the thread waits for its turn in the interpreter.
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_DSYNC


class Segment:
    """A file of this process alone. It holds a lock for as long as the process lives and writes to it."""

    def __init__(self, *, folder: Path) -> None:
        """Create it, durably. Raises OSError, and then leaves nothing open."""
        self.path = folder / f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}{ENDING}"
        self.size = 0
        # It gets its name when it is locked: a drainer that saw it before would take it for abandoned,
        # and would remove the file that is about to be written.
        unborn = self.path.with_suffix(_UNBORN)
        self._file = os.open(unborn, _FLAGS, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            unborn.rename(self.path)
            _sync_folder(folder)
        except OSError:
            os.close(self._file)
            raise

    def append(self, payload: bytes) -> None:
        """Write a frame and wait until the disk has it.

        Raises OSError. The segment must then be abandoned: after a failed sync the kernel may have thrown
        the pages away, and a second attempt would report a success that is none.
        """
        frame = memoryview(framed(payload))
        total = len(frame)
        crash_point("inbox_before_write")
        while frame:
            frame = frame[os.write(self._file, frame) :]
        crash_point("inbox_after_write")
        self.size += total

    def abandon(self) -> None:
        """Close after an error: cut off what was not acknowledged, as far as the disk allows."""
        try:
            os.ftruncate(self._file, self.size)
        except OSError:
            pass  # the checksum tells the reader where the whole frames end
        finally:
            self.close()

    def close(self) -> None:
        """Let go; from now on the segment may be removed once it is drained."""
        os.close(self._file)


def in_use(path: Path) -> bool:
    """Whether a living process still writes to this segment. Raises FileNotFoundError."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


def segments(folder: Path) -> list[Path]:
    """All segments, the oldest first."""
    return sorted(path for path in folder.glob(f"*{ENDING}"))


def backlog(folder: Path) -> int:
    """Bytes of all segments on the disk."""
    total = 0
    for path in segments(folder):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue  # drained in this very moment
    return total


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
