"""What a table is: its limits, headers, rows and errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trichter.kit.cells import Cell
from trichter.kit.dates import DateOrder
from trichter.kit.numbers import DecimalMark

Source = Path | bytes
Param = str | int


class TableError(Exception):
    """Something is wrong with a table, a row or a cell.

    ``code`` names it, ``params`` fill a message in the user's language. ``row`` is the line of the file
    (1-based; of a multi-line row the first) and ``column`` the column (1-based), ``None`` where not known.

    Codes for the whole file: ``empty``, ``too_large``, ``too_many_rows``, ``too_many_columns``,
    ``too_many_cells``, ``not_a_table``, ``html``, ``old_excel``, ``encrypted``, ``not_xlsx``,
    ``broken_workbook``, ``zip_bomb``, ``xml_bomb``, ``no_such_sheet``,
    ``unknown_encoding``, ``wrong_encoding``, ``bad_delimiter``.
    Codes for a row that cannot be used: ``unclosed_quote``, ``cell_too_long``, ``extra_cells``.
    Codes for a row that was mended and can be used: ``mixed_encoding``, ``undecodable``, ``nul_removed``.
    """

    MENDED = frozenset({"mixed_encoding", "undecodable", "nul_removed"})

    def __init__(
        self,
        code: str,
        *,
        params: dict[str, Param] | None = None,
        row: int | None = None,
        column: int | None = None,
    ) -> None:
        where = "".join(f", {name} {at}" for name, at in (("row", row), ("column", column)) if at is not None)
        super().__init__(f"{code}{where}")
        self.code = code
        self.params: dict[str, Param] = params or {}
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is accepted before it is refused.

    ``bytes`` counts the file, ``unzipped`` all of a workbook's parts, ``cells`` the rectangle of a sheet,
    ``cell`` the characters of one cell, ``record`` the characters and ``record_lines`` the lines of one
    CSV row.
    """

    bytes: int = 200 * 1024 * 1024
    rows: int = 2_000_000
    columns: int = 500
    cell: int = 50_000
    record: int = 500_000
    record_lines: int = 2_000
    unzipped: int = 400 * 1024 * 1024
    cells: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headers: ``line`` in the file, as many ``cells`` as there are headers,
    ``problems``.
    """

    line: int
    cells: tuple[Cell, ...]
    problems: tuple[TableError, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether every problem was mended, so that the row may be imported."""
        return all(problem.code in TableError.MENDED for problem in self.problems)


@dataclass(frozen=True)
class Sheet:
    """An opened table.

    Attributes:
        headers: Unique, cleaned names; blank ones are ``column_3``, a second ``Name`` is ``Name (2)``.
        original_headers: The same cells as written in the file, cleaned.
        header_line: The line of the file the headers stand on; lines above it (titles) are skipped.
        kind: ``csv`` or ``xlsx``.
        encoding: ``utf-8``, ``utf-16``, ``windows-1252``; ``""`` for workbooks.
        delimiter: ``;``, ``,``, tab or ``|``; ``""`` for workbooks.
        decimal: The decimal mark the first rows prove; without proof ``,`` when the delimiter is ``;``.
        date_order: The order of day and month the first rows prove, if any needs it.
        sheet_names: The worksheets of a workbook.
        size: Rough number of lines, for a progress bar.
    """

    headers: tuple[str, ...]
    original_headers: tuple[str, ...]
    header_line: int
    kind: str
    encoding: str
    delimiter: str
    decimal: DecimalMark | None
    date_order: DateOrder | None
    sheet_names: tuple[str, ...]
    size: int
    _rows: Callable[[], Iterator[Row]] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Stream the rows below the headers from the start, blank ones left out; may be called repeatedly.

        Raises:
            TableError: ``too_many_rows`` when the limit is reached.
        """
        return self._rows()

    def head(self, count: int = 20) -> list[Row]:
        """Return the first rows, for a preview."""
        return [row for row, _ in zip(self.rows(), range(count), strict=False)]
