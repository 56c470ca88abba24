"""Any table is read, or refused with the row and column that spoil it."""

import os
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.kit.tables import Limits, Row, TableError, read_table
from trichter.kit.tests import corpus


def cells(sheet):
    return [row.cells for row in sheet.rows()]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        (corpus.windows_1252(), "windows-1252", ";"),
        (corpus.utf8_bom(), "utf-8", ";"),
        (corpus.GERMAN.encode(), "utf-8", ";"),
        (corpus.utf16(), "utf-16", "\t"),
        (corpus.GERMAN.encode("utf-16-le"), "utf-16", ";"),
        (corpus.GERMAN.encode("utf-16-be"), "utf-16", ";"),
        (corpus.GERMAN.replace("\r\n", "\r").encode(), "utf-8", ";"),
        (corpus.GERMAN.replace("\r\n", "\n").rstrip().encode(), "utf-8", ";"),
        (corpus.GERMAN.replace(";", "|").encode(), "utf-8", "|"),
        (("sep=;\r\n" + corpus.GERMAN).encode("windows-1252"), "windows-1252", ";"),
    ],
)
def test_a_german_table_reads_the_same_in_every_encoding(content, encoding, delimiter):
    sheet = read_table(content)
    assert sheet.headers == ("Name", "E-Mail", "Betrag", "Datum")
    assert cells(sheet) == corpus.ROWS
    assert (sheet.encoding, sheet.delimiter, sheet.decimal) == (encoding, delimiter, ",")
    assert all(row.problems == () for row in sheet.rows())


def test_lines_are_numbered_as_an_editor_numbers_them(tmp_path):
    path = corpus.write(tmp_path, "a.csv", b'a,b\n1,"two\nlines"\n\n3,4\n')
    sheet = read_table(path)
    assert list(sheet.rows()) == [Row(2, ("1", "two\nlines")), Row(5, ("3", "4"))]
    assert list(sheet.rows()) == list(sheet.rows())
    assert sheet.head(1) == [Row(2, ("1", "two\nlines"))]
    assert sheet.size == 5


def test_a_line_in_another_encoding_is_decoded_and_reported():
    rows = list(read_table(corpus.mixed()).rows())
    assert [row.cells[0] for row in rows] == ["Müller 0", "Müller 1", "Müller 2", "Jäger", "Müller 4"]
    assert [(p.code, p.row) for row in rows for p in row.problems] == [("mixed_encoding", 5)]
    assert all(row.usable for row in rows)


def test_umlauts_far_down_still_decide_the_encoding():
    content = b"Name;Ort\n" + b"Meier;Ulm\n" * 20_000 + "Müller;Köln\n".encode("windows-1252")
    sheet = read_table(content)
    assert sheet.encoding == "windows-1252"
    assert cells(sheet)[-1] == ("Müller", "Köln")


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("Name;Betrag\nA;1,5\nB;2,5\nC;3,5\n", ";"),
        ("Nachname, Vorname;Mail\nMüller, Karl;k@x.de\nMeier, Eva;e@x.de\n", ";"),
        ("a,b\n1,x;y\n2,z\n", ","),
        ('a,b\n"x;y;z",1\n"x;y;z",2\n', ","),
        ("only\none\ncolumn\n", ","),
        ("a\tb\tc\n1,5\t2,5\t3,5\n", "\t"),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(content, delimiter):
    assert read_table(content.encode()).delimiter == delimiter


def test_titles_above_the_headers_are_skipped():
    content = (
        "Kampagnenbericht\n1. Januar 2026 - 31. Januar 2026\nTag,Kampagne,Kosten,Klicks\n2026-01-01,A,5.5,3\n"
    )
    sheet = read_table(content.encode())
    assert (sheet.headers, sheet.header_line) == (("Tag", "Kampagne", "Kosten", "Klicks"), 3)
    assert list(sheet.rows()) == [Row(4, ("2026-01-01", "A", "5.5", "3"))]


