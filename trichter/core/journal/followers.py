"""Followers read the journal in order, each at its own pace, and never miss or repeat a line.

A feature offers one from its `wagtail_hooks.py`:

    @hooks.register("register_follower")
    def stages() -> Follower:
        return StageFollower()

The position of a follower and everything it writes to the database commit together. A crash at any
point therefore loses and repeats nothing; what leaves the database (files, memory) may be done twice.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Protocol, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from wagtail import hooks

from . import cursors, parking
from .batches import BatchFailed, is_transient, read_batch
from .lines import Line

logger = logging.getLogger(__name__)

BATCH = 1_000
# So many failures without one success mean that the follower is broken, not the events.
BROKEN_AFTER = 20


class Follower(Protocol):
    """What reads the journal. `name` is its identity for ever; `kinds` None stands for all kinds.

    A follower may also have a `title`, which people read on the status screen; `clear()`: called in the
    transaction of a reset, it drops what the follower owns, which is then built again from the first
    event; and `tend()`: called between batches, for work that came by another way than the journal. It does
    a part of it in a transaction of its own and returns how much; 0 when nothing is left.
    """

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> frozenset[str] | None: ...

    def handle(self, *, events: Sequence[Line]) -> None:
        """Digest events in order, inside the transaction that moves the position; must be idempotent.

        Database trouble that may pass (OperationalError, InterfaceError, OSError) is tried again later;
        any other exception leads to the event that causes it, which is parked.
        """
        ...


def followers() -> list[Follower]:
    """The followers that features offer, sorted by name; one object each for the life of the process."""
    found = [_made(offer) for offer in hooks.get_hooks("register_follower")]
    if len({follower.name for follower in found}) < len(found):
        raise ImproperlyConfigured("two followers have the same name")
    return sorted(found, key=lambda follower: follower.name)


@cache
def _made(offer: Callable[[], Follower]) -> Follower:
    return offer()


def follower_named(*, name: str) -> Follower:
    """The follower `name`. Raises LookupError."""
    for follower in followers():
        if follower.name == name:
            return follower
    raise LookupError(f"there is no follower {name!r}")


def run_once(*, follower: Follower, limit: int = BATCH) -> int:
    """Let a follower digest its next events, at most `limit`; returns how many it got done with.

    0 means that nothing is left, or that it must wait: paused, in a pause after trouble, held by another
    worker, or before the horizon.
    """
    try:
        return read_batch(follower=follower, limit=limit)
    except BatchFailed as failed:
        if is_transient(failed.cause):
            cursors.postpone(name=follower.name, error=failed.cause)
            return 0
        logger.warning("follower %s: %s", follower.name, failed.cause, exc_info=failed.cause)
        return _one_by_one(follower=follower, failed=failed)


def _one_by_one(*, follower: Follower, failed: BatchFailed) -> int:
    """Halve the batch until the events that fail alone are found; park those and digest the others."""
    trouble: BatchFailed | None = failed
    left = size = len(failed.events)
    done = in_a_row = 0
    while left > 0:
        if trouble is not None:
            if is_transient(trouble.cause):
                cursors.postpone(name=follower.name, error=trouble.cause)
                return done
            if len(trouble.events) == 1:
                parking.park(follower=follower.name, event=trouble.events[0], error=trouble.cause)
                in_a_row, left, done = in_a_row + 1, left - 1, done + 1
                if in_a_row >= BROKEN_AFTER:
                    cursors.postpone(name=follower.name, error=trouble.cause)
                    return done
            else:
                size = max(1, len(trouble.events) // 2)
            trouble = None
            continue
        try:
            digested = read_batch(follower=follower, limit=min(size, left))
        except BatchFailed as again:
            trouble = again
            continue
        if digested == 0:
            return done
        in_a_row, left, done, size = 0, left - digested, done + digested, size * 2
    return done


def tend(*, follower: Follower) -> int:
    """Let a follower do a part of its other work; 0 when it has none, or must wait as in `run_once`."""
    work = cast("Callable[[], int] | None", getattr(follower, "tend", None))
    if work is None or not cursors.may_run(cursor=cursors.find(name=follower.name), now=timezone.now()):
        return 0
    try:
        return work()
    except Exception as error:
        cursors.postpone(name=follower.name, error=error)
        if not is_transient(error):
            logger.warning("follower %s: %s", follower.name, error, exc_info=error)
        return 0


def catch_up(*, names: Iterable[str] | None = None, limit: int = BATCH) -> int:
    """Run followers (all, or those named) until none finds anything more; returns the events digested.

    A larger `limit` is quicker, since whoever appears often in a batch is worked out once; on SQLite it
    keeps others from writing for longer.
    Leaves what must wait (see `run_once`). Inside a transaction of the caller it also reads the events
    of that transaction, as long as no older one is running.
    """
    chosen = followers() if names is None else [follower_named(name=name) for name in names]
    total = 0
    while True:
        done = sum(_exhaust(follower, limit) for follower in chosen)
        if not done:
            return total
        total += done


def _exhaust(follower: Follower, limit: int) -> int:
    total = 0
    while done := run_once(follower=follower, limit=limit) + tend(follower=follower):
        total += done
    return total


def reset(*, name: str) -> None:
    """Put a follower back before the first event; it forgets its parked events and rebuilds what it owns."""
    follower = next((found for found in followers() if found.name == name), None)
    clear = getattr(follower, "clear", None)
    cursors.rewind(name=name, clear=cast("Callable[[], None] | None", clear))
