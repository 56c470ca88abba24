"""Exports open in Excel, run no formulas, and come back as the same values."""

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.kit.dates import parse_date
from trichter.kit.money import Money, parse_amount
from trichter.kit.tables import Style, read_table, write_csv, write_xlsx
from trichter.kit.tables.neutral import neutralise, restore

BERLIN = ZoneInfo("Europe/Berlin")
GERMAN = Style.german(BERLIN)
PAYLOADS = [
    "=1+1", "=cmd|'/C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0",
    "-1+cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "\xa0=1+1", "\ufeff=1+1", "\u200b=1+1", '=IMPORTXML("http://x")', '=WEBSERVICE("http://x")',
    "@A1", "+A1", "-A1", "=A1", "+49 30 123", "--5", "-5+3", "-(1)", "\uff1d1+1", "\uff0b1+1",
    "\uff0d1+1", "\uff20SUM(1)", "'=1+1", "''=1+1", "'@x", '="a"&"b"', "=1;=2", "=1,=2", "-", "+",
    "=", "@", "-2e3", '=DDE("cmd";"/C calc";"x")', "%0A=1+1\n=2",
]  # fmt: skip


def as_csv(rows, style=None, headers=("a", "b", "c")):
    buffer = io.StringIO(newline="")
    write_csv(buffer, headers, rows, style=style)
    return buffer.getvalue()


def as_xlsx(rows, headers=("a", "b", "c"), **options):
    buffer = io.BytesIO()
    write_xlsx(buffer, headers, rows, **options)
    return buffer.getvalue()


def test_german_csv_opens_in_german_excel():
    row = [Money(123456, "EUR"), date(2026, 12, 31), datetime(2026, 6, 30, 22, 15, tzinfo=UTC)]
    assert as_csv([row, [-5, 2.5, True]], GERMAN) == (
        "\ufeffa;b;c\r\n1234,56;31.12.2026;01.07.2026 00:15:00\r\n-5;2,5;ja\r\n"
    )


def test_plain_csv_is_for_machines():
    rows = [[Decimal("1E+3"), date(2026, 12, 31), None], [1e-7, time(9, 30), False]]
    assert as_csv(rows) == "a,b,c\r\n1000,2026-12-31,\r\n0.0000001,09:30,false\r\n"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_formula_survives_in_csv(payload):
    if payload.startswith("%"):
        assert neutralise(payload) == payload
        return
    assert neutralise(payload).startswith("'")
    assert restore(neutralise(payload)) == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_formulas_stay_quoted_text_in_xlsx(payload):
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([[payload, "x", "y"]])))
    cell = book.active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix or payload.startswith("%")


@pytest.mark.parametrize("number", ["-5", "-5,00", "-1.234,56"])
def test_negative_numbers_are_not_touched(number):
    assert neutralise(number) == number


@given(st.text(max_size=20))
def test_neutralised_text_is_restored(text):
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(("=", "+", "@", "\t", "\r"))


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=20)


@given(
    text=TEXTS, minor=st.integers(-(10**12), 10**12), day=st.dates(date(1950, 1, 1), date(2069, 12, 31)),
    style=st.sampled_from([GERMAN, Style()]),
)  # fmt: skip
def test_values_survive_export_and_import_as_csv(text, minor, day, style):
    sheet = read_table(as_csv([[text, Money(minor, "EUR"), day]], style, ("Name", "Summe", "Tag")).encode())
    name, amount, when = next(sheet.rows()).cells
    assert name == text
    assert parse_amount(amount, decimal=style.decimal) == Money(minor, "EUR")
    assert parse_date(when) == day


@settings(max_examples=30)
@given(text=TEXTS, minor=st.integers(-(10**12), 10**12), day=st.dates(date(1950, 1, 1), date(2069, 12, 31)))
def test_values_survive_export_and_import_as_xlsx(text, minor, day):
    name, amount, when = next(read_table(as_xlsx([[text, Money(minor, "EUR"), day]])).rows()).cells
    assert (name, Money.of(Decimal(repr(amount)), "EUR"), parse_date(when)) == (
        text,
        Money(minor, "EUR"),
        day,
    )


def test_xlsx_shows_instants_in_the_companys_zone_and_long_numbers_whole():
    rows = [[datetime(2026, 6, 30, 22, 15, tzinfo=UTC), 10**18, None]]
    content = as_xlsx(rows, zone=BERLIN, title="Leads: Juni/2026")
    sheet = read_table(content)
    assert sheet.sheet_names == ("Leads Juni2026",)
    assert next(sheet.rows()).cells == (datetime(2026, 7, 1, 0, 15), "1000000000000000000", "")
