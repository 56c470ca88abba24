"""Texts that mean the same compare equal; addresses and names come in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.text import (
    PersonName,
    clean,
    domain_of,
    fold,
    is_freemail,
    normalise_company,
    normalise_email,
    normalise_phone,
    parse_salutation,
    slug,
    split_name,
)


def test_invisible_characters_and_odd_spaces_are_cleaned_away():
    assert clean("\ufeff Max\u00a0 \u200bMu\u0308ller\t\n") == "Max Müller"
    assert clean("a\x00b\x07") == "ab"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("MÜLLER", "mueller"),
        ("Mu\u0308ller", "mueller"),
        ("Straße", "strasse"),
        ("  René  ", "rene"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul"),
        ("ﬁrma", "firma"),
        ("Ångström", "angstroem"),
    ],
)
def test_folding_makes_spellings_equal(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert clean(clean(text)) == clean(text)


def test_slugs_are_ascii_words_cut_at_a_word():
    assert slug("Über uns: Preise & Köche!") == "ueber-uns-preise-koeche"
    assert slug("eins zwei drei vier", max_length=12) == "eins-zwei"
    assert slug("Donaudampfschiff", max_length=5) == "donau"
    assert slug("日本", fallback="seite") == "seite"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("MAX@firma.DE ", "max@firma.de"),
        ("\u00a0max@firma.de\u200b", "max@firma.de"),
        ("Max Muster <Max@Firma.de>", "max@firma.de"),
        ("mailto:max@firma.de?subject=x", "max@firma.de"),
        ("max@firma.de;", "max@firma.de"),
        ("max@firma.de.", "max@firma.de"),
        ("Jürgen@Müller.de", "jürgen@müller.de"),
        ("info@xn--mller-kva.de", "info@müller.de"),
        ("o'brien+news@firma.co.uk", "o'brien+news@firma.co.uk"),
    ],
)
def test_an_address_has_one_form(text, value):
    assert normalise_email(text).value == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ;", "empty"),
        ("max.firma.de", "no_at"),
        ("max@", "bad_domain"),
        ("max@firma", "bad_domain"),
        ("max@fir ma.de", "bad_domain"),
        ("max..m@firma.de", "bad_local"),
        ("@firma.de", "bad_local"),
        ("a@x.de, b@x.de", "several"),
        ("a@b@x.de", "bad_local"),
        ("a" * 250 + "@x.de", "too_long"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(text, reason):
    assert (normalise_email(text).value, normalise_email(text).reason) == (None, reason)


@given(st.text(max_size=80))
def test_any_text_gives_an_address_or_a_reason_and_stays_stable(text):
    result = normalise_email(text)
    assert (result.value is None) == bool(result.reason)
    if result.value:
        assert normalise_email(result.value).value == result.value


def test_freemail_domains_name_no_company():
    assert is_freemail("max@gmx.de")
    assert is_freemail("WEB.DE")
    assert not is_freemail("max@firma.de")
    assert domain_of("Max@Firma.DE") == "firma.de"
    assert domain_of("firma") == ""


@pytest.mark.parametrize(
    ("text", "region", "value"),
    [
        ("030/123456", "DE", "+4930123456"),
        ("+49 (0) 30 123456", "AT", "+4930123456"),
        ("0049 171 2345678", "DE", "+491712345678"),
        ("044 668 18 00", "CH", "+41446681800"),
        ("+43 1 5131 0", "DE", "+43151310"),
        ("(030) 12 34 56 78 ext. 5", "DE", "+493012345678"),
    ],
)
def test_a_phone_number_has_one_form(text, region, value):
    assert normalise_phone(text, region=region).value == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("siehe Mail", "not_a_number"),
        ("110", "too_short"),
        ("+49 30 12345 1234567890123", "too_long"),
        ("0" * 41, "too_long"),
        ("+999 123456", "unknown_country"),
    ],
)
def test_what_is_no_phone_number_is_refused_with_its_reason(text, reason):
    assert (normalise_phone(text).value, normalise_phone(text).reason) == (None, reason)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Herr Dr. Karl-Heinz von der Heide", PersonName("mr", "Dr.", "Karl-Heinz", "von der Heide")),
        ("Frau Müller", PersonName("ms", "", "", "Müller")),
        ("Müller, Anna", PersonName("", "", "Anna", "Müller")),
        ("Anna Huber, MSc", PersonName("", "", "Anna", "Huber", "MSc")),
        ("Max Mustermann M.A.", PersonName("", "", "Max", "Mustermann", "M.A.")),
        (
            "Prof. Dr. Dr. h.c. Eva Maria Zimmermann",
            PersonName("", "Prof. Dr. Dr. h.c.", "Eva Maria", "Zimmermann"),
        ),
        ("Dr. med. Eva Klein", PersonName("", "Dr. med.", "Eva", "Klein")),
        ("Dipl.-Ing. (FH) Thomas Berger", PersonName("", "Dipl.-Ing. (FH)", "Thomas", "Berger")),
        ("Anna Maria Gräfin von Thun", PersonName("", "", "Anna Maria", "Gräfin von Thun")),
        ("van Gogh, Vincent", PersonName("", "", "Vincent", "van Gogh")),
        ("von Beethoven", PersonName("", "", "", "von Beethoven")),
        ("Mr. John Smith Jr.", PersonName("mr", "", "John", "Smith", "Jr.")),
        ("Cher", PersonName("", "", "Cher", "")),
        ("Ing Wen Tsai", PersonName("", "Ing", "Wen", "Tsai")),
        ("Herr", PersonName("", "", "Herr", "")),
        ("", PersonName()),
    ],
)
def test_names_are_taken_apart(text, name):
    assert split_name(text) == name


@given(st.text(max_size=250))
def test_any_text_can_be_taken_apart(text):
    assert isinstance(split_name(text), PersonName)


def test_salutation_columns_are_read_in_german_and_english():
    assert [parse_salutation(t) for t in ("Herr", "Frau Dr.", "Ms.", "divers", "w", "M", "Firma", "")] == [
        "mr", "ms", "ms", "mx", "ms", "mr", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Müller & Söhne GmbH & Co. KG", "mueller soehne"),
        ("Mueller und Soehne GmbH & Co KG", "mueller soehne"),
        ("Blume UG (haftungsbeschränkt)", "blume"),
        ("Blume UG haftungsbeschränkt & Co. KG", "blume"),
        ("Fritz Meier e.K.", "fritz meier"),
        ("Fritz Meier e. Kfm.", "fritz meier"),
        ("Nordlicht GmbH", "nordlicht"),
        ("Nordlicht gGmbH", "nordlicht"),
        ("Nordlicht Ges.m.b.H.", "nordlicht"),
        ("Nordlicht Gesellschaft mit beschränkter Haftung", "nordlicht"),
        ("Alpen AG", "alpen"),
        ("Alpen Aktiengesellschaft", "alpen"),
        ("Sportverein Süd e.V.", "sportverein sued"),
        ("Wein Huber e.U.", "wein huber"),
        ("Kanzlei Roth PartG mbB", "kanzlei roth"),
        ("Käse Sàrl", "kaese"),
        ("Dupont S.A.S.", "dupont"),
        ("Rossi S.p.A.", "rossi"),
        ("Windmolen B.V.", "windmolen"),
        ("Kowalski Sp. z o.o.", "kowalski"),
        ("Novák s.r.o.", "novak"),
        ("Acme, Inc.", "acme"),
        ("Acme Holding Ltd", "acme holding"),
        ("AG", "ag"),
        ("Bag", "bag"),
        ("Kollegg", "kollegg"),
        ("Sea", "sea"),
        ("OHG & Partner", "ohg partner"),
        ("", ""),
    ],
)
def test_companies_are_compared_without_their_legal_form(text, key):
    assert normalise_company(text).key == key


def test_the_legal_form_is_kept_beside_the_key():
    assert normalise_company("Blume UG (haftungsbeschränkt)").legal_form == "UG (haftungsbeschränkt)"
    assert normalise_company("Fritz Meier e.K.").legal_form == "e.K."
    assert normalise_company("Meier").legal_form == ""


@given(st.text(max_size=320))
def test_any_text_gives_a_company_key(text):
    assert isinstance(normalise_company(text).key, str)
