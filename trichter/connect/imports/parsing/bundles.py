"""Exports of Google that hold several tables, read as one: the columns of all of them side by side.

Search Console gives a ZIP of CSV files or a workbook with a sheet for each (queries, pages, days …); the span
of days follows from its table of days, else from its table of filters. Google Analytics gives a CSV with
comment lines in front of each table (`# Start date: 20260101`). Tables without figures are left out. What
lies around a table comes as further columns: its name, the span of days, the site.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import IO, Final, Literal

from trichter.connect.imports.parsing.catalogue import catalogue, keys_of
from trichter.kit.cells import Cell, CellError
from trichter.kit.dates import parse_date
from trichter.kit.tables import Limits, Row, Sheet, TableError, read_table
from trichter.kit.values import text_of

BundleKind = Literal["search", "analytics"]
BUNDLES: Final[tuple[BundleKind, ...]] = ("search", "analytics")
TABLE, FIRST, LAST, SITE = "Table", "Start date", "End date", "Property"
_MEMBERS = 60
_COMPARED = ((" clicks", " klicks"), (" impressions", " impressionen"))
_CHUNK = 1 << 16
_NEEDED: Final[dict[BundleKind, tuple[tuple[str, ...], ...]]] = {
    "search": (("clicks",), ("impressions",)),
    "analytics": (
        ("sessions", "users", "views"),
        ("day", "month", "nth_day", "channel", "source_medium", "source", "medium", "campaign", "page"),
    ),
}  # fmt: skip
_SPAN = re.compile(r"^\s*(?P<first>.*?\d{4})\s*(?:-|–|bis|to)\s*(?P<last>\S.*\d{4})\s*$")
_COMMENT_DAY = re.compile(
    r"#\s*(?P<which>start|end)[ -]?(?:date|datum)\s*:\s*(?P<day>\d{8}|\d{4}-\d\d-\d\d)", re.IGNORECASE
)
_COMMENT_SPAN = re.compile(r"#\s*(\d{8})\s*-\s*(\d{8})\s*$")
_COMMENT_SITE = re.compile(r"#\s*property\s*:\s*(?P<site>\S.*?)\s*$", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:account|konto|property|(?:start|end)[ -]?(?:date|datum))\s*:|\d{8}\s*-", re.IGNORECASE
)
# https___www.firma.de_-Performance-on-Search-2026-08-11.zip, sc-domain_firma.de-Performance-…
_FILE_SITE = re.compile(
    r"^(?:https?_+|sc-domain[_-])?(?P<site>[a-z0-9-]+(?:\.[a-z0-9-]+)+)_?-performance-on-", re.I
)
Known = dict[str, Cell]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table of the file. above: lines of the file before its first; known: columns the same all over."""

    name: str
    sheet: Sheet
    above: int = 0
    known: Known = field(default_factory=dict)


def is_search_archive(path: Path, *, limits: Limits) -> bool:
    """Whether a file is a ZIP of which a table has clicks and impressions, if of two periods."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04" or not zipfile.is_zipfile(path):
                return False
        return any(
            _has_figures("search", part.sheet) or _compares(part.sheet)
            for part in _archive(path, limits, "", "")
        )
    except (TableError, OSError):
        return False


def open_bundle(
    path: Path, kind: BundleKind, *, limits: Limits, encoding: str = "", delimiter: str = "", sheet: str = ""
) -> Sheet:
    """All tables of an export as one. `sheet`: of a workbook only that one. Raises TableError."""
    parts = _parts(path, kind, limits, encoding, delimiter, sheet)
    parts = _with_span(parts) if kind == "search" else parts
    if kind == "search" and (found := _FILE_SITE.match(path.name)):
        parts = [replace(part, known=part.known | {SITE: found["site"].lower()}) for part in parts]
    kept = [part for part in parts if _has_figures(kind, part.sheet)] or parts[:1]
    if kind == "search" and any(_compares(part.sheet) for part in parts):
        raise TableError("compared_periods")
    if not kept:
        raise TableError("empty")
    return _joined(kept, limits)


def _parts(
    path: Path, kind: BundleKind, limits: Limits, encoding: str, delimiter: str, sheet: str
) -> list[Part]:
    with path.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
    if zipped and kind == "search" and not _is_workbook(path):
        return _archive(path, limits, encoding, delimiter)
    if kind == "analytics" and not zipped:
        return list(_blocks(path, limits, encoding, delimiter))
    whole = read_table(
        path,
        limits=limits,
        sheet=sheet or None,
        encoding=encoding or None,
        delimiter=delimiter or None,
    )
    if sheet or len(whole.sheet_names) < 2:
        return [Part(name=sheet or path.stem, sheet=whole)]
    found = []
    for name in whole.sheet_names[:_MEMBERS]:
        try:
            found.append(Part(name=name, sheet=read_table(path, limits=limits, sheet=name)))
        except TableError as error:
            if error.code != "empty":
                raise
    return found


def _is_workbook(path: Path) -> bool:
    """Whether a ZIP is a workbook, or so broken that its reader shall say so."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise TableError("broken_archive") from error


