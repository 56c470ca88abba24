"""A large log is read by a process of its own, while this one places the visits and writes.

Reading is a third of the work. The reader knows neither Django nor the database: it is started as
``python -m trichter.connect.imports.parsing.ahead FILE LIMIT`` and writes to its output, block after block,
the hits and what became of the other lines. It is never further ahead than the pipe holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from .access_log import Hit, LogError, Tally, read_blocks, read_log

LARGE = 4 * 1024**2  # bytes; below it starting the reader costs more than it saves
_PIPE = 1024**2
_NAME, _ROOT = "trichter.connect.imports.parsing.ahead", Path(__file__).parents[4]


class ReaderLost(Exception):
    """The reader ended before the file did: killed, or out of memory."""


def read_ahead(path: Path, *, tally: Tally, limit: int, large: int = LARGE) -> Iterator[Hit]:
    """Stream the hits of a file as ``read_log`` does, with the same counts and errors.

    Files of fewer than ``large`` bytes are read here.

    Raises:
        LogError: the file is empty or no text.
        OSError: it cannot be opened.
        ReaderLost: the reader was killed; what it had read until then has been given out.
    """
    if path.stat().st_size < large or (os.cpu_count() or 1) < 2:
        yield from read_log(path, tally=tally, limit=limit)
        return
    command = [sys.executable, "-m", _NAME, str(path.resolve()), str(limit)]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT)
    try:
        assert reader.stdout is not None
        _widen(reader.stdout)
        while (part := _next(reader.stdout)) is not None:
            hits, so_far = part
            _take_over(tally, so_far)
            yield from map(Hit._make, hits)
    finally:
        reader.kill()
        reader.wait()
        if reader.stdout is not None:
            reader.stdout.close()


def _next(pipe: IO[bytes]) -> tuple[list[tuple[Any, ...]], Tally] | None:
    """The next part; None at the end of the file."""
    try:
        # From our own reader: plain tuples, counts and the errors named above.
        part = pickle.load(pipe)  # noqa: S301
    except (EOFError, pickle.UnpicklingError) as error:
        raise ReaderLost from error
    if isinstance(part, Exception):
        raise part
    return part  # type: ignore[no-any-return]


def _take_over(tally: Tally, so_far: Tally) -> None:
    """The counts as they stand in the reader; of the rejects only the new ones have come."""
    rejects = tally.rejects + so_far.rejects
    vars(tally).update(vars(so_far), rejects=rejects)


def _widen(pipe: IO[bytes]) -> None:
    """Let the reader go on while a batch is being written; systems without it have narrower pipes."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def main(path: Path, limit: int, out: IO[bytes]) -> None:
    """Be the reader."""
    tally, told = Tally(), 0
    try:
        for hits in read_blocks(path, tally=tally, limit=limit):
            new = Tally(**vars(tally) | {"rejects": tally.rejects[told:]})
            told = len(tally.rejects)
            pickle.dump(([tuple(hit) for hit in hits], new), out, pickle.HIGHEST_PROTOCOL)
            out.flush()
        new = Tally(**vars(tally) | {"rejects": tally.rejects[told:]})
        pickle.dump(([], new), out, pickle.HIGHEST_PROTOCOL)
        pickle.dump(None, out)
    except (LogError, OSError) as error:
        pickle.dump(error, out)
    out.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the import was cancelled
        main(Path(sys.argv[1]), int(sys.argv[2]), sys.stdout.buffer)
