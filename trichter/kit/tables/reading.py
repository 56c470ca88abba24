"""One function that opens any table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from trichter.kit.cells import Cell
from trichter.kit.dates import column_order
from trichter.kit.folding import clean
from trichter.kit.numbers import DecimalMark, decimal_mark_of
from trichter.kit.tables import delimited, workbook
from trichter.kit.tables import encoding as encodings
from trichter.kit.tables.model import Limits, Row, Sheet, Source, TableError
from trichter.kit.tables.neutral import restore
from trichter.kit.values import text_of

_Raw = Callable[[], Iterator[Row]]
_HEAD = 30  # rows among which the headers are sought
_SAMPLE = 500  # rows whose cells prove decimal mark and date order
_NUMBER = re.compile(r"[-+(]?\s*[^\d\s.,-]{0,4}\s*(?!0\d)\d[\d.,'’ \u00a0\u202f]*[.,]\d+\s*[^\d\s.,]{0,4}\)?")
_HTML = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*<\s*(?:!doctype|html|table|head|body|meta|\?xml)", re.IGNORECASE
)


def read_table(
    source: Source,
    *,
    limits: Limits | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Sheet:
    """Open a CSV, TSV or XLSX file given as path or bytes; what it is, its content decides, not its name.

    ``encoding`` (a codec's name) and ``delimiter`` (one character) overrule what would be found in a text.

    Raises:
        TableError: the file cannot be used; see there for the codes.
    """
    limits = limits or Limits()
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size == 0:
        raise TableError("empty")
    if size > limits.bytes:
        raise TableError("too_large", params={"limit": limits.bytes, "size": size})
    with encodings.open_source(source) as file:
        start = file.read(4096)
        if start.startswith(b"\xd0\xcf\x11\xe0"):  # OLE: old Excel, or the envelope of an encrypted new one
            everything = start + file.read()
            hidden = "EncryptedPackage".encode("utf-16-le") in everything
            raise TableError("encrypted" if hidden else "old_excel")
    if start.startswith(b"PK\x03\x04"):
        return _from_workbook(source, limits, sheet)
    if _HTML.match(start):
        raise TableError("html")
    if start.startswith((b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"PK", b"{\\rtf")):
        raise TableError("not_a_table")
    return _from_text(source, limits, encoding, delimiter)


def _from_text(source: Source, limits: Limits, named: str | None, cut_at: str | None) -> Sheet:
    if named:
        found = encodings.force(source, named, limit=limits.record)
    else:
        found = encodings.detect(source, limit=limits.record)
    lines = encodings.lines(source, found, limit=limits.record)
    delimiter = cut_at or delimited.find_delimiter(lines, limits)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise TableError("bad_delimiter")

    def raw() -> Iterator[Row]:
        fresh = encodings.lines(source, found, limit=limits.record)
        for record in delimited.records(fresh, delimiter, limits):
            if record.line == 1 and record.cells == ["sep=", ""]:
                continue
            cells = tuple([restore(cell) if cell[:1] == "'" else cell for cell in record.cells])
            yield Row(record.line, cells, record.problems)

    name = "utf-16" if found.name.startswith("utf-16") else found.name
    return _sheet(raw, limits, kind="csv", encoding=name, delimiter=delimiter, names=(), size=found.lines)


def _from_workbook(source: Source, limits: Limits, name: str | None) -> Sheet:
    page, names = workbook.open_sheet(source, name, limits)

    def raw() -> Iterator[Row]:
        for line, cells in workbook.cells_of(page):
            problems = [
                TableError("cell_too_long", params={"limit": limits.cell}, row=line, column=column)
                for column, cell in enumerate(cells, start=1)
                if isinstance(cell, str) and len(cell) > limits.cell
            ]
            kept = (cell[: limits.cell] if isinstance(cell, str) else cell for cell in cells)
            yield Row(line, tuple(kept), tuple(problems))

    return _sheet(raw, limits, kind="xlsx", encoding="", delimiter="", names=names, size=page.total_height)


def _sheet(
    raw: _Raw, limits: Limits, *, kind: str, encoding: str, delimiter: str, names: tuple[str, ...], size: int
) -> Sheet:
    """Find the headers, then bind everything into a ``Sheet``."""
    head = list(islice(raw(), _HEAD))
    filled = [sum(not _blank(cell) for cell in row.cells) for row in head]
    if not any(filled):
        raise TableError("empty")
    index = next(at for at, count in enumerate(filled) if count * 2 > max(filled))
    header = head[index]
    if not header.usable:  # without headers no row can be understood
        raise next(problem for problem in header.problems if problem.code not in TableError.MENDED)
    original = [text_of(cell) for cell in header.cells]
    named = max((at for at, name in enumerate(original, start=1) if name), default=0)
    used = max((_width(row.cells) for row in head[index + 1 :] if row.usable), default=0)
    # A column without a name counts when it holds something; in CSV only if the header line has its
    # delimiter.
    width = max(named, used if kind == "xlsx" else min(used, len(original)))
    if width > limits.columns:
        raise TableError("too_many_columns", params={"limit": limits.columns}, row=header.line)
    original = (original + [""] * width)[:width]

    def rows() -> Iterator[Row]:
        count = 0
        for row in raw():
            if row.line <= header.line or not (row.problems or any(not _blank(cell) for cell in row.cells)):
                continue
            count += 1
            if count > limits.rows:
                raise TableError("too_many_rows", params={"limit": limits.rows}, row=row.line)
            yield _fitted(row, width)

    sample = [row.cells for row in islice(rows(), _SAMPLE)]
    columns = [[cells[at] for cells in sample] for at in range(width)]
    orders = {found.order for found in map(column_order, columns) if found.order}
    return Sheet(
        headers=_unique(original),
        original_headers=tuple(original),
        header_line=header.line,
        kind=kind,
        encoding=encoding,
        delimiter=delimiter,
        decimal=_decimal(columns) or ("," if delimiter == ";" else None),
        date_order=orders.pop() if len(orders) == 1 else None,
        sheet_names=names,
        size=size,
        _rows=rows,
    )


def _fitted(row: Row, width: int) -> Row:
    """Give a row exactly ``width`` cells; filled cells beyond the headers make it unusable."""
    if len(row.cells) == width:
        return row
    extra = _width(row.cells) - width
    cells = (row.cells + ("",) * (width - len(row.cells)))[:width]
    problems = row.problems
    if extra > 0 and row.usable:
        problems += (TableError("extra_cells", params={"count": extra}, row=row.line, column=width + 1),)
    return Row(row.line, cells, problems)


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _width(cells: tuple[Cell, ...]) -> int:
    """Count the cells up to the last filled one."""
    return max((at for at, cell in enumerate(cells, start=1) if not _blank(cell)), default=0)


def _unique(names: list[str]) -> tuple[str, ...]:
    """Name blank headers and number repeated ones."""
    taken: set[str] = set()
    result: list[str] = []
    for column, name in enumerate(names, start=1):
        base = name[:200] or f"column_{column}"
        unique, repeat = base, 1
        while unique.casefold() in taken:
            repeat += 1
            unique = f"{base} ({repeat})"
        taken.add(unique.casefold())
        result.append(unique)
    return tuple(result)


def _decimal(columns: list[list[Cell]]) -> DecimalMark | None:
    """Return the decimal mark proven by the cells that look like numbers, unless columns disagree."""
    texts = [clean(cell) for cells in columns for cell in cells if isinstance(cell, str) and len(cell) < 40]
    return decimal_mark_of([text for text in texts if _NUMBER.fullmatch(text)])
