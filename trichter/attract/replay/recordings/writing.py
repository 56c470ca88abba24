"""Parts of recordings into rows, for those whom the ledger allows it in this very transaction."""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from trichter.attract.tracking.pipeline.reasons import Reason
from trichter.core.consent.defaults import RECORDING
from trichter.core.consent.models import ChainHead
from trichter.core.consent.webconsents import BROWSER_ID, web_consents
from trichter.core.journal.models import Identity
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import day_of

from ..models import Recording, RecordingChunk
from ..queries import saved_settings
from ..rules import MOST_CHUNK, MOST_UNPACKED, Beyond, fits

Part = tuple[datetime, date, list[str], dict[str, Any]]
_TYPES = frozenset(range(5))


class Damaged(ValueError):
    """Not a list of events."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """The events of a part, packed, and whether a page begins in it."""

    packed: bytes
    begins: bool


def write_parts(parts: list[Part]) -> Iterable[tuple[date, str]]:
    """Write them; for each its day and what became of it. Runs inside the transaction of the inbox."""
    if not parts:
        return
    # A withdrawal appends to the ledger and waits for this lock: it is either seen here, or comes after what
    # is written here, and then deletes it.
    list(ChainHead.objects.select_for_update().filter(pk=1))
    idents = {body["id"] for _at, _day, _seen, body in parts}
    allowed = web_consents(idents, purpose=RECORDING) & web_consents(idents)
    names = [f"{BROWSER_ID}{one}" for one in allowed]
    rows = Identity.objects.filter(kind="visitor", value__in=names).values_list("value", "pk")
    identities = {value.removeprefix(BROWSER_ID): pk for value, pk in rows}
    for at, day, seen, body in parts:
        identity = identities.get(body["id"])
        yield day, _one(at, day, seen, body, identity) if identity else Beyond.NO_CONSENT.value


def _one(at: datetime, day: date, seen: list[str], body: dict[str, Any], identity: int) -> str:
    try:
        film = unpacked(encoded=body["ev"], raw=body["raw"])
    except Damaged:
        return Beyond.DAMAGED.value
    first = at - timedelta(milliseconds=max(body["ago"], body["until"]))
    last = at - timedelta(milliseconds=min(body["ago"], body["until"]))
    key = UUID(body["rec"])
    recording = Recording.objects.filter(key=key).first()
    if recording is None:
        if not _room_today(day):
            return Beyond.OVER_LIMIT.value
        site, page, device, browser, os = seen
        recording = Recording.objects.create(
            key=key, identity_id=identity, site=site[:120], page=page, device=device, browser=browser, os=os,
            started_at=first, ended_at=last,
        )  # fmt: skip
    elif recording.identity_id != identity:
        return Reason.MALFORMED.value
    take = UUID(body["take"])
    if RecordingChunk.objects.filter(recording=recording, take=take, number=body["n"]).exists():
        return Reason.DUPLICATE.value
    seconds = (max(last, recording.ended_at) - min(first, recording.started_at)).total_seconds()
    if not fits(chunks=recording.chunks, size=recording.size, seconds=seconds, more=len(film.packed)):
        return Beyond.OVER_LIMIT.value
    RecordingChunk.objects.create(
        recording=recording, take=take, number=body["n"], at=first, events=film.packed
    )
    recording.started_at = min(first, recording.started_at)
    recording.ended_at = max(last, recording.ended_at)
    recording.pages += film.begins
    recording.clicks += body["clicks"]
    recording.rage += body["rage"]
    recording.chunks += 1
    recording.size += len(film.packed)
    recording.save()
    return Beyond.TAKEN.value


def _room_today(day: date) -> bool:
    zone = company_zone()
    rows = Recording.objects.order_by("-pk").values_list("started_at", flat=True)
    most = saved_settings().per_day
    newest = list(rows[:most])
    return len(newest) < most or day_of(newest[-1], zone) < day


def unpacked(*, encoded: str, raw: str) -> Film:
    """Check and pack the events. Raises Damaged, also for what would become too large."""
    content = raw.encode() if raw else _inflated(encoded)
    try:
        events = orjson.loads(content)
    except ValueError:
        raise Damaged from None
    if not isinstance(events, list) or not events:
        raise Damaged
    for event in events:
        if not isinstance(event, dict) or event.get("type") not in _TYPES:
            raise Damaged
        if type(event.get("timestamp")) is not int or not isinstance(event.get("data"), dict):
            raise Damaged
    begins = any(event["type"] == 2 for event in events)
    packed = gzip.compress(content, compresslevel=6, mtime=0)
    if len(packed) > MOST_CHUNK:
        raise Damaged
    return Film(packed=packed, begins=begins)


def _inflated(encoded: str) -> bytes:
    """At most so many bytes come out, whatever is claimed."""
    try:
        packed = base64.b64decode(encoded, validate=True)
        machine = zlib.decompressobj(wbits=31)
        content = machine.decompress(packed, MOST_UNPACKED)
    except (binascii.Error, zlib.error, ValueError):
        raise Damaged from None
    if not machine.eof or machine.unconsumed_tail:
        raise Damaged
    return content
