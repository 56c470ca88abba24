"""Sums keep their cents and their currency; amounts are read as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.money import MixedCurrencies, Money, exponent, parse_amount, total
from trichter.kit.numbers import NumberError, decimal_mark_of, parse_number


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1.234,56 €", 123456, "EUR"),
        ("1,234.56 €", 123456, "EUR"),
        ("€1,234.56", 123456, "EUR"),
        ("EUR 1.234.567,8", 123456780, "EUR"),
        ("1'234.56 CHF", 123456, "CHF"),
        ("Fr. 1’234.50", 123450, "CHF"),
        ("1 234,56", 123456, "EUR"),
        ("1\u202f234,56\u00a0€", 123456, "EUR"),
        ("12,-", 1200, "EUR"),
        ("12.-- CHF", 1200, "CHF"),
        ("49,– €", 4900, "EUR"),
        ("-5,00 €", -500, "EUR"),
        ("5,00- €", -500, "EUR"),
        ("−5", -500, "EUR"),
        ("(5.00)", -500, "EUR"),
        ("+7,5", 750, "EUR"),
        ("0,5", 50, "EUR"),
        (",5", 50, "EUR"),
        ("1.234.567", 123456700, "EUR"),
        ("US$ 12.50", 1250, "USD"),
        ("¥1,234", 1234, "JPY"),
        ("1.234 JPY", 1234, "JPY"),
        ("KWD 1.2345e1", 12345, "KWD"),
        ("1e3", 100000, "EUR"),
        ("12 PLN", 1200, "PLN"),
    ],
)
def test_amounts_are_read_in_german_english_and_swiss_notation(text, minor, currency):
    assert parse_amount(text) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", "ambiguous"),
        ("1,234", "ambiguous"),
        ("", "empty"),
        ("   ", "empty"),
        ("abc", "not_a_number"),
        ("12 Stück", "unknown_currency"),
        ("12 €/Monat", "not_a_number"),
        ("1.23.456,00", "bad_grouping"),
        ("1,23,456", "bad_grouping"),
        ("--5", "not_a_number"),
        ("-5-", "not_a_number"),
        ("1,005", "ambiguous"),
        ("0,005", "too_precise"),
        ("=1+1", "not_a_number"),
        ("1" * 41, "too_long"),
        ("1e99", "too_long"),
        ("nan", "not_a_number"),
        ("EUR", "not_a_number"),
        ("1e-9", "too_precise"),
    ],
)
def test_what_is_no_certain_amount_is_refused_with_its_reason(text, code):
    with pytest.raises(NumberError) as caught:
        parse_amount(text)
    assert caught.value.code == code


def test_a_known_decimal_mark_settles_the_ambiguous_forms():
    assert parse_amount("1.234", decimal=",") == Money(123400, "EUR")
    assert parse_amount("1,234", decimal=".") == Money(123400, "EUR")
    assert parse_number("1.234", decimal=".") == Decimal("1.234")
    assert parse_amount("1.234", decimal=".", rounded=True) == Money(123, "EUR")


def test_a_known_decimal_mark_refuses_the_other_notation():
    with pytest.raises(NumberError) as caught:
        parse_amount("1.234,56", decimal=".")
    assert caught.value.code == "bad_grouping"
    with pytest.raises(NumberError):
        parse_amount("12.5", decimal=",")


def test_a_column_proves_its_decimal_mark():
    assert decimal_mark_of(["1.234", "12,50 €", "7"]) == ","
    assert decimal_mark_of(["1,234", "12.50"]) == "."
    assert decimal_mark_of(["1.234", "2.345"]) is None
    assert decimal_mark_of(["12,5", "12.5"]) is None
    assert decimal_mark_of(["1.234.567"]) == ","
    assert decimal_mark_of([]) is None


def test_currencies_do_not_mix():
    with pytest.raises(MixedCurrencies):
        Money(1, "EUR") + Money(1, "CHF")
    with pytest.raises(MixedCurrencies):
        total([Money(1, "EUR"), Money(1, "CHF")], "EUR")
    with pytest.raises(MixedCurrencies):
        assert Money(1, "EUR") < Money(2, "CHF")


def test_fractions_of_a_cent_are_refused_unless_rounding_is_asked_for():
    with pytest.raises(ValueError, match="2 decimals"):
        Money.of(Decimal("1.005"), "EUR")
    assert Money.of(Decimal("1.005"), "EUR", rounded=True).minor == 100
    assert Money.of(Decimal("1.015"), "EUR", rounded=True).minor == 102
    assert Money.of(Decimal("1.005"), "KWD").minor == 1005
    with pytest.raises(ValueError, match="finite"):
        Money.of(Decimal("NaN"), "EUR")


def test_floats_and_malformed_codes_are_no_money():
    with pytest.raises(TypeError):
        Money(1.5, "EUR")
    with pytest.raises(ValueError, match="not a currency code"):
        Money(1, "euro")


def test_exponents_follow_iso_4217():
    assert [exponent(code) for code in ("EUR", "JPY", "KWD", "HUF", "ISK")] == [2, 0, 3, 2, 0]


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (Money(123456, "EUR"), "de", "1.234,56\u00a0€"),
        (Money(123456, "EUR"), "en", "€1,234.56"),
        (Money(-1234, "JPY"), "de", "-1.234\u00a0¥"),
        (Money(1234567, "KWD"), "en", "KWD1,234.567"),
        (Money(123456, "RSD"), "de", "1.234,56\u00a0RSD"),
    ],
)
def test_sums_are_shown_as_the_language_writes_them(money, locale, shown):
    assert money.format(locale) == shown


@given(minor=st.integers(-(10**14), 10**14), currency=st.sampled_from(["EUR", "CHF", "JPY", "KWD", "USD"]))
def test_a_formatted_sum_reads_back_as_the_same_sum(minor, currency):
    money = Money(minor, currency)
    assert parse_amount(money.format("de"), currency=currency, decimal=",") == money
    assert parse_amount(money.format("en"), currency=currency, decimal=".") == money
    assert Money.of(money.amount, currency) == money


@given(minor=st.integers(-(10**9), 10**9), parts=st.integers(1, 50))
def test_a_split_sum_loses_nothing(minor, parts):
    shares = Money(minor, "EUR").split(parts)
    assert total(shares, "EUR") == Money(minor, "EUR")
    assert max(s.minor for s in shares) - min(s.minor for s in shares) <= 1


@given(st.text(max_size=60))
def test_any_text_gives_a_sum_or_a_reason(text):
    try:
        assert isinstance(parse_amount(text), Money)
    except NumberError as error:
        numbers = {"empty", "not_a_number", "ambiguous", "bad_grouping", "too_long"}
        assert error.code in numbers | {"unknown_currency", "too_precise"}
