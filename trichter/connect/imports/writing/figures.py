"""Rows about sums that Google counted: searches and sessions. They make no person and no event."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from trichter.kit.dates import parse_date
from trichter.kit.values import CellError, text_of
from trichter.measure.traffic.models import SearchFigure, VisitFigure

from ..cells import Cells
from .batch import Context
from .summed import Number, SummedImporter, Total, Values

Key = tuple[str, date, date, str, str]
KEY: Final = ("what", "first_day", "last_day", "site", "value")
SEARCHED: Final = ("query", "page", "country", "device", "appearance")
NOT_SET: Final = "(not set)"
_MONTH = re.compile(r"((?:19|20)\d\d)[-/. ]?(0[1-9]|1[0-2])|(0[1-9]|1[0-2])[-/. ]((?:19|20)\d\d)")
_TOTAL = re.compile(r"(?:grand total|totals?|gesamtsumme|gesamt|summe|insgesamt)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One row: whose figure (`KEY`), and the numbers by field name."""

    key: Key
    values: Values


def read_search(cells: Cells, context: Context) -> Figure | None:
    """A row of Search Console; None, with the reason in `cells.problems`, when it cannot be one."""
    what = next((name for name in SEARCHED if cells.has(name)), "day")
    value = cells.code(what, 500) if what != "day" else ""
    day = cells.day("day") if cells.has("day") else None
    if what == "day" and day is None and not cells.rejected:
        cells.reject("nothing_to_identify", fields="query, page, day")
    clicks = cells.whole("clicks", most=2**62)
    impressions = cells.whole("impressions", most=2**62)
    position = cells.number("position")
    for name, number in (("clicks", clicks), ("impressions", impressions)):
        if number is None and not cells.rejected:
            cells.reject("missing", name)
    span = _span(cells, context, day)
    if cells.rejected or span is None or clicks is None or impressions is None:
        return None
    key = (what, *span, _site(cells, context), value)
    return Figure(key=key, values={"clicks": clicks, "impressions": impressions, "position": position})


def read_visits(cells: Cells, context: Context) -> Figure | Total | None:
    """A row of Analytics; None, with the reason in `cells.problems`, when it cannot be one."""
    codes, values = _split(cells)
    told = [text_of(placed.cell) for name in ("channel", "source_medium", "source", "campaign", "page", "day")
            for placed in cells.every(name)]  # fmt: skip
    day = _day(cells)
    month = _month(cells)
    if (told and _TOTAL.fullmatch(told[0])) or (
        not codes and day is None and month is None and not cells.rejected
    ):
        if cells.has("sessions") or cells.has("users") or cells.has("views"):
            cells.note("total_row")
            return Total()
        cells.reject("nothing_to_identify", fields="day, channel, source, campaign, page")
    values_of = {name: cells.whole(name, most=2**62)
                 for name in ("sessions", "users", "new_users", "engaged", "views")}  # fmt: skip
    numbers: dict[str, Number | None] = {**values_of, "key_events": cells.number("key_events")}
    if all(number is None for number in numbers.values()) and not cells.rejected:
        cells.reject("missing", "sessions")
    span = month or _span(cells, context, day)
    value = " · ".join(values)
    if len(value) > 500:
        cells.reject("too_long", "page", limit=500)
    if cells.rejected or span is None:
        return None
    return Figure(key=("+".join(codes) or "day", *span, _site(cells, context), value), values=numbers)


def _split(cells: Cells) -> tuple[list[str], list[str]]:
    """What the row is about: codes and values, source and medium together as Analytics writes them."""
    found: list[tuple[str, str]] = []
    if cells.has("channel"):
        found.append(("channel", cells.code("channel", 200)))
    if cells.has("source_medium"):
        found.append(("source", cells.code("source_medium", 200)))
    elif cells.has("source") and cells.has("medium"):
        found.append(("source", f"{cells.code('source', 120)} / {cells.code('medium', 80)}"))
    elif cells.has("source") or cells.has("medium"):
        name = "source" if cells.has("source") else "medium"
        found.append((name, cells.code(name, 200)))
    found += [(name, cells.code(name, 500)) for name in ("campaign", "page") if cells.has(name)]
    return [code for code, _value in found], [value or NOT_SET for _code, value in found]


def _day(cells: Cells) -> date | None:
    """The day of the row, 20260131 as Analytics writes it, or counted from the first day of the span."""
    placed = cells.every("day")
    if placed:
        try:
            return parse_date(text_of(placed[0].cell))
        except CellError as error:
            if error.code != "empty" and not _TOTAL.fullmatch(text_of(placed[0].cell)):
                cells.reject(error.code, "day")
        return None
    nth, first = cells.whole("nth_day", most=10_000), cells.day("first_day")
    if nth is None:
        return None
    if first is None:
        cells.reject("no_span", "nth_day")
        return None
    return first + timedelta(days=nth)


def _month(cells: Cells) -> tuple[date, date] | None:
    """The month of the row: 202601 or 2026-01. A month without its year says too little."""
    placed = cells.every("month")
    if not placed:
        return None
    found = _MONTH.fullmatch(text_of(placed[0].cell))
    if found is None:
        cells.reject("not_a_date", "month")
        return None
    year, month = int(found[1] or found[4]), int(found[2] or found[3])
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _span(cells: Cells, context: Context, day: date | None) -> tuple[date, date] | None:
    """The day of the row, else the span of the table, else the one stated in the options."""
    if day is not None:
        return day, day
    first, last = cells.day("first_day"), cells.day("last_day")
    options = context.options
    if (first is None or last is None) and options.first_day and options.last_day:
        try:
            first, last = date.fromisoformat(options.first_day), date.fromisoformat(options.last_day)
        except ValueError:
            first = last = None
    if cells.rejected:
        return None
    if first is None or last is None:
        cells.reject("no_span")
        return None
    if last < first:
        cells.reject("bad_span", "last_day")
        return None
    return first, last


def _site(cells: Cells, context: Context) -> str:
    return (cells.text("site", 120) or context.options.source[:120]).strip()


class _FigureImporter(SummedImporter):
    names = KEY
    day = "first_day"


class SearchImporter(_FigureImporter):
    """Figures of Search Console."""

    model = SearchFigure
    numbers = ("clicks", "impressions", "position")

    @staticmethod
    def add(one: Values, other: Values) -> Values:
        """Clicks and impressions add up; the position is the mean over the impressions."""
        shown, more = int(one["impressions"] or 0), int(other["impressions"] or 0)
        places = [(one["position"], shown), (other["position"], more)]
        told = [(place, weight) for place, weight in places if place is not None and weight]
        weight = sum(weight for _place, weight in told)
        return {
            "clicks": int(one["clicks"] or 0) + int(other["clicks"] or 0),
            "impressions": shown + more,
            "position": sum(place * weight for place, weight in told) / weight if weight else None,
        }


class VisitImporter(_FigureImporter):
    """Figures of Analytics."""

    model = VisitFigure
    numbers = ("sessions", "users", "new_users", "engaged", "views", "key_events")

    @staticmethod
    def add(one: Values, other: Values) -> Values:
        """Everything adds up but users: one may be in both rows, so their number is not known."""
        found: dict[str, Number | None] = {}
        for name in VisitImporter.numbers:
            pair = [number for number in (one[name], other[name]) if number is not None]
            found[name] = sum(pair) if pair and name not in ("users", "new_users") else None
        return found
