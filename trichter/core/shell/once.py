"""What a page that only reads asks for again and again, and cannot change, it reads once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_read: ContextVar[dict[str, Any] | None] = ContextVar("read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Within, `once` asks only for what has not been asked for; only for what changes none of it."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def once(name: str, read: Callable[[], T]) -> T:
    """What `read` gives; within `reading_once` what it gave the first time. Callers must not change it."""
    known = _read.get()
    if known is None:
        return read()
    if name not in known:
        known[name] = read()
    return known[name]  # type: ignore[no-any-return]
