"""Answers of the collector, as plain as they can be."""

from http import HTTPStatus
from typing import Any

import orjson

Headers = list[tuple[bytes, bytes]]

_PROBLEM = (b"content-type", b"application/problem+json")
_JSON = (b"content-type", b"application/json")
_NO_STORE = (b"cache-control", b"no-store")
# For answers to the tracker: no credentials are used, and the status tells a page nothing it may not know.
SHARED: Headers = [(b"access-control-allow-origin", b"*")]


async def answer(send: Any, status: int, *, content: bytes = b"", headers: Headers | None = None) -> None:
    """Send a whole answer."""
    more = headers or []
    cached = any(name == _NO_STORE[0] for name, _value in more)
    start: Headers = [] if cached else [_NO_STORE]
    if status not in (204, 304):
        start.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*start, *more]})
    await send({"type": "http.response.body", "body": content})


async def answer_json(send: Any, status: int, content: Any, *, headers: Headers | None = None) -> None:
    """Send JSON."""
    await answer(send, status, content=orjson.dumps(content), headers=[_JSON, *(headers or [])])


async def problem(
    send: Any,
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Headers | None = None,
) -> None:
    """Send an error as `application/problem+json`, in the shape of the rest of the API."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors or [],
    }
    more = [(b"www-authenticate", b'Bearer realm="Trichter"')] if status == HTTPStatus.UNAUTHORIZED else []
    await answer(send, status, content=orjson.dumps(content), headers=[_PROBLEM, *more, *(headers or [])])


def retry_after(seconds: int) -> Headers:
    """When to come back."""
    return [(b"retry-after", str(seconds).encode())]
