"""Dates and times as people, spreadsheets and other systems write them.

``31.12.2026``, ``2026-12-31``, ``12/31/2026``, ``31. Dezember 2026``, ``Dec 31, 2026``, ISO 8601 with or
without zone, Excel serial numbers, Unix seconds and milliseconds. With slashes or hyphens the order of day
and month can be unclear (``05/06/2026``): then a whole column is looked at (``column_order``), and what stays
unclear is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from trichter.kit.cells import Cell, CellError
from trichter.kit.clock import parse_local
from trichter.kit.folding import clean, fold

DateOrder = Literal["dmy", "mdy"]

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})\.?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})")
_MONTH_NAME_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})")
_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*(am|pm|a\.m\.|p\.m\.|uhr)?"
    r"\s*(z|utc|gmt|mez|mesz|cet|cest|[+-]\d{2}:?\d{2}|[+-]\d{2}|(?:utc|gmt)[+-]\d{1,2}(?::?\d{2})?)?"
)
_WEEKDAY = re.compile(r"^(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?=[\da-z])")
_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("jan", "jaen"), ("feb",), ("mar", "maer", "mrz"), ("apr",), ("may", "mai"), ("jun",),
            ("jul",), ("aug",), ("sep",), ("oct", "okt"), ("nov",), ("dec", "dez"),
        ],
        start=1,
    )
    for name in names
}  # fmt: skip
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "mez": 60, "cet": 60, "mesz": 120, "cest": 120}
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 -- Excel's calendar has no zone


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant read from a cell. ``at`` is UTC; without a time of day it is local midnight, ``has_time``
    False.
    """

    at: datetime
    has_time: bool


@dataclass(frozen=True, slots=True)
class ColumnOrder:
    """What the dates of a column prove: ``order``, or ``None`` with the ``state`` that says why.

    ``certain``: proven, or no date needs it. ``ambiguous``: every unclear date reads both ways. ``mixed``:
    some dates read only as day/month and others only as month/day, so the column contradicts itself.
    """

    order: DateOrder | None
    state: Literal["certain", "ambiguous", "mixed"]


def column_order(cells: Iterable[Cell]) -> ColumnOrder:
    """Look at all dates of a column and say in which order day and month stand."""
    proven: set[DateOrder] = set()
    unclear = False
    for cell in cells:
        match = _YEAR_LAST.match(clean(cell)) if isinstance(cell, str) else None
        if not match or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            proven.add("dmy")
        elif second > 12 >= first:
            proven.add("mdy")
        elif first != second:
            unclear = True
    if len(proven) == 2:
        return ColumnOrder(None, "mixed")
    if proven:
        return ColumnOrder(proven.pop(), "certain")
    return ColumnOrder(None, "ambiguous" if unclear else "certain")


def parse_date(cell: Cell, *, order: DateOrder | None = None) -> date:
    """Return the calendar day written in a cell, ignoring a time of day beside it.

    Raises:
        CellError: ``empty``, ``not_a_date``, ``no_such_day`` (31.02.), ``ambiguous_date`` (``05/06/2026``
        and no
            ``order``).
    """
    return _local(cell, order)[0]


def parse_moment(cell: Cell, *, zone: ZoneInfo, order: DateOrder | None = None) -> Moment:
    """Return the instant written in a cell; a time without a zone is wall-clock time in ``zone``.

    Nonexistent and repeated local times follow the rule of ``kit.clock``. Raises ``CellError`` like
    ``parse_date``, and ``no_such_time``.
    """
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return Moment(cell.astimezone(UTC), True)
    day, at, offset = _local(cell, order)
    if at is None:
        return Moment(parse_local(day, time(), zone), False)
    try:
        if offset is not None:
            return Moment(datetime.combine(day, at, tzinfo=offset).astimezone(UTC), True)
        return Moment(parse_local(day, at, zone), True)
    except OverflowError:
        raise CellError("no_such_day", text=str(cell)) from None