def _archive(path: Path, limits: Limits, encoding: str, delimiter: str) -> list[Part]:
    """The CSV files of a ZIP, each unpacked in pieces: what sizes it declares is its maker's word only."""
    found: list[Part] = []
    budget = limits.bytes
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith((".csv", ".tsv"))]
            if len(members) > _MEMBERS:
                raise TableError("zip_bomb", params={"limit": limits.bytes})
            for member in members:
                if member.flag_bits & 1:
                    raise TableError("encrypted")
                with archive.open(member) as packed:
                    content = _unpacked(packed, budget)
                budget -= len(content)
                sheet = _table(content, limits, encoding, delimiter)
                if sheet is not None:
                    found.append(Part(name=Path(member.filename).name, sheet=sheet))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise TableError("broken_archive") from error
    except Exception as error:
        if type(error).__name__ in ("error", "LZMAError"):  # zlib.error and its like
            raise TableError("broken_archive") from error
        raise
    if not found:
        raise TableError("not_xlsx")
    return found


def _unpacked(packed: IO[bytes], most: int) -> bytes:
    content = io.BytesIO()
    while chunk := packed.read(_CHUNK):
        if content.tell() + len(chunk) > most:
            raise TableError("zip_bomb", params={"limit": most})
        content.write(chunk)
    return content.getvalue()


def _table(content: bytes, limits: Limits, encoding: str, delimiter: str) -> Sheet | None:
    try:
        return read_table(content, limits=limits, encoding=encoding or None, delimiter=delimiter or None)
    except TableError as error:
        if error.code == "empty":
            return None
        raise


def _blocks(path: Path, limits: Limits, encoding: str, delimiter: str) -> Iterator[Part]:
    """The tables of an Analytics export: runs of lines between comments and blank lines.

    What the comments say of days and property holds until others say otherwise.
    """
    size = path.stat().st_size
    if not size:
        raise TableError("empty")
    if size > limits.bytes:
        raise TableError("too_large", params={"limit": limits.bytes, "size": size})
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content, encoding = content.decode("utf-16", "replace").encode(), ""
    known: Known = {}
    title, lines, above = "", list[bytes](), 0
    raw = content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    for number, line in enumerate([*raw, b""]):
        stripped = line.strip()
        if stripped and not stripped.startswith((b"#", b'"#')):
            above = above if lines else number
            lines.append(line)
            continue
        if lines:
            sheet = _table(b"".join(lines), limits, encoding, delimiter)
            if sheet is not None:
                yield Part(name=title or path.stem, sheet=sheet, above=above, known=dict(known))
            lines = []
        comment = stripped.strip(b'"').decode("utf-8", "replace")
        _learn(comment, known)
        if (told := comment.lstrip("# -").strip()) and not _ABOUT.match(told):
            title = told[:120]


def _learn(comment: str, known: Known) -> None:
    """What a comment says of the tables below it."""
    try:
        if found := _COMMENT_DAY.match(comment):
            known[FIRST if found["which"].lower() == "start" else LAST] = parse_date(found["day"])
        elif span := _COMMENT_SPAN.match(comment):
            known[FIRST], known[LAST] = parse_date(span[1]), parse_date(span[2])
        elif site := _COMMENT_SITE.match(comment):
            known[SITE] = site["site"][:120]
    except CellError:
        return


