"""Single lines of a log, to show those that could not be read."""

import gzip
import zlib
from collections.abc import Collection
from pathlib import Path

from .parsing.access_log import MAX_LINE


def raw_lines(path: Path, numbers: Collection[int]) -> dict[int, str]:
    """The text of these lines (1-based), as far as the file can be read."""
    found: dict[int, str] = {}
    last = max(numbers, default=0)
    with path.open("rb") as stored:
        packed = stored.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            number = 0
            while number < last and (raw := file.readline(MAX_LINE)):
                number += 1
                if number in numbers:
                    found[number] = raw.decode("utf-8", "replace").rstrip("\r\n")
                while len(raw) == MAX_LINE and not raw.endswith(b"\n"):
                    raw = file.readline(MAX_LINE)
    except (OSError, EOFError, zlib.error):
        return found
    return found
