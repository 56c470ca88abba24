"""Pages by cursor: a page starts after the last record of the one before, so new rows never shift it."""

import base64
import binascii
import json
from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from ninja import Field, Query, Schema
from ninja.errors import HttpError
from pydantic import AfterValidator

from trichter.kit.clock import EARLIEST_DAY, LATEST_DAY

MOST, USUAL = 200, 50
LARGEST_ID = 2**63 - 1
_LATEST_MICROS = (LATEST_DAY - date(1970, 1, 1)).days * 86_400 * 1_000_000


def _printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL")
    return text


def _in_range(at: datetime) -> datetime:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not EARLIEST_DAY <= aware.date() < LATEST_DAY:
        raise ValueError(f"must lie between {EARLIEST_DAY} and {LATEST_DAY}")
    return aware


Text = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Moment = Annotated[datetime, AfterValidator(_in_range)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class Paging(Schema):
    """Which page."""

    cursor: Text | None = Field(None, description="`next` of the page before; empty for the first page.")
    limit: int = Field(USUAL, ge=1, le=MOST, description="Records on a page.")


Page = Annotated[Paging, Query()]


def by_id(*, rows: QuerySet[Any], paging: Paging) -> dict[str, Any]:
    """The oldest records first."""
    start = _read(cursor=paging.cursor, parts=1)
    if start is not None:
        rows = rows.filter(pk__gt=start[0])
    found = list(rows.order_by("pk")[: paging.limit + 1])
    page = found[: paging.limit]
    more = len(found) > paging.limit
    return {"items": page, "next": _write([page[-1].pk]) if more else None}


def by_time(*, rows: QuerySet[Any], paging: Paging) -> dict[str, Any]:
    """The newest first, by (at, id)."""
    start = _read(cursor=paging.cursor, parts=2)
    if start is not None:
        at = datetime.fromtimestamp(start[0] // 1_000_000, tz=UTC).replace(microsecond=start[0] % 1_000_000)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=start[1]))
    found = list(rows.order_by("-at", "-pk")[: paging.limit + 1])
    page = found[: paging.limit]
    if len(found) <= paging.limit:
        return {"items": page, "next": None}
    last = page[-1]
    micros = int(last.at.timestamp()) * 1_000_000 + last.at.microsecond
    return {"items": page, "next": _write([micros, last.pk])}


def _write(parts: list[int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read(*, cursor: str | None, parts: int) -> list[int] | None:
    """The numbers in a cursor. Raises HttpError 422 for one that we did not write."""
    if not cursor:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) != parts or any(type(one) is not int for one in found):
        raise HttpError(422, "This cursor is none of ours.")
    if not all(0 <= one <= LARGEST_ID for one in found) or (parts == 2 and found[0] > _LATEST_MICROS):
        raise HttpError(422, "This cursor is none of ours.")
    return [int(one) for one in found]