def _local(cell: Cell, order: DateOrder | None) -> tuple[date, time | None, timezone | None]:
    """Read day, time of day and offset; the last two are ``None`` when not written."""
    if isinstance(cell, datetime):
        return cell.date(), cell.time().replace(tzinfo=None), None
    if isinstance(cell, date):
        return cell, None, None
    if isinstance(cell, (bool, time)):
        raise CellError("not_a_date", text=str(cell))
    if isinstance(cell, (int, float)):
        return _serial(float(cell), str(cell))
    text = clean(cell)
    if not text:
        raise CellError("empty", text=cell)
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text) and not _COMPACT.fullmatch(text):
        return _number(text)
    folded = _WEEKDAY.sub("", fold(text[:80]))
    day, rest = _day(folded, order, text)
    rest = rest.strip(" ,t")
    if rest.startswith("um "):
        rest = rest[3:]
    if not rest:
        return day, None, None
    return day, *_clock(rest, text)


def _number(text: str) -> tuple[date, time | None, timezone | None]:
    """Read a bare number: Excel serial (5 digits), Unix seconds (10) or milliseconds (13)."""
    whole = re.split(r"[.,]", text)[0]
    if len(whole) in (10, 13):
        at = datetime.fromtimestamp(int(whole) / (1 if len(whole) == 10 else 1000), UTC)
        return at.date(), at.time(), UTC
    if len(whole) == 5:
        return _serial(float(text.replace(",", ".")), text)
    raise CellError("not_a_date", text=text)


def _serial(number: float, text: str) -> tuple[date, time | None, timezone | None]:
    """Read an Excel serial number: days since 30.12.1899, the fraction is the time of day."""
    if not 1 <= number < 300_000:
        raise CellError("not_a_date", text=text)
    at = _EXCEL_DAY_ZERO + timedelta(seconds=round(number * 86_400))
    return at.date(), (at.time() if number % 1 else None), None


def _day(folded: str, order: DateOrder | None, text: str) -> tuple[date, str]:
    """Read the day at the start of folded text and return it with what follows."""
    if match := _YEAR_FIRST.match(folded):
        return _checked(int(match[1]), int(match[3]), int(match[4]), text), folded[match.end() :]
    if match := _YEAR_LAST.match(folded):
        first, second = int(match[1]), int(match[3])
        if match[2] == "." or first > 12 or first == second:
            order = "dmy"
        elif second > 12:
            order = "mdy"
        if order is None:
            raise CellError("ambiguous_date", text=text)
        day, month = (first, second) if order == "dmy" else (second, first)
        return _checked(_full_year(match[4]), month, day, text), folded[match.end() :]
    if match := _COMPACT.match(folded):
        digits = match[0]
        return _checked(int(digits[:4]), int(digits[4:6]), int(digits[6:]), text), folded[match.end() :]
    if match := _DAY_MONTH_NAME.match(folded):
        return _named(match[3], match[2], match[1], text), folded[match.end() :]
    if match := _MONTH_NAME_DAY.match(folded):
        return _named(match[3], match[1], match[2], text), folded[match.end() :]
    raise CellError("not_a_date", text=text)


def _named(year: str, month: str, day: str, text: str) -> date:
    number = _MONTHS.get(month[:4]) or _MONTHS.get(month[:3])
    if number is None:
        raise CellError("not_a_date", text=text)
    return _checked(_full_year(year), number, int(day), text)


def _full_year(year: str) -> int:
    """Two-digit years up to 69 lie in this century, the others in the last."""
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < 70 else 1900)


def _checked(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("no_such_day", text=text) from None


def _clock(rest: str, text: str) -> tuple[time, timezone | None]:
    """Read a time of day with optional AM/PM and offset."""
    match = _CLOCK.fullmatch(rest)
    if not match:
        raise CellError("not_a_date", text=text)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    half = (match[5] or "").replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise CellError("no_such_time", text=text)
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        at = time(hour, minute, second, int((match[4] or "0")[:6].ljust(6, "0")))
    except ValueError:
        raise CellError("no_such_time", text=text) from None
    return at, _offset(match[6], text)


def _offset(written: str | None, text: str) -> timezone | None:
    """Return the offset written after a time; ``None`` when there is none."""
    if written is None:
        return None
    if written in _ZONES:
        return timezone(timedelta(minutes=_ZONES[written]))
    match = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", written)
    if not match or int(match[2]) > 14 or int(match[3] or 0) > 59:
        raise CellError("no_such_time", text=text)
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
