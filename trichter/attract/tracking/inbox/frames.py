"""Frames of a segment: length, checksum, payload. A frame that is cut off or damaged ends the segment.

    magic "TR1\\n" | length u32 | crc32 u32 | payload

A torn frame can only be the last one written before a crash, and nobody was told it had arrived: the
acknowledgement follows the sync of the whole frame. So reading stops there without loss.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

_HEAD = struct.Struct("<4sII")
_MAGIC = b"TR1\n"
MOST_PAYLOAD = 64 * 1024**2


class Frame(NamedTuple):
    """A payload, and the offset in the segment behind it."""

    payload: bytes
    end: int


def framed(payload: bytes) -> bytes:
    """The bytes to append for a payload."""
    return _HEAD.pack(_MAGIC, len(payload), crc32(payload)) + payload


def frames(path: Path, *, start: int = 0) -> Iterator[Frame]:
    """Whole frames of a segment from `start` on. Raises FileNotFoundError."""
    with path.open("rb") as file:
        file.seek(start)
        while (found := _next(file)) is not None:
            start += _HEAD.size + len(found)
            yield Frame(found, start)


def _next(file: BinaryIO) -> bytes | None:
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    magic, length, checksum = _HEAD.unpack(head)
    if magic != _MAGIC or length > MOST_PAYLOAD:
        return None
    payload = file.read(length)
    return payload if len(payload) == length and crc32(payload) == checksum else None
