"""Tables for Excel and for machines: CSV and XLSX, with formulas made harmless."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, TYPE_CHECKING, BinaryIO
from zoneinfo import ZoneInfo

from trichter.kit.money import Money
from trichter.kit.tables.neutral import is_dangerous, neutralise

if TYPE_CHECKING:
    import xlsxwriter  # loaded where a file is written

Value = str | int | float | bool | Decimal | Money | datetime | date | time | None
_UTC = ZoneInfo("UTC")
_XLSX_CELL = 32_767  # Excel's own limit; a longer text would make it call the file broken
_XLSX_EXACT = 10**15  # Excel keeps 15 digits; longer numbers go out as text


@dataclass(frozen=True, slots=True)
class Style:
    """How a CSV file is written. ``german`` is what Excel in German opens with a double click.

    ``zone`` is the zone in which instants are shown.
    """

    delimiter: str = ","
    decimal: str = "."
    bom: bool = False
    german_dates: bool = False
    zone: ZoneInfo = _UTC

    @classmethod
    def german(cls, zone: ZoneInfo) -> Style:
        """Semicolons, decimal comma, 31.12.2026, UTF-8 with byte order mark."""
        return cls(delimiter=";", decimal=",", bom=True, german_dates=True, zone=zone)


def write_csv(
    file: IO[str], headers: Sequence[str], rows: Iterable[Sequence[Value]], *, style: Style | None = None
) -> None:
    """Write a CSV table to a text file opened with ``newline=""`` (and UTF-8). Rows are streamed."""
    style = style or Style()
    if style.bom:
        file.write("\ufeff")
    writer = csv.writer(file, delimiter=style.delimiter, lineterminator="\r\n")
    writer.writerow([neutralise(header) for header in headers])
    for row in rows:
        writer.writerow([_csv_cell(value, style) for value in row])


def _csv_cell(value: Value, style: Style) -> str:
    """Write one value as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, bool):
        return ("ja" if value else "nein") if style.german_dates else str(value).lower()
    if isinstance(value, datetime):
        local = value.astimezone(style.zone) if value.tzinfo else value
        if style.german_dates:
            return local.strftime("%d.%m.%Y %H:%M:%S")
        return local.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y") if style.german_dates else value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return _plain(value).replace(".", style.decimal)


def _plain(value: int | float | Decimal | Money) -> str:
    """Write a number without exponent; money as its amount in major units."""
    if isinstance(value, Money):
        return f"{value.amount:f}"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def write_xlsx(
    file: BinaryIO,
    headers: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    title: str = "Trichter",
    zone: ZoneInfo | None = None,
) -> None:
    """Write a workbook of one sheet; texts stay texts, numbers numbers, instants are shown in ``zone`` (UTC).

    A text that looks like a formula is stored as text and carries Excel's own quote mark, so that it stays
    text when someone edits the cell. Rows are streamed to a temporary file, not held in memory.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False, "nan_inf_to_errors": True})
    sheet = book.add_worksheet("".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Trichter")
    formats = {
        "bold": book.add_format({"bold": True}),
        "quoted": book.add_format({"quote_prefix": True}),
        "day": book.add_format({"num_format": "dd.mm.yyyy"}),
        "instant": book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"}),
        "time": book.add_format({"num_format": "hh:mm"}),
    }
    sheet.freeze_panes(1, 0)
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header[:_XLSX_CELL], formats["bold"])
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write_cell(sheet, formats, (line, column), value, zone or _UTC)
    book.close()


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    formats: dict[str, xlsxwriter.format.Format],
    at: tuple[int, int],
    value: Value,
    zone: ZoneInfo,
) -> None:
    """Write one value with the type and format it deserves."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(*at, value[:_XLSX_CELL], formats["quoted"] if is_dangerous(value) else None)
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, datetime):
        local = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(*at, local, formats["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(*at, value, formats["day"])
    elif isinstance(value, time):
        sheet.write_datetime(*at, value, formats["time"])
    else:
        number: int | float | Decimal = value.amount if isinstance(value, Money) else value
        if -_XLSX_EXACT < number < _XLSX_EXACT:
            sheet.write_number(*at, number)
        else:
            sheet.write_string(*at, _plain(value))