def _with_span(parts: Sequence[Part]) -> list[Part]:
    """The days covered, as the table of days shows them, else as the filter says."""
    days: list[date] = []
    for part in parts:
        if not _has_figures("search", part.sheet):
            continue
        at = _column("search", "day", part.sheet)
        for row in part.sheet.rows() if at is not None else ():
            try:
                days.append(parse_date(row.cells[at or 0], order=part.sheet.date_order))
            except CellError:
                continue
    span = (min(days), max(days)) if days else _span_of_filter(parts)
    if span is None:
        return list(parts)
    return [replace(part, known={**part.known, FIRST: span[0], LAST: span[1]}) for part in parts]


def _span_of_filter(parts: Sequence[Part]) -> tuple[date, date] | None:
    """`Date, "Aug 28, 2026-Sep 3, 2026"` in the table of filters; "Last 3 months" says too little."""
    for part in parts:
        if len(part.sheet.headers) != 2:
            continue
        for row in part.sheet.rows():
            name, said = (text_of(cell) for cell in row.cells[:2])
            if name.lower() in ("date", "datum", "zeitraum") and (found := _SPAN.match(said)):
                try:
                    return parse_date(found["first"]), parse_date(found["last"])
                except CellError:
                    return None
    return None


def _column(kind: BundleKind, name: str, sheet: Sheet) -> int | None:
    keys = catalogue(kind).fields[name].keys
    return next((at for at, one in enumerate(sheet.headers) if keys & set(keys_of(one))), None)


def _compares(sheet: Sheet) -> bool:
    """Whether a table sets two periods side by side: `Last 28 days Clicks`, `Previous 28 days Clicks` …"""
    return not _has_figures("search", sheet) and all(
        sum(header.lower().endswith(words) for header in sheet.headers) > 1 for words in _COMPARED
    )


def _has_figures(kind: BundleKind, sheet: Sheet) -> bool:
    return all(any(_column(kind, name, sheet) is not None for name in group) for group in _NEEDED[kind])


def _joined(parts: Sequence[Part], limits: Limits) -> Sheet:
    """One table of several: each row has the columns of its own table filled."""
    own = list(dict.fromkeys(header for part in parts for header in part.sheet.headers))
    more = [TABLE] if len(parts) > 1 else []
    more += [name for name in (FIRST, LAST, SITE) if any(name in part.known for part in parts)]
    more = [name for name in more if name not in own]
    first = parts[0].sheet
    places = [[own.index(header) for header in part.sheet.headers] for part in parts]

    def rows() -> Iterator[Row]:
        count = 0
        for part, place in zip(parts, places, strict=True):
            around = [part.name if name == TABLE else part.known.get(name, "") for name in more]
            for row in part.sheet.rows():
                count += 1
                if count > limits.rows:
                    raise TableError("too_many_rows", params={"limit": limits.rows}, row=row.line)
                cells: list[Cell] = [""] * len(own)
                for at, cell in zip(place, row.cells, strict=False):
                    cells[at] = cell
                yield Row(row.line + part.above, (*cells, *around), tuple(_moved(row, place, part.above)))

    marks = {part.sheet.decimal for part in parts} - {None}
    orders = {part.sheet.date_order for part in parts} - {None}
    return replace(
        first,
        headers=(*own, *more),
        original_headers=(*own, *more),
        header_line=first.header_line + parts[0].above,
        decimal=marks.pop() if len(marks) == 1 else None,
        date_order=orders.pop() if len(orders) == 1 else None,
        size=sum(part.sheet.size for part in parts),
        _rows=rows,
    )


def _moved(row: Row, place: Sequence[int], above: int) -> Iterator[TableError]:
    """The problems of a row at the columns of the joined table."""
    for one in row.problems:
        at = one.column
        inside = at is not None and at <= len(place)
        yield TableError(
            one.code,
            params=one.params,
            row=row.line + above,
            column=place[at - 1] + 1 if at is not None and inside else None,
        )
