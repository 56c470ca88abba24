"""Four addresses before Django.

GET  /h.js  counts clicks and scrolling, and begins a recording where there is consent
GET  /r.js  the recorder
POST /t/h   counts of a view: see shapes.HeatIn
POST /t/r   a part of a recording: see shapes.PartIn

Both inboxes are apart from the tracker's: however much is recorded, no event is refused for it.
"""

import time
from pathlib import Path
from typing import Any

import orjson

from trichter.attract.tracking.collector.answers import SHARED, answer, retry_after
from trichter.attract.tracking.collector.reading import Gone, Scope, TooLarge, body, client_ip, header
from trichter.attract.tracking.collector.station import Station
from trichter.attract.tracking.inbox.pen import Refused
from trichter.attract.tracking.pipeline.draft import Asker
from trichter.attract.tracking.pipeline.reasons import Reason
from trichter.attract.tracking.tag.script import Script
from trichter.kit.traffic import host_of

from ..rules import Beyond
from ..tag import scripts
from .house import ReplayHouse
from .judging import judge, read_heat, read_part

PATHS = frozenset({"/h.js", "/r.js", "/heat.js", "/t/h", "/t/r"})
_MOST_HEAT = 65_536


class ReplayCollector(Station):
    """One per process. Call it as ASGI application for the paths above."""

    def __init__(self, *, folder: Path, limit: int, house: ReplayHouse) -> None:
        super().__init__(folder=folder, limit=limit, house=house)
        self._house = house
        self._scripts = {
            "/h.js": Script(content=lambda: scripts.page(house.replay)),
            "/r.js": Script(content=scripts.recorder),
            "/heat.js": Script(content=scripts.overlay),
        }

    def loader(self) -> bytes:
        """What the tracker gets appended: nothing while both are switched off."""
        return scripts.loader() if self._house.replay.any else b""

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request. Nothing a client sends is a server error."""
        self.start()
        script = self._scripts.get(scope["path"])
        try:
            if script is not None:
                await script(scope, receive, send)
            elif scope["method"] == "OPTIONS":
                allowed = [(b"access-control-allow-methods", b"POST"), (b"access-control-max-age", b"86400")]
                types = [(b"access-control-allow-headers", b"content-type")]
                await answer(send, 204, headers=[*SHARED, *allowed, *types])
            elif scope["method"] != "POST":
                await answer(send, 405, headers=[*SHARED, (b"allow", b"POST, OPTIONS")])
            else:
                await answer(send, await self._take(scope, receive), headers=SHARED)
        except Gone:
            return
        except Refused as refused:
            await answer(send, 503, headers=[*retry_after(refused.seconds), *SHARED])

    async def _take(self, scope: Scope, receive: Any) -> int:
        """The status: 202 when it, or the reason why it is dropped, is on the disk; 205: the id shall go."""
        heat = scope["path"] == "/t/h"
        asker = self._asker(scope)
        try:
            sent = await body(receive)
        except TooLarge:
            sent = None
        if sent is None or (heat and len(sent) > _MOST_HEAT):
            await self._drop(heat, asker, Beyond.TOO_BIG.value)
            return 413
        shape = read_heat(sent) if heat else read_part(sent)
        if shape is None:
            await self._drop(heat, asker, Reason.MALFORMED.value)
            return 400
        own = self._house.replay
        found = judge(shape=shape, asker=asker, rules=self._house.rules, own=own)
        if isinstance(found, str):
            await self._drop(heat, asker, found)
            return 202
        content = shape.model_dump(exclude={"team", "gpc", "url"})
        if not heat:
            ident = content["id"]
            if asker.gpc or getattr(shape, "gpc", False) or ident in own.withdrawn:
                await self._drop(heat, asker, Beyond.NO_CONSENT.value)
                return 205 if ident in own.withdrawn else 202
        await self._put({"t": asker.now, "k": "h" if heat else "r", "g": found, "b": content})
        return 202

    async def _drop(self, heat: bool, asker: Asker, reason: str) -> None:
        await self._put({"t": asker.now, "k": "h" if heat else "r", "d": reason})

    async def _put(self, record: dict[str, Any]) -> None:
        await self._inbox.put(orjson.dumps(record) + b"\n")

    def _asker(self, scope: Scope) -> Asker:
        return Asker(
            door="tracker",
            ip=client_ip(scope, trusted_proxies=self._house.rules.trusted_proxies),
            agent=header(scope, b"user-agent"),
            origin=host_of(header(scope, b"origin")),
            now=time.time_ns() // 1_000_000,
            gpc=header(scope, b"sec-gpc") == "1",
        )