def test_blank_and_repeated_headers_get_names_of_their_own():
    sheet = read_table(b"Mail;;mail; Name \n a;b;c;d\n")
    assert sheet.headers == ("Mail", "column_2", "mail (2)", "Name")
    assert sheet.original_headers == ("Mail", "", "mail", "Name")


def test_short_rows_are_filled_and_long_ones_refused():
    rows = list(read_table(b"a;b\n1\n1;2;;\n1;2;3\n").rows())
    assert [row.cells for row in rows] == [("1", ""), ("1", "2"), ("1", "2")]
    assert [(p.code, p.row, p.column) for row in rows for p in row.problems] == [("extra_cells", 4, 3)]
    assert [row.usable for row in rows] == [True, True, False]


def test_a_quote_that_is_never_closed_costs_one_row():
    body = "".join(f"{n};Text {n}\n" for n in range(3000))
    rows = list(read_table(f'a;b\n1;"offen\n{body}'.encode()).rows())
    assert len(rows) == 3001
    assert [(p.code, p.row, p.column) for p in rows[0].problems] == [("unclosed_quote", 2, 2)]
    assert not rows[0].usable
    assert rows[1] == Row(3, ("0", "Text 0"))
    assert rows[-1] == Row(3002, ("2999", "Text 2999"))


def test_quotes_inside_a_cell_are_ordinary_characters():
    rows = list(read_table(b'a;b\n5" Rohr;x\n"5"" Rohr";"a;b"\n').rows())
    assert [row.cells for row in rows] == [('5" Rohr', "x"), ('5" Rohr', "a;b")]


def test_a_cell_of_five_megabytes_costs_one_row():
    content = b"a;b\n1;2\n3;" + b"x" * 5_000_000 + b"\n5;6\n"
    rows = list(read_table(content).rows())
    assert [row.usable for row in rows] == [True, False, True]
    assert [(p.code, p.row, p.column) for p in rows[1].problems] == [("cell_too_long", 3, 2)]
    assert rows[2] == Row(4, ("5", "6"))
    quoted = list(read_table(content.replace(b"x" * 5_000_000, b'"' + b"x" * 5_000_000 + b'"')).rows())
    assert [row.usable for row in quoted] == [True, False, True]


def test_nul_bytes_are_taken_out_and_reported():
    content = b"a;b\n" + b"1;2\n" * 100 + b"3;\x004\n"
    last = list(read_table(content).rows())[-1]
    assert (last.cells, [p.code for p in last.problems], last.usable) == (("3", "4"), ["nul_removed"], True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b";;\n;;\n", "empty"),
        (b"<html><table><tr><td>1</td></tr></table>", "html"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>", "html"),
        (b"<?xml version='1.0'?><Workbook/>", "html"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x1f\x8b\x08\x00", "not_a_table"),
        (bytes(range(256)) * 10, "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook", "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 not really", "broken_workbook"),
        (corpus.deals_xlsx()[:-200], "broken_workbook"),
        (corpus.repacked(lambda name, data: b"<broken" if "sheet1" in name else data), "broken_workbook"),
        (corpus.xml_bomb(), "xml_bomb"),
        (corpus.corner_bomb(), "too_many_cells"),
        (b'"a;b\n1;2\n', "unclosed_quote"),
        (b";".join(b"h%d" % n for n in range(501)), "too_many_columns"),
    ],
)
def test_what_is_no_usable_table_is_refused_with_its_reason(content, code):
    with pytest.raises(TableError) as caught:
        list(read_table(content).rows())
    assert caught.value.code == code


def test_a_workbook_that_unpacks_too_far_is_refused_even_when_it_lies_about_its_size():
    limits = Limits(unzipped=2_000_000)
    bomb = corpus.zip_bomb(5_000_000)
    assert len(bomb) < 50_000
    for content, code in [(bomb, "zip_bomb"), (corpus.lying_zip_bomb(5_000_000), "broken_workbook")]:
        with pytest.raises(TableError) as caught:
            read_table(content, limits=limits)
        assert caught.value.code == code


