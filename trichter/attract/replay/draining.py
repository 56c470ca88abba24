"""From the inbox of heatmaps and recordings into the database."""

from typing import Any

import orjson

from trichter.attract.tracking.draining.drainer import Drainer

from .writing import write


class ReplayChunk:
    """Records of several frames."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(self, payload: bytes) -> None:
        """Read a frame's payload."""
        self.events += [orjson.loads(line) for line in payload.splitlines()]


class ReplayDrainer(Drainer):
    """As the tracker's, for the other inbox."""

    def _chunk(self) -> ReplayChunk:
        return ReplayChunk()

    def _write_down(self, chunk: ReplayChunk, segment: str, offset: int, domains: tuple[str, ...]) -> int:
        return write(records=chunk.events, segment=segment, offset=offset)
