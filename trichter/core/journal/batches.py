"""One batch of one follower: read, digest, move on, all or nothing."""

from collections.abc import Sequence
from typing import Protocol

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from trichter.core.jobs.crash import crash_point

from . import cursors
from .horizon import after, horizon, of_kinds, up_to
from .lines import Line, lines
from .models import Cursor

# So many events of all kinds are looked at in one transaction, unless the caller asks for more: on SQLite
# it keeps others from writing.
WINDOW = 20_000


class Reader(Protocol):
    """The part of a follower that a batch needs."""

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> frozenset[str] | None: ...

    def handle(self, *, events: Sequence[Line]) -> None: ...


class BatchFailed(Exception):
    """The transaction of a batch was rolled back. `events`: what had been read, if it came that far."""

    def __init__(self, *, events: Sequence[Line], cause: Exception) -> None:
        super().__init__(str(cause))
        self.events = events
        self.cause = cause


def is_transient(error: Exception) -> bool:
    """Whether the same batch may well succeed later: lock, deadlock, serialisation, lost connection, disk."""
    return isinstance(error, OperationalError | InterfaceError | OSError)


def read_batch(*, follower: Reader, limit: int) -> int:
    """Digest up to `limit` events; returns how many, 0 when there is none to be had at present.

    Raises BatchFailed after rolling the batch back.
    """
    while (digested := _one_transaction(follower=follower, limit=limit)) == 0:
        pass
    return digested or 0


def _one_transaction(*, follower: Reader, limit: int) -> int | None:
    """Digest events and move on: how many, which may be none of those passed; None when it cannot move."""
    events: list[Line] = []
    try:
        if not _has_news(name=follower.name):
            return None
        with transaction.atomic():
            cursor = cursors.lock(name=follower.name)
            if cursor is None:
                return None
            events, txid, position = _next_events(cursor=cursor, kinds=follower.kinds, limit=limit)
            if (txid, position) == (cursor.txid, cursor.position):
                return None
            crash_point("after_read")
            if events:
                follower.handle(events=events)
            crash_point("after_handle")
            cursors.advance(cursor=cursor, txid=txid, position=position, handled=len(events))
            crash_point("before_commit")
    except Exception as error:
        if not events and not is_transient(error):
            raise
        raise BatchFailed(events=events, cause=error) from error
    crash_point("after_commit")
    return len(events)


def _has_news(*, name: str) -> bool:
    """A look without a lock, so that an idle follower costs no write."""
    cursor = cursors.find(name=name)
    if not cursors.may_run(cursor=cursor, now=timezone.now()):
        return False
    below = horizon(txid=cursor.txid, position=cursor.position)
    return after(txid=cursor.txid, position=cursor.position, below=below).exists()


def _next_events(*, cursor: Cursor, kinds: frozenset[str] | None, limit: int) -> tuple[list[Line], int, int]:
    """The next events of these kinds, and where the cursor stands once they are digested.

    When there are fewer than `limit` in the window, that is the window's end. It is fixed before the
    follower works, so what the follower itself records is read the next time.
    """
    below = horizon(txid=cursor.txid, position=cursor.position)
    settled = after(txid=cursor.txid, position=cursor.position, below=below)
    places = settled.values_list("txid", "id")
    window_size = max(WINDOW, limit)
    end = places[window_size - 1 : window_size].first() or places.order_by("-txid", "-id").first()
    if end is None:
        return [], cursor.txid, cursor.position
    window = up_to(settled, txid=end[0], position=end[1])
    events = lines(of_kinds(window, kinds)[:limit])
    if len(events) == limit:
        return events, events[-1].txid, events[-1].pk
    return events, *end
