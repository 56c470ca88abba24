"""The durable position of each follower. Every change is made under the lock of its row."""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from .models import BEGINNING, Cursor, ParkedEvent

logger = logging.getLogger(__name__)

MAX_ERROR = 4_000
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0


def find(*, name: str) -> Cursor:
    """The cursor of a follower; a new follower starts before the first event."""
    return Cursor.objects.filter(name=name).first() or Cursor.objects.get_or_create(name=name)[0]


def may_run(*, cursor: Cursor, now: datetime) -> bool:
    """False while it is paused, or in a pause after trouble."""
    return not cursor.paused and (cursor.retry_at is None or cursor.retry_at <= now)


def lock(*, name: str) -> Cursor | None:
    """The cursor, held until the transaction ends; None when it may not run or another worker holds it.

    On SQLite the transaction itself is the lock: it is IMMEDIATE and there is one writer.
    """
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(name=name).first()
    return cursor if cursor is not None and may_run(cursor=cursor, now=timezone.now()) else None


def advance(*, cursor: Cursor, txid: int, position: int, handled: int) -> None:
    """Move on after success; trouble is forgotten."""
    Cursor.objects.filter(pk=cursor.pk).update(
        txid=txid, position=position, handled=F("handled") + handled, failures=0, error="", retry_at=None,
        updated_at=timezone.now(),
    )  # fmt: skip


def pause_after(*, failures: int) -> timedelta:
    """How long to wait after this many failures in a row: doubling from 1 s to 5 min, ±20 % by chance."""
    seconds = min(_FIRST_PAUSE * 2.0 ** min(failures - 1, 20), _LONGEST_PAUSE)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311


def postpone(*, name: str, error: Exception) -> None:
    """Remember the trouble and when to try again, so that a restart does not shorten the pause."""
    logger.warning("follower %s must wait: %s", name, error)
    try:
        with transaction.atomic():
            cursor = Cursor.objects.select_for_update().get(name=name)
            cursor.failures += 1
            cursor.error = describe(error)
            cursor.retry_at = timezone.now() + pause_after(failures=cursor.failures)
            cursor.save(update_fields=["failures", "error", "retry_at", "updated_at"])
    except (DatabaseError, Cursor.DoesNotExist):
        # The database is what is in trouble; the worker's own pause between rounds has to do.
        logger.exception("follower %s: the pause could not be stored", name)


def describe(error: Exception) -> str:
    """An exception as text of bounded length."""
    return f"{type(error).__name__}: {error}"[:MAX_ERROR]


@transaction.atomic
def rewind(*, name: str, clear: Callable[[], None] | None = None) -> None:
    """Back before the first event; waits until a batch under way has ended."""
    find(name=name)
    cursor = Cursor.objects.select_for_update().get(name=name)
    ParkedEvent.objects.filter(follower=name).delete()
    if clear is not None:
        clear()
    cursor.txid, cursor.position, cursor.handled = BEGINNING, 0, 0
    cursor.failures, cursor.error, cursor.retry_at = 0, "", None
    cursor.save()


@transaction.atomic
def set_paused(*, name: str, paused: bool) -> None:
    """Stop a follower after its present batch, or let it go on at once, also out of a pause after trouble."""
    find(name=name)
    cursor = Cursor.objects.select_for_update().get(name=name)
    cursor.paused, cursor.retry_at = paused, None
    cursor.save(update_fields=["paused", "retry_at", "updated_at"])
