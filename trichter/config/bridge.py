"""Django's WSGI pages behind an ASGI server: each page crosses from the event loop to a thread and back once.

Every crossing waits for the interpreter lock, so their number decides how fast pages are; the ready-made
bridges hand over each piece of body and answer by itself and took half the speed of a page
(docs/decisions/0005).
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader, BytesIO, RawIOBase
from typing import Any
from urllib.parse import unquote_to_bytes

logger = logging.getLogger(__name__)

_WHOLE = 256 * 1024
_PIECE = 64 * 1024
_NO_BODY = frozenset({"GET", "HEAD"})

Environ = dict[str, Any]
Pages = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class ClientGone(ConnectionError):
    """The client hung up before its request was complete."""


@dataclass(slots=True)
class _Answer:
    """Status, headers, and the body as far as it fitted; `rest` is what follows."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]


class _LongBody(RawIOBase):
    """`wsgi.input` of a body in several pieces; each is fetched when the page asks for it, not before."""

    def __init__(self, *, first: bytes, receive: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._have, self._receive, self._loop, self._more = memoryview(first), receive, loop, True

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what is there, waiting for at least one byte. Raises ClientGone."""
        while not self._have and self._more:
            message = asyncio.run_coroutine_threadsafe(_received(self._receive), self._loop).result()
            self._have, self._more = memoryview(message.get("body", b"")), message.get("more_body", False)
        count = min(len(buffer), len(self._have))
        buffer[:count] = self._have[:count]
        self._have = self._have[count:]
        return count


class FileWrapper:
    """`wsgi.file_wrapper`: large pieces instead of Django's 4 kB."""

    def __init__(self, file: Any, size: int = _PIECE) -> None:
        self._file = file
        self.close = getattr(file, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._file.read(_PIECE):
            yield piece


class Bridge:
    """An ASGI application that runs a WSGI one in a pool of threads."""

    def __init__(self, *, pages: Pages, threads: int) -> None:
        self._pages = pages
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="page")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        headers = scope["headers"]
        body: Any = BytesIO()
        if scope["method"] not in _NO_BODY or any(name == b"content-length" for name, _value in headers):
            try:
                message = await _received(receive)
            except ClientGone:
                return
            first = message.get("body", b"")
            if message.get("more_body"):
                body = BufferedReader(_LongBody(first=first, receive=receive, loop=loop), _PIECE)
            else:
                body = BytesIO(first)
        environ = environ_of(scope, body)
        try:
            answer = await loop.run_in_executor(self._pool, self._run, environ)
        except ClientGone:
            return
        except Exception:
            logger.exception("a page failed outside Django")
            answer = _Answer(500, [(b"content-length", b"0")], b"", None, lambda: None)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.rest is None:
            await send({"type": "http.response.body", "body": answer.body})
        else:
            await self._stream(answer, send, loop)

    async def _stream(self, answer: _Answer, send: Any, loop: asyncio.AbstractEventLoop) -> None:
        """A long answer, piece by piece; the next is made when the client has taken the last."""
        rest = answer.rest or iter(())
        piece: bytes | None = answer.body
        try:
            while piece is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await loop.run_in_executor(self._pool, next, rest, None)
            await send({"type": "http.response.body", "body": b""})
        finally:
            await loop.run_in_executor(self._pool, answer.close)

    def _run(self, environ: Environ) -> _Answer:
        """In a thread: the page, whole if it is not too long."""
        head: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head[:] = [int(status.split(" ", 1)[0]), headers]

        found = self._pages(environ, start)
        close = getattr(found, "close", lambda: None)
        try:
            pieces, size = iter(found), 0
            parts: list[bytes] = []
            for piece in pieces:
                parts.append(piece)
                size += len(piece)
                if size >= _WHOLE:
                    break
            else:
                pieces = iter(())
        except BaseException:
            close()
            raise
        status, named = head
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named]
        if size >= _WHOLE:
            return _Answer(status, headers, b"".join(parts), pieces, close)
        close()
        return _Answer(status, headers, b"".join(parts), None, close)


async def _received(receive: Any) -> dict[str, Any]:
    message: dict[str, Any] = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message


def environ_of(scope: dict[str, Any], body: Any) -> Environ:
    """The request as PEP 3333 wants it.

    Header names with an underscore are left out: they would look like the ones a proxy sets.
    """
    raw: bytes | None = scope.get("raw_path")
    path = (
        unquote_to_bytes(raw.partition(b"?")[0]) if raw else scope["path"].encode("utf-8", "surrogateescape")
    )
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key, text = name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if key in environ:
            text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        environ[key] = text
    return environ
