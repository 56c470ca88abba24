"""What the status screen shows of the journal and its followers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.functional import Promise

from . import cursors
from .followers import Follower, followers
from .horizon import OPEN, after, horizon, of_kinds
from .models import Cursor, Event, ParkedEvent

# Counting further would cost more than the figure is worth.
COUNT_LIMIT = 10_000
_ESTIMATE_ABOVE = 200_000
_PARKED_SHOWN = 100

State = Literal["paused", "trouble", "behind", "current"]


@dataclass(frozen=True, kw_only=True)
class FollowerStatus:
    """How a follower is doing.

    behind: events of its kinds still to read, counted up to COUNT_LIMIT (`behind_more`: there are more).
    seconds: age of the oldest of them since it was recorded. waiting: how many of them may not be read
    yet, because a transaction that began earlier is still running.
    """

    name: str
    title: Promise | str
    cursor: Cursor
    state: State
    behind: int
    behind_more: bool
    seconds: int
    waiting: int
    parked: int


@dataclass(frozen=True, kw_only=True)
class JournalSize:
    """events: exact, or the database's estimate for a large journal. last: the event recorded last."""

    events: int
    estimated: bool
    last: Event | None


def follower_states(*, now: datetime | None = None) -> list[FollowerStatus]:
    """All followers that this release has, by name."""
    at = now or timezone.now()
    parked = dict(ParkedEvent.objects.order_by().values_list("follower").annotate(count=Count("pk")))
    return [
        _status(follower=follower, at=at, parked=parked.get(follower.name, 0)) for follower in followers()
    ]


def _status(*, follower: Follower, at: datetime, parked: int) -> FollowerStatus:
    cursor = cursors.find(name=follower.name)
    unread = after(txid=cursor.txid, position=cursor.position)
    unread = of_kinds(unread, follower.kinds)
    behind = unread[: COUNT_LIMIT + 1].count()
    oldest = unread.first() if behind else None
    waiting = 0
    below = horizon(txid=cursor.txid, position=cursor.position) if behind else OPEN
    if below != OPEN:
        waiting = unread.filter(txid__gte=below)[:COUNT_LIMIT].count()
    return FollowerStatus(
        name=follower.name,
        title=getattr(follower, "title", follower.name),
        cursor=cursor,
        state=_state(cursor=cursor, behind=behind),
        behind=min(behind, COUNT_LIMIT),
        behind_more=behind > COUNT_LIMIT,
        seconds=max(0, int((at - oldest.recorded_at).total_seconds())) if oldest else 0,
        waiting=waiting,
        parked=parked,
    )


def _state(*, cursor: Cursor, behind: int) -> State:
    if cursor.paused:
        return "paused"
    if cursor.failures:
        return "trouble"
    return "behind" if behind else "current"


def journal_size() -> JournalSize:
    """How much the journal holds."""
    top = Event.objects.aggregate(top=Max("id"))["top"] or 0
    last = Event.objects.filter(pk=top).first() if top else None
    if top <= _ESTIMATE_ABOVE:
        return JournalSize(events=Event.objects.count(), estimated=False, last=last)
    return JournalSize(events=_estimate(top=top), estimated=True, last=last)


def any_between(*, kinds: Sequence[str], start: datetime, end: datetime) -> bool:
    """Whether something of one of these kinds happened from `start` to before `end`.

    Written out: an import of a log asks for every hour of it, and building the question took far longer
    than answering it.
    """
    moment = connection.ops.adapt_datetimefield_value
    marks = ", ".join(["%s"] * len(kinds))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT 1 FROM "{Event._meta.db_table}" WHERE "kind" IN ({marks})'  # noqa: S608
            ' AND "at" >= %s AND "at" < %s LIMIT 1',
            [*kinds, moment(start), moment(end)],
        )
        return cursor.fetchone() is not None


def _estimate(*, top: int) -> int:
    """PostgreSQL keeps an estimate; on SQLite the highest id is close, as ids are not used up in vain."""
    if connection.vendor != "postgresql":
        return int(top)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [Event._meta.db_table]
        )
        return max(0, int(cursor.fetchone()[0]))


def parked_events() -> list[ParkedEvent]:
    """The events parked last, with their events and identities."""
    return list(ParkedEvent.objects.select_related("event", "event__identity")[:_PARKED_SHOWN])