def test_limits_are_kept():
    content = b"a;b\n1;2\n3;4\n5;6\n"
    with pytest.raises(TableError) as caught:
        read_table(content, limits=Limits(bytes=10))
    assert (caught.value.code, caught.value.params) == ("too_large", {"limit": 10, "size": 16})
    with pytest.raises(TableError) as caught:
        list(read_table(content, limits=Limits(rows=2)).rows())
    assert (caught.value.code, caught.value.row) == ("too_many_rows", 4)


def test_a_workbook_keeps_numbers_dates_and_results_of_formulas(tmp_path):
    sheet = read_table(corpus.write(tmp_path, "deals.csv", corpus.deals_xlsx()))
    assert (sheet.kind, sheet.sheet_names, sheet.header_line) == ("xlsx", ("Deals",), 3)
    assert sheet.headers == ("Titel", "Betrag", "Abschluss", "Gewonnen", "Summe", "column_6")
    assert list(sheet.rows()) == [
        Row(4, ("Größe & Söhne", 1234.56, date(2026, 12, 31), True, 2469.12, "Notiz")),
        Row(6, ("=1+1 als Text", 5, date(2026, 3, 29), "", "", "")),
    ]


def test_a_sheet_is_chosen_by_name_or_the_first_visible_one_with_content():
    def fill(book):
        book.add_worksheet("leer")
        hidden = book.add_worksheet("versteckt")
        hidden.write(0, 0, "a")
        hidden.hide()
        book.add_worksheet("Daten").write_row(0, 0, ["b", "c"])

    content = corpus.xlsx(fill)
    assert read_table(content).headers == ("b", "c")
    assert read_table(content, sheet="versteckt").headers == ("a",)
    with pytest.raises(TableError) as caught:
        read_table(content, sheet="Nichts")
    assert caught.value.code == "no_such_sheet"


def test_the_order_of_day_and_month_is_proven_by_the_whole_column():
    assert read_table(b"d\n05/06/2026\n12/31/2026\n").date_order == "mdy"
    assert read_table(b"d\n05/06/2026\n31/12/2026\n").date_order == "dmy"
    assert read_table(b"d\n05/06/2026\n").date_order is None


@pytest.mark.parametrize(
    ("content", "decimal"),
    [
        (b"a,b\n1.5,x\n", "."),
        (b'a,b\n"1.234,56",x\n', ","),
        (b"a;b\n1.5;x\n", "."),
        (b"a;b\nx;y\n", ","),
        (b"a,b\nx,y\n", None),
        (b"a,b\n1.234,030.1234\n", None),
    ],
)
def test_the_decimal_mark_is_proven_by_the_first_rows(content, decimal):
    assert read_table(content).decimal == decimal


@given(st.binary(max_size=400))
def test_any_bytes_give_rows_or_a_table_error(content):
    try:
        sheet = read_table(content)
        assert all(len(row.cells) == len(sheet.headers) for row in sheet.rows())
    except TableError as error:
        assert error.code


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_gives_rows_or_a_table_error(at, damage):
    content = bytearray(corpus.deals_xlsx())
    at %= len(content)
    content[at : at + len(damage)] = damage
    try:
        list(read_table(bytes(content)).rows())
    except TableError as error:
        assert error.code


def test_a_large_file_is_streamed(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(b"a;b\n")
        for _ in range(50):
            file.write(b"1;2\n" * 1000)
    rows = read_table(path).rows()
    assert next(rows) == Row(2, ("1", "2"))
    assert sum(1 for _ in rows) == 49_999
    assert os.path.getsize(path) == 200_004


def test_dates_with_time_stay_datetimes():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write(0, 0, "wann")
        sheet.write_datetime(
            1, 0, datetime(2026, 12, 31, 14, 5), book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        )

    assert [row.cells for row in read_table(corpus.xlsx(fill)).rows()] == [(datetime(2026, 12, 31, 14, 5),)]
