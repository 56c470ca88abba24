"""What stands before Django in each web process: an inbox, and a house that keeps the settings at hand."""

import asyncio
from pathlib import Path
from typing import Protocol

from ..inbox.writer import InboxWriter


class Keeps(Protocol):
    """Reads settings in a thread of its own."""

    def start(self) -> None:
        """Begin."""
        ...  # pragma: no cover

    def stop(self) -> None:
        """End."""
        ...  # pragma: no cover


class Station:
    """Begins with the first request of a process and ends with it."""

    def __init__(self, *, folder: Path, limit: int, house: Keeps) -> None:
        """limit: bytes that may wait in the inbox."""
        self._inbox = InboxWriter(folder=folder, limit=limit)
        self._keeps = house
        self._started = False

    def start(self) -> None:
        """Begin to work in the running loop; harmless when repeated."""
        if not self._started:
            self._started = True
            self._inbox.start(asyncio.get_running_loop())
            self._keeps.start()

    def stop(self) -> None:
        """Write what was taken, and end."""
        if self._started:
            self._inbox.stop()
            self._keeps.stop()
