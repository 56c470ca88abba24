"""Serves the tracker: one small file, the same for everybody, known again by its digest."""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from ..collector.answers import Headers, answer
from ..collector.reading import Scope, header

FILE = Path(__file__).parent / "tracker.min.js"
_HOUR = b"public, max-age=3600"


class Script:
    """Answers GET and HEAD of `/t.js`."""

    def __init__(self) -> None:
        self._content = FILE.read_bytes()
        self._tag = f'"{blake2b(self._content, digest_size=12).hexdigest()}"'

    def sharing(self, scope: Scope) -> Headers:
        """Nothing."""
        return []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """The script, or 304 for a browser that has it."""
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, headers=[(b"allow", b"GET, HEAD")])
            return
        headers = [
            (b"content-type", b"text/javascript; charset=utf-8"),
            (b"cache-control", _HOUR),
            (b"etag", self._tag.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"cross-origin"),
        ]
        if header(scope, b"if-none-match") == self._tag:
            await answer(send, 304, headers=headers)
            return
        content = b"" if scope["method"] == "HEAD" else self._content
        await answer(send, 200, content=content, headers=headers)
