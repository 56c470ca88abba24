"""From the database to rows: events as they were recorded, stage entries as they are, who is who."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from trichter.core.journal.horizon import After
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import StageChange
from trichter.core.lifecycle.queries import stage_entries
from trichter.core.people.models import Link

from .codebook import Codebook
from .columns import NO_SESSION, NOBODY, TYPES, Rows, no_rows

ENTERED: Final = "lifecycle.entered"
_SALES: Final = frozenset({"deal.won", "order.paid"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS: Final = (
    "id", "at", "kind", "identity_id", "session", "source", "medium", "campaign", "content", "term", "page",
    "country", "device", "value", "currency",
)  # fmt: skip
_CAUSE: Final = tuple(
    f"cause__{name}"
    for name in ("kind", "session", "source", "medium", "campaign", "content", "term", "page", "country",
                 "device", "value", "currency")
)  # fmt: skip
_CHUNK: Final = 500
_READ: Final = 10_000
_OLDEST: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def settled_below() -> int | None:
    """The transaction number below which nothing appears any more; None where ids are commit-ordered."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        return int(cursor.fetchone()[0])


def events_after(*, txid: int, position: int) -> QuerySet[Event]:
    """Everything recorded behind a place, in the order of recording."""
    if connection.vendor == "postgresql":
        return Event.objects.filter(After(txid=txid, position=position)).order_by("txid", "id")
    return Event.objects.filter(id__gt=position).order_by("id")


def changes_after(*, txid: int, position: int) -> QuerySet[StageChange]:
    """The same for the changes of stage entries."""
    if connection.vendor == "postgresql":
        return StageChange.objects.filter(After(txid=txid, position=position)).order_by("txid", "id")
    return StageChange.objects.filter(id__gt=position).order_by("id")


def read_events(events: QuerySet[Event], book: Codebook) -> Rows:
    """The rows of events; `actor` is minus the identity, and NOBODY for events that are nobody's."""
    found: Any = events.annotate(json=Cast("data", TextField()))
    columns: list[list[Any]] = [[] for _ in TYPES]
    (actors, times, numbers, positions, kinds, identities, sessions, touches, pages, places, worths,
     facts) = columns  # fmt: skip
    kind_code, touch_code, page_code = book.kinds.code, book.touch.code, book.page.code
    place_code, worth_code, facts_code = book.place.code, book.worth.code, book.facts.code
    for (pk, at, kind, identity, session, source, medium, campaign, content, term, page, country, device,
         value, currency, json) in found.values_list(*_FIELDS, "json").iterator(_READ):  # fmt: skip
        code = kind_code(kind)
        identity = identity or NOBODY
        actors.append(-identity)
        times.append(_micros(at))
        numbers.append(pk)
        kinds.append(code)
        identities.append(identity)
        sessions.append(NO_SESSION if session is None else session)
        touches.append(touch_code((source, medium, campaign, content, term)))
        pages.append(page_code(page))
        places.append(place_code((country, device)))
        worths.append(worth_code((value, currency)))
        facts.append(0 if json == "{}" else facts_code((code, json)))
    positions.extend([0] * len(times))
    return _arrays(columns)


def read_entries(entries: QuerySet[Any], book: Codebook) -> Rows:
    """The rows of stage entries, with the touch of the event that caused each.

    They take a sale's value, and no other; a stage that was only jumped over takes none: the sale belongs to
    the stage it led to, once.
    """
    columns: list[list[Any]] = [[] for _ in TYPES]
    entered = book.kinds.code(ENTERED)
    names = ("at", "cause_sort", "position", "actor", "stage_key", "implied", "backward", "version", *_CAUSE)
    for (at, cause, position, actor, stage, implied, backward, version, kind, session, source, medium,
         campaign, content, term, page, country, device, value,
         currency) in entries.order_by().values_list(*names).iterator(_READ):  # fmt: skip
        sale = kind in _SALES and not implied
        data = (
            f'{{"stage": "{stage}", "implied": {_json(implied)}, "backward": {_json(backward)}, '
            f'"rule_version": {version}}}'
        )
        row = (
            actor, _micros(at), cause, 1 + position, entered, 0, NO_SESSION if session is None else session,
            book.touch.code((source or "", medium or "", campaign or "", content or "", term or "")),
            book.page.code(page or ""), book.place.code((country or "", device or "")),
            book.worth.code((value, currency or "") if sale else (None, "")),
            book.facts.code((entered, data)),
        )  # fmt: skip
        for column, one in zip(columns, row, strict=True):
            column.append(one)
    return _arrays(columns)


def entries_of(actors: Iterable[int], book: Codebook) -> Rows:
    """The stage entries of these actors."""
    listed = sorted(actors)
    parts = [no_rows()]
    for name, ids in (
        ("person_id__in", [one for one in listed if one > 0]),
        ("identity_id__in", [-one for one in listed if one < 0]),
    ):
        parts += [read_entries(stage_entries().filter(**{name: part}), book) for part in _chunks(ids)]
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in TYPES))


def events_of(identities: Collection[int], book: Codebook) -> Rows:
    """All events of these identities; NOBODY stands for the events without one."""
    parts = [no_rows()]
    parts += [read_events(Event.objects.filter(identity_id__in=part), book) for part in _chunks(identities)]
    if NOBODY in set(identities):
        parts.append(read_events(Event.objects.filter(identity__isnull=True), book))
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in TYPES))


def owners(identities: Iterable[int]) -> dict[int, int]:
    """The person of each of these identities that is somebody's."""
    found: dict[int, int] = {}
    for part in _chunks(identities):
        found.update(Link.objects.filter(identity_id__in=part).values_list("identity_id", "person_id"))
    return found


def all_owners() -> tuple[Any, Any]:
    """All links as two arrays, identities ascending and the person of each."""
    pairs = np.array(
        list(Link.objects.order_by("identity_id").values_list("identity_id", "person_id")), np.int64
    ).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def identities_of(people: Iterable[int]) -> set[int]:
    """Every identity that is linked to one of these people."""
    found: set[int] = set()
    for part in _chunks(people):
        found.update(Link.objects.filter(person_id__in=part).values_list("identity_id", flat=True))
    return found


def _chunks(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    listed = sorted(ids)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _micros(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _json(truth: bool) -> str:
    return "true" if truth else "false"


def _arrays(columns: Sequence[Sequence[Any]]) -> Rows:
    return Rows(*(np.array(column, kind) for column, kind in zip(columns, TYPES.values(), strict=True)))
