"""Requests as the server hands them over: headers, address, body within bounds."""

from typing import Any

from ..pipeline.shapes import MOST_BYTES

Scope = dict[str, Any]


class TooLarge(ValueError):
    """The body is longer than allowed."""


class Gone(ConnectionError):
    """The client hung up before its request was complete."""


def header(scope: Scope, name: bytes) -> str:
    """A header's value, "" without one; every byte is a character of Latin-1."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


async def body(receive: Any) -> bytes:
    """The whole body. Raises TooLarge before more than the bound is in memory, Gone."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    found: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(found) > MOST_BYTES:
            raise TooLarge
        return found
    parts, size = [found], len(found)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


def client_ip(scope: Scope, *, trusted_proxies: int) -> str:
    """Whose address counts: the connection's, or what the trusted proxies in front have passed on.

    X-Forwarded-For is read from the right, one entry per trusted proxy; whatever a visitor writes stands
    further left and is never believed.
    """
    client = scope.get("client")
    direct = str(client[0]) if client else ""
    if trusted_proxies <= 0:
        return direct
    entries = [part.strip() for part in header(scope, b"x-forwarded-for").split(",") if part.strip()]
    return entries[-trusted_proxies][:45] if len(entries) >= trusted_proxies else direct
