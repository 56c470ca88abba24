"""The two doors: the tracker's, open to browsers, and the API's, open to tokens."""

from typing import TYPE_CHECKING, Any

import orjson

from trichter.kit.traffic import host_of

from ..inbox.writer import InboxWriter
from ..pipeline.draft import Asker
from ..pipeline.reasons import Drop
from ..pipeline.shapes import MOST_EVENTS
from .answers import SHARED, Headers, answer, answer_json, problem
from .house import House, Unknown
from .reading import Scope, body, client_ip, header
from .records import malformed, take
from .repeats import Repeats
from .visitors import was_withdrawn

if TYPE_CHECKING:
    from .app import Collector

_HEX = frozenset("0123456789abcdef-")
_UUID_LENGTH = 36
_TAKEN: dict[str, Any] = {
    "type": "http.response.start",
    "status": 202,
    "headers": [(b"cache-control", b"no-store"), *SHARED, (b"content-length", b"0")],
}
# Taken, and the page shall forget the id it sent: the consent was withdrawn elsewhere.
_FORGET: dict[str, Any] = {**_TAKEN, "status": 205}
_NO_MORE = {"type": "http.response.body", "body": b""}


class TrackerDoor:
    """Takes what pages send. It answers 202 and no body; what was dropped is shown in the back office."""

    def __init__(self, *, inbox: InboxWriter, collector: "Collector") -> None:
        self._inbox, self._collector = inbox, collector
        self._repeats = Repeats()

    def sharing(self) -> Headers:
        """CORS: every page may read the status, or a foreign one would take the silence for an outage."""
        return SHARED

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """One request of a page."""
        if scope["method"] == "OPTIONS":
            allowed = [(b"access-control-allow-methods", b"POST"), (b"access-control-max-age", b"86400")]
            types = [(b"access-control-allow-headers", b"content-type")]
            await answer(send, 204, headers=[*SHARED, *allowed, *types])
            return
        if scope["method"] != "POST":
            await answer(send, 405, headers=[*SHARED, (b"allow", b"POST, OPTIONS")])
            return
        sent = await body(receive)
        rules = self._collector.rules
        named = dict(scope["headers"])
        asker = Asker(
            door="tracker",
            ip=client_ip(scope, trusted_proxies=rules.trusted_proxies),
            agent=named.get(b"user-agent", b"").decode("latin-1"),
            origin=host_of(named.get(b"origin", b"").decode("latin-1")),
            now=self._collector.now(),
            gpc=named.get(b"sec-gpc") == b"1",
        )
        try:
            content = orjson.loads(sent)
            events = content["events"]
        except (ValueError, TypeError, KeyError):
            content, events = {}, None
        if not isinstance(events, list) or not 0 < len(events) <= MOST_EVENTS:
            await self._inbox.put(malformed(asker=asker, detail="no list of 1 to 1000 events"))
            await answer(send, 400, headers=SHARED)
            return
        ident = content.get("id")
        if isinstance(ident, str) and len(ident) == _UUID_LENGTH and _HEX.issuperset(ident):
            asker.ident = ident
        asker.gpc = asker.gpc or content.get("gpc") is True
        asker.team = content.get("team") is True
        judged = take(events=events, asker=asker, rules=rules, repeats=self._repeats)
        await self._inbox.put(judged.record)
        self._repeats.remember(judged.outcomes)
        # Ready-made: nearly every answer is 202.
        await send(_FORGET if was_withdrawn(asker=asker, rules=rules) else _TAKEN)
        await send(_NO_MORE)


class ApiDoor:
    """Takes what other programs send, and says what became of each event."""

    def __init__(self, *, inbox: InboxWriter, collector: "Collector", house: House) -> None:
        self._inbox, self._collector, self._house = inbox, collector, house

    def sharing(self) -> Headers:
        """Nothing for browsers: a token has no place in a page."""
        return []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """One request of another program."""
        if scope["method"] != "POST":
            await problem(send, 405, "Events are sent with POST.", headers=[(b"allow", b"POST")])
            return
        kind, _, secret = header(scope, b"authorization").partition(" ")
        try:
            refusal = await self._house.refusal(secret=secret.strip() if kind.lower() == "bearer" else "")
        except Unknown:
            await problem(send, 503, "The token cannot be checked now.", headers=[(b"retry-after", b"5")])
            return
        if refusal is not None:
            await problem(send, refusal[0], refusal[1])
            return
        sent = await body(receive)
        asker = Asker(door="api", ip="", agent="", origin="", now=self._collector.now())
        try:
            content = orjson.loads(sent)
        except ValueError as error:
            await self._unreadable(send, asker, f"no JSON: {error}")
            return
        events = content
        if isinstance(content, dict):
            beside = sorted(set(content) - {"events"})
            if "events" in content and beside:
                names = ", ".join(f"“{name[:40]}”" for name in beside[:5])
                await self._unreadable(send, asker, f"Unknown beside “events”: {names}.")
                return
            events = content.get("events", [content])
        if not isinstance(events, list) or not 0 < len(events) <= MOST_EVENTS:
            await self._unreadable(send, asker, f"Send one event, or a list of 1 to {MOST_EVENTS}.")
            return
        judged = take(events=events, asker=asker, rules=self._collector.rules)
        await self._inbox.put(judged.record)
        outcomes = [_outcome(uid, drop) for uid, drop in judged.outcomes]
        taken = judged.taken
        await answer_json(
            send,
            202,
            {"accepted": taken, "dropped": len(outcomes) - taken, "events": outcomes},
        )

    async def _unreadable(self, send: Any, asker: Asker, detail: str) -> None:
        await self._inbox.put(malformed(asker=asker, detail=detail[:200]))
        await problem(send, 422, detail)


def _outcome(uid: str, drop: Drop | None) -> dict[str, str]:
    if drop is None:
        return {"uid": uid, "outcome": "accepted"}
    return {"uid": uid, "outcome": "dropped", "reason": drop.reason.value, "detail": drop.detail}
