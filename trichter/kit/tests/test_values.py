"""Cells become values, or say why not."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.dates import ColumnOrder
from trichter.kit.values import (
    CellError,
    Moment,
    column_order,
    parse_bool,
    parse_country,
    parse_date,
    parse_decimal,
    parse_int,
    parse_language,
    parse_moment,
    text_of,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "written",
    [
        "31.12.2026",
        "31.12.26",
        "2026-12-31",
        "2026/12/31",
        "12/31/2026",
        "31/12/2026",
        "31-12-2026",
        "20261231",
        "31. Dezember 2026",
        "31 Dec 2026",
        "31-Dec-26",
        "Dec 31, 2026",
        "December 31, 2026",
        "Do., 31.12.2026",
        "Thu 31 Dec 2026",
        "31.12.2026 14:05 Uhr",
        "2026-12-31T14:05:06.789Z",
        "46387",
        46387,
        46387.5,
        date(2026, 12, 31),
        datetime(2026, 12, 31, 14, 5),
    ],
)
def test_new_years_eve_in_many_notations(written):
    assert parse_date(written) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("written", "at", "has_time"),
    [
        ("31.12.2026", datetime(2026, 12, 30, 23, tzinfo=UTC), False),
        ("31.12.2026 14:05", datetime(2026, 12, 31, 13, 5, tzinfo=UTC), True),
        ("31.12.2026, 14:05:06", datetime(2026, 12, 31, 13, 5, 6, tzinfo=UTC), True),
        ("01.07.2026 um 9:00 Uhr", datetime(2026, 7, 1, 7, tzinfo=UTC), True),
        ("2026-12-31T14:05:06Z", datetime(2026, 12, 31, 14, 5, 6, tzinfo=UTC), True),
        ("2026-12-31 14:05:06+05:30", datetime(2026, 12, 31, 8, 35, 6, tzinfo=UTC), True),
        ("2026-12-31T14:05:06.25-0800", datetime(2026, 12, 31, 22, 5, 6, 250000, tzinfo=UTC), True),
        ("2026-12-31 14:05 UTC", datetime(2026, 12, 31, 14, 5, tzinfo=UTC), True),
        ("12/31/2026 12:05 AM", datetime(2026, 12, 30, 23, 5, tzinfo=UTC), True),
        ("12/31/2026 2:05 pm", datetime(2026, 12, 31, 13, 5, tzinfo=UTC), True),
        ("29.03.2026 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), True),
        ("25.10.2026 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
        ("1798725906", datetime(2026, 12, 31, 14, 5, 6, tzinfo=UTC), True),
        ("1798725906000", datetime(2026, 12, 31, 14, 5, 6, tzinfo=UTC), True),
        (46387.5, datetime(2026, 12, 31, 11, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 9), datetime(2026, 7, 1, 7, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 9, tzinfo=UTC), True),
        (date(2026, 7, 1), datetime(2026, 6, 30, 22, tzinfo=UTC), False),
    ],
)
def test_moments_are_read_in_the_companys_zone_unless_they_name_one(written, at, has_time):
    assert parse_moment(written, zone=BERLIN) == Moment(at, has_time)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "empty"),
        ("morgen", "not_a_date"),
        ("05/06/2026", "ambiguous_date"),
        ("05-06-2026", "ambiguous_date"),
        ("31.02.2026", "no_such_day"),
        ("2026-13-01", "no_such_day"),
        ("13/13/2026", "no_such_day"),
        ("31.12.2026 25:00", "no_such_time"),
        ("12/31/2026 13:00 pm", "no_such_time"),
        ("2026-12-31 10:00 +99:00", "no_such_time"),
        ("31.12.2026 abc", "not_a_date"),
        ("12", "not_a_date"),
        (0, "not_a_date"),
        (True, "not_a_date"),
        (time(10), "not_a_date"),
        ("9" * 30, "not_a_date"),
    ],
)
def test_what_is_no_certain_date_is_refused_with_its_reason(written, code):
    with pytest.raises(CellError) as caught:
        parse_moment(written, zone=BERLIN)
    assert caught.value.code == code


def test_a_known_order_settles_an_unclear_date():
    assert parse_date("05/06/2026", order="dmy") == date(2026, 6, 5)
    assert parse_date("05/06/2026", order="mdy") == date(2026, 5, 6)
    assert parse_date("05.06.2026", order="mdy") == date(2026, 6, 5)
    assert parse_date("05/05/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["05/06/2026", "05/31/2026"], ColumnOrder("mdy", "certain")),
        (["05/06/2026", "31/05/2026"], ColumnOrder("dmy", "certain")),
        (["05/06/2026", "", "x"], ColumnOrder(None, "ambiguous")),
        (["05/31/2026", "31/05/2026"], ColumnOrder(None, "mixed")),
        (["05.06.2026", "2026-05-31"], ColumnOrder(None, "certain")),
        ([date(2026, 1, 1), 5], ColumnOrder(None, "certain")),
    ],
)
def test_a_column_tells_the_order_of_day_and_month(cells, expected):
    assert column_order(cells) == expected


@given(st.text(max_size=60))
def test_any_text_gives_a_moment_or_a_reason(text):
    try:
        assert parse_moment(text, zone=BERLIN).at.tzinfo is UTC
    except CellError as error:
        assert error.code


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2060, 1, 1)))
def test_a_day_survives_german_american_and_iso_notation(day):
    assert parse_date(f"{day:%d.%m.%Y}") == day
    assert parse_date(f"{day:%m/%d/%Y}", order="mdy") == day
    assert parse_date(day.isoformat()) == day


def test_yes_and_no_in_german_and_english():
    assert [parse_bool(c) for c in ("Ja", "x", "WAHR", "true", "1", 1, True, "y")] == [True] * 8
    assert [parse_bool(c) for c in ("Nein", "FALSCH", "false", "0", 0.0, False, "n")] == [False] * 7
    with pytest.raises(CellError) as caught:
        parse_bool("vielleicht")
    assert caught.value.code == "not_a_bool"
    with pytest.raises(CellError) as caught:
        parse_bool("")
    assert caught.value.code == "empty"


def test_whole_numbers_and_decimals():
    assert [parse_int(c) for c in ("5", 5, 5.0, "5,0", "1'000", "-3")] == [5, 5, 5, 5, 1000, -3]
    assert parse_int("1.234", decimal=",") == 1234
    assert parse_decimal(12.1) == Decimal("12.1")
    for cell, code in [
        ("1,5", "not_whole"),
        ("1.234", "ambiguous"),
        (True, "not_a_number"),
        (float("nan"), "not_whole"),
    ]:
        with pytest.raises(CellError) as caught:
            parse_int(cell)
        assert caught.value.code == code


def test_countries_by_code_and_name():
    written = [
        "de",
        "DEU",
        "D",
        "Deutschland",
        "Germany",
        "Österreich",
        "AUSTRIA",
        "Schweiz",
        "Suisse",
        "U.S.A.",
        "UK",
    ]
    assert [parse_country(w) for w in written] == ["DE"] * 5 + ["AT", "AT", "CH", "CH", "US", "GB"]
    assert parse_country("Tschechien") == parse_country("Czech Republic") == "CZ"
    assert parse_country("de-AT") == "AT"
    for text, code in [("", "empty"), ("Atlantis", "unknown_country"), ("EU", "unknown_country")]:
        with pytest.raises(CellError) as caught:
            parse_country(text)
        assert caught.value.code == code


def test_languages_by_code_and_name():
    written = ["de", "de-DE", "de_AT", "Deutsch", "German", "deutsch (Schweiz)"]
    assert [parse_language(w) for w in written] == ["de"] * 6
    assert parse_language("Englisch") == "en"
    with pytest.raises(CellError):
        parse_language("Klingonisch?")


def test_cells_as_text():
    assert [text_of(c) for c in (" a\u00a0b ", 5.0, 5.5, True, date(2026, 1, 2), time(3, 4), 7)] == [
        "a b", "5", "5.5", "true", "2026-01-02", "03:04:00", "7",
    ]  # fmt: skip
    assert text_of(datetime(2026, 1, 2, 3, 4)) == "2026-01-02 03:04:00"
