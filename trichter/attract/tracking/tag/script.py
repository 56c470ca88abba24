"""Serves a script: the same for everybody, known again by its digest."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ..collector.answers import Headers, answer
from ..collector.reading import Scope, header

FILE = Path(__file__).parent / "tracker.min.js"
_HOUR = b"public, max-age=3600"


@cache
def tracker() -> bytes:
    """The tracker as it is served."""
    return FILE.read_bytes()


class Script:
    """Answers GET and HEAD of a script. content: asked for every time, so that settings take effect."""

    def __init__(self, *, content: Callable[[], bytes] = tracker) -> None:
        self._content = content
        self._tagged: tuple[bytes, str] = (b"", "")

    def sharing(self) -> Headers:
        """Nothing."""
        return []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """The script, or 304 for a browser that has it."""
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, headers=[(b"allow", b"GET, HEAD")])
            return
        content = self._content()
        if self._tagged[0] != content:
            self._tagged = (content, f'"{blake2b(content, digest_size=12).hexdigest()}"')
        tag = self._tagged[1]
        headers = [
            (b"content-type", b"text/javascript; charset=utf-8"),
            (b"cache-control", _HOUR),
            (b"etag", tag.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"cross-origin"),
        ]
        if header(scope, b"if-none-match") == tag:
            await answer(send, 304, headers=headers)
            return
        await answer(send, 200, content=b"" if scope["method"] == "HEAD" else content, headers=headers)
