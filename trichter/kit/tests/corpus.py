"""Ugly files, made here so that every byte of them is on purpose."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

GERMAN = (
    "Name;E-Mail;Betrag;Datum\r\n"
    "Müller;mueller@firma.de;1.234,56;31.12.2026\r\n"
    "Größe;g@firma.de;-5,00;01.02.2026\r\n"
)
ROWS = [
    ("Müller", "mueller@firma.de", "1.234,56", "31.12.2026"),
    ("Größe", "g@firma.de", "-5,00", "01.02.2026"),
]


def windows_1252() -> bytes:
    """Excel in German, old format."""
    return GERMAN.encode("windows-1252")


def utf8_bom() -> bytes:
    """Excel in German, new format."""
    return GERMAN.encode("utf-8-sig")


def utf16() -> bytes:
    """Excel's 'Unicode text': UTF-16 with mark and tabs."""
    return GERMAN.replace(";", "\t").encode("utf-16")


def mixed() -> bytes:
    """UTF-8 with one line pasted in from an old system."""
    lines = [f"Müller {n};m{n}@firma.de\n".encode() for n in range(5)]
    lines[3] = "Jäger;j@firma.de\n".encode("windows-1252")
    return b"Name;E-Mail\n" + b"".join(lines)


def xlsx(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """A workbook filled by ``fill``."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "dd.mm.yyyy"}) as book:
        fill(book)
    return buffer.getvalue()


def deals_xlsx() -> bytes:
    """Dates, formulas with stored results, numbers, booleans, a title line and an empty column header."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Deals")
        sheet.write(0, 0, "Export vom 31.12.2026")
        for column, header in enumerate(["Titel", "Betrag", "Abschluss", "Gewonnen", "Summe"]):
            sheet.write(2, column, header)
        sheet.write(3, 0, "Größe & Söhne")
        sheet.write(3, 1, 1234.56)
        sheet.write_datetime(3, 2, datetime(2026, 12, 31))
        sheet.write(3, 3, True)
        sheet.write_formula(3, 4, "=B4*2", value=2469.12)
        sheet.write(3, 5, "Notiz")
        sheet.write_string(5, 0, "=1+1 als Text")
        sheet.write(5, 1, 5)
        sheet.write_datetime(5, 2, date(2026, 3, 29))

    return xlsx(fill)


def repacked(change: Callable[[str, bytes], bytes]) -> bytes:
    """The deals workbook with the bytes of its parts changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(deals_xlsx())) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return buffer.getvalue()


def zip_bomb(size: int) -> bytes:
    """A small file whose sheet unpacks to ``size`` bytes of blanks."""
    return repacked(lambda name, data: data + b" " * size if name.endswith("sheet1.xml") else data)


def lying_zip_bomb(size: int) -> bytes:
    """The same, declaring a size of one byte."""
    honest = bytearray(zip_bomb(size))
    at = honest.rfind(
        b"xl/worksheets/sheet1.xml"
    )  # in the central directory, name follows 46 bytes of header
    honest[at - 46 + 24 : at - 46 + 28] = (1).to_bytes(4, "little")
    return bytes(honest)


def xml_bomb() -> bytes:
    """Entities that multiply."""
    dtd = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    return repacked(
        lambda name, data: data.replace(b"?>", b"?>" + dtd, 1) if "sharedStrings" in name else data
    )


def corner_bomb() -> bytes:
    """Two cells in opposite corners of a sheet."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(
        lambda name, data: data.replace(b"</sheetData>", far) if name.endswith("sheet1.xml") else data
    )


def write(folder: Path, name: str, content: bytes) -> Path:
    """Put a file into ``folder`` and return its path."""
    path = folder / name
    path.write_bytes(content)
    return path
