"""The collector: three addresses, everything else goes on to Django.

GET  /t.js           the tracker
POST /t/e            events of the tracker: {"events": […], "id": consented id, "team": true}
POST /api/v1/events  events of other programs, with a token: one event, or {"events": […]}
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..inbox.pen import Refused
from ..pipeline.draft import Rules
from ..tag.script import Script, tracker
from .answers import Headers, problem, retry_after
from .doors import ApiDoor, TrackerDoor
from .house import House
from .reading import Gone, TooLarge
from .station import Station
from .visitors import NoSalt

PATHS = frozenset({"/t.js", "/t/e", "/api/v1/events"})


class Collector(Station):
    """One per process. Call it as ASGI application for the paths above."""

    def __init__(self, *, folder: Path, limit: int, house: House, more: Callable[[], bytes] = bytes) -> None:
        """more: what is appended to the tracker's script, to load another one."""
        super().__init__(folder=folder, limit=limit, house=house)
        self._house = house
        self._doors: dict[str, Any] = {
            "/t.js": Script(content=lambda: tracker() + more()),
            "/t/e": TrackerDoor(inbox=self._inbox, collector=self),
            "/api/v1/events": ApiDoor(inbox=self._inbox, collector=self, house=house),
        }

    @property
    def rules(self) -> Rules:
        """The settings of this moment."""
        return self._house.rules

    def now(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request. Nothing a client sends is a server error."""
        self.start()
        try:
            await self._doors[scope["path"]](scope, receive, send)
        except Gone:
            return
        except TooLarge:
            closing = [(b"connection", b"close"), *self._sharing(scope)]
            await problem(send, 413, "A request has at most 1 MB.", headers=closing)
        except Refused as refused:
            await problem(send, 503, str(refused), headers=self._later(scope, refused.seconds))
        except NoSalt:
            await problem(send, 503, "The day's salt is missing.", headers=self._later(scope, 5))

    def _later(self, scope: dict[str, Any], seconds: int) -> Headers:
        return [*retry_after(seconds), *self._sharing(scope)]

    def _sharing(self, scope: dict[str, Any]) -> Headers:
        shared: Headers = self._doors[scope["path"]].sharing()
        return shared
