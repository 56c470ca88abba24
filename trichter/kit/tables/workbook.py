"""XLSX files: checked before anything unpacks them, then read row by row."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from trichter.kit.cells import Cell
from trichter.kit.tables.encoding import open_source
from trichter.kit.tables.model import Limits, Source, TableError

_CHUNK = 1 << 20
_MAX_PARTS = 5_000
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
_FORBIDDEN = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check(source: Source, limits: Limits) -> None:
    """Refuse a workbook that is no workbook, or that would grow beyond the limits when opened.

    Every part is unpacked once in small pieces and thrown away, because the sizes a ZIP file declares are the
    attacker's own words. XML with a DTD is refused, since only a DTD can define entities that multiply. The
    cell references are read too: two cells in opposite corners make a sheet of 17 billion cells.

    Raises:
        TableError: ``broken_workbook``, ``encrypted``, ``not_xlsx``, ``zip_bomb``, ``xml_bomb``,
            ``too_many_cells``.
    """
    try:
        with open_source(source) as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > limits.unzipped:
                raise TableError("zip_bomb", params={"limit": limits.unzipped})
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in {name.lower() for name in names}:
                raise TableError("encrypted" if "EncryptedPackage" in names else "not_xlsx")
            budget = limits.unzipped
            for part in parts:
                if part.flag_bits & 1:
                    raise TableError("encrypted")
                with archive.open(part) as unpacked:
                    budget -= _check_part(unpacked, part.filename.lower(), budget, limits)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise TableError("broken_workbook") from error
    except Exception as error:
        if type(error).__name__ in ("error", "LZMAError"):  # zlib.error and its like
            raise TableError("broken_workbook") from error
        raise


def _check_part(unpacked: IO[bytes], name: str, budget: int, limits: Limits) -> int:
    """Read one part to its end and return its real size."""
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    is_sheet = name.startswith("xl/worksheets/")
    size, tail = 0, b""
    rows = columns = 0
    while chunk := unpacked.read(_CHUNK):
        size += len(chunk)
        if size > budget:
            raise TableError("zip_bomb", params={"limit": limits.unzipped})
        joined = tail + chunk
        if is_xml and _FORBIDDEN.search(joined):
            raise TableError("xml_bomb")
        if is_sheet:
            for letters, digits in _REFERENCE.findall(joined):
                rows = max(rows, int(digits))
                columns = max(columns, _column_number(letters))
        tail = chunk[-64:]
    if rows * columns > limits.cells:
        raise TableError("too_many_cells", params={"limit": limits.cells})
    return size


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def open_sheet(source: Source, name: str | None, limits: Limits) -> tuple[CalamineSheet, tuple[str, ...]]:
    """Return the sheet called ``name``, or the first visible one that holds anything, and all sheet names."""
    check(source, limits)
    try:
        with open_source(source) as file:
            book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        names = tuple(book.sheet_names)
        if name is not None:
            if name not in names:
                raise TableError("no_such_sheet", params={"sheet": name[:80]})
            return book.get_sheet_by_name(name), names
        visible = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        sheets = (book.get_sheet_by_name(one) for one in visible or names)
        sheet = next((one for one in sheets if one.height), None)
    except PasswordError as error:
        raise TableError("encrypted") from error
    except CalamineError as error:
        raise TableError("broken_workbook") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader is Rust; its panics are no Exception
            raise TableError("broken_workbook") from error
        raise
    if sheet is None:
        raise TableError("empty")
    return sheet, names


def cells_of(sheet: CalamineSheet) -> Iterator[tuple[int, list[Cell]]]:
    """Stream ``(line, cells)`` of a sheet, lines counted as Excel does."""
    rows = sheet.iter_rows()
    for line, row in enumerate(rows, start=1):
        yield line, [_cell(value) for value in row]


def _cell(value: Any) -> Cell:
    """Turn a value of the reader into a cell: whole floats into integers, durations into ``37:30:00``."""
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value if isinstance(value, (str, int, float, bool)) or hasattr(value, "isoformat") else str(value)
