"""Columns find their field, in German and English, for files of our own and exports of others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.connect.imports.parsing.catalogue import KINDS, catalogue, fingerprint, presets
from trichter.connect.imports.parsing.mapping import Guess, guess_mapping, likely_kinds, stage_of
from trichter.connect.imports.parsing.picking import Picker, Placed
from trichter.connect.imports.parsing.tests.exports import EXPORTS


@pytest.mark.parametrize(("name", "kind", "preset", "expected"), EXPORTS, ids=[e[0] for e in EXPORTS])
def test_exports_of_other_systems_are_known_by_their_headers(name, kind, preset, expected):
    found = guess_mapping(kind, list(expected))
    assert found.preset == preset
    assert {header: guess.field for header, guess in found.columns.items()} == expected
    assert found.missing == ()
    assert likely_kinds(list(expected))[0] == kind


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("contacts", ["Record ID", "Lifecycle Stage"]),
        ("contacts", ["Datensatz-ID", "Lifecycle-Phase"]),
        ("contacts", ["Record ID", "Lifecycle Stage", "Hobby", "Shoe size", "Zodiac sign"]),
        ("companies", ["Account ID", "Account Name", "Account Owner"]),
        ("deals", ["Record ID", "Deal Name", "Deal Stage"]),
        ("deals", ["Opportunity ID", "Opportunity Name"]),
        ("deals", ["StageName", "CloseDate"]),
        ("contacts", ["E-Mail", "Vorname"]),
    ],
)
def test_a_few_common_headings_make_no_export(kind, headers):
    assert guess_mapping(kind, headers).preset == ""


def test_one_heading_that_nobody_else_writes_is_enough():
    assert guess_mapping("contacts", ["Person - Name", "Person - Email"]).preset == "pipedrive"
    assert guess_mapping("contacts", ["LEID", "EUID"]).preset == "mailchimp"


def test_a_plain_german_contact_list_needs_no_preset():
    headers = [
        "Anrede",
        "Titel",
        "Vorname",
        "Name",
        "Firma",
        "Straße",
        "PLZ",
        "Ort",
        "Land",
        "E-Mail",
        "Tel.",
        "Handy",
    ]
    found = guess_mapping("contacts", headers)
    assert [guess.field for guess in found.columns.values()] == [
        "salutation", "title", "first_name", "last_name", "company", "street", "postcode", "city", "country",
        "email", "phone", "mobile",
    ]  # fmt: skip
    assert (found.preset, found.missing) == ("", ())
    assert all(guess.reason == "name" for guess in found.columns.values())


def test_a_name_without_first_name_is_a_full_name():
    assert guess_mapping("contacts", ["Name", "Mail"]).columns["Name"].field == "full_name"


def test_misspelt_headers_are_found_with_less_confidence():
    found = guess_mapping("contacts", ["E-Mail Adrese", "Nachnahme", "Unternehmn"])
    assert [guess.field for guess in found.columns.values()] == ["email", "last_name", "company"]
    assert {guess.reason for guess in found.columns.values()} == {"similar_name"}
    assert all(0.5 < guess.confidence < 0.75 for guess in found.columns.values())


def test_a_column_per_newsletter_may_say_who_opted_out():
    headers = ["E-Mail", "Opted out of email: Product news", "Opted out of email: Events", "Abgemeldet am"]
    found = guess_mapping("contacts", headers)
    assert [guess.field for guess in found.columns.values()] == ["email", "opt_out", "opt_out", "opt_out_at"]


def test_values_speak_where_the_header_is_silent():
    rows = [["max@firma.de", "+49 30 123456", "x"], ["eva@firma.de", "0171 2345678", "y"], ["", "", "z"]]
    found = guess_mapping("contacts", ["column_1", "Spalte B", "Spalte C"], rows)
    assert found.columns == {
        "column_1": Guess("email", 0.8, "values"),
        "Spalte B": Guess("phone", 0.6, "values"),
        "Spalte C": Guess("", 0.0, "unknown"),
    }


def test_a_header_that_its_values_contradict_is_not_trusted():
    rows = [["ja", "max@firma.de"], ["nein", "eva@firma.de"]]
    found = guess_mapping("contacts", ["E-Mail", "Adresse 2"], rows)
    assert found.columns["E-Mail"] == Guess("", 0.475, "values_disagree")
    assert found.columns["Adresse 2"].field == "email"


def test_a_second_address_becomes_a_further_one_and_other_doubles_stay_out():
    found = guess_mapping("contacts", ["E-Mail", "Mail", "Ort", "Stadt"])
    assert [guess.field for guess in found.columns.values()] == ["email", "emails2", "city", ""]
    assert found.columns["Stadt"].reason == "taken"


def test_what_is_missing_is_named():
    assert guess_mapping("orders", ["Bestellnummer", "Kunde"]).missing == (("total",),)
    assert guess_mapping("contacts", ["Vorname"]).missing == (
        ("email", "phone", "mobile", "external_id", "full_name", "last_name"),
    )


def test_a_remembered_choice_wins():
    found = guess_mapping("contacts", ["E-Mail", "Firma"], remembered={"E-Mail": "emails2", "Firma": ""})
    assert found.columns["E-Mail"] == Guess("emails2", 1.0, "remembered")
    assert found.columns["Firma"] == Guess("", 1.0, "remembered")
    assert found.fields() == {"E-Mail": "emails2"}


@pytest.mark.parametrize(
    ("header", "stage"),
    [
        ('Date entered "Angebot (Vertriebspipeline)"', "Angebot"),
        ("Date entered Contract Sent (Sales Pipeline)", "Contract Sent"),
        ("hs_date_entered_qualifiedtobuy", "qualifiedtobuy"),
        ('Datum des Eintritts in „Termin vereinbart (Sales-Pipeline)"', "Termin vereinbart"),
        ("Datum Eintritt in Phase Verhandlung", "Verhandlung"),
        ("Angebot erreicht am", "Angebot"),
        ("Proposal entered at", "Proposal"),
        ("stage_Angebot_at", "Angebot"),
        ("Eingetreten in Demo", "Demo"),
        ("Abschlussdatum", ""),
        ("Deal Stage", ""),
        ("Date entered", ""),
    ],
)
def test_dates_of_stages_are_read_from_the_header(header, stage):
    assert stage_of(header) == stage


def test_stage_columns_of_deals_become_stage_dates_and_exits_stay_out():
    headers = [
        "Titel",
        "created_at",
        "closed_at",
        "stage_Angebot_at",
        'Date exited "Angebot"',
        "Zeit in Angebot",
    ]
    found = guess_mapping("deals", headers)
    assert [guess.field for guess in found.columns.values()] == [
        "title", "created_at", "closed_at", "stage:Angebot", "", "",
    ]  # fmt: skip


def test_the_currency_may_stand_in_the_header_of_the_amount():
    assert guess_mapping("ad-costs", ["Tag", "Quelle", "Kosten (CHF)"]).constants == {"currency": "CHF"}
    assert guess_mapping("deals", ["Titel", "Betrag in €"]).constants == {"currency": "EUR"}
    assert guess_mapping("deals", ["Titel", "Betrag (EUR)", "Währung"]).constants == {}


def test_presets_give_constants_for_what_no_column_says():
    columns = ["Day", "Campaign", "Cost", "Impr.", "Clicks"]
    assert guess_mapping("ad-costs", columns).constants == {"source": "google", "medium": "cpc"}
    found = guess_mapping("contacts", ["Email Address", "CONFIRM_TIME", "CONFIRM_IP", "Source"])
    assert found.constants == {"consent_purpose": "newsletter"}


def test_fingerprints_ignore_order_case_and_punctuation():
    assert fingerprint(["E-Mail", "Vorname"]) == fingerprint(["vorname", "email"])
    assert fingerprint(["E-Mail"]) != fingerprint(["E-Mail", "Vorname"])


def test_rows_are_picked_by_field_with_their_place():
    headers = ["Titel", "Notiz", "Kommentar", "Angebot erreicht am", "egal"]
    mapping = {
        "Titel": "title",
        "Notiz": "notes",
        "Kommentar": "notes",
        "Angebot erreicht am": "stage:Angebot",
    }
    picker = Picker(headers, mapping, {"currency": "EUR", "title": "ohne"})
    picked = picker.pick(["A", "n1", "n2", "31.12.2026", "x"])
    assert picked.one == {
        "currency": Placed("EUR", 0, ""), "title": Placed("A", 1, "Titel"), "notes": Placed("n1", 2, "Notiz"),
    }  # fmt: skip
    assert [placed.cell for placed in picked.every("notes")] == ["n1", "n2"]
    assert picked.stages == {"Angebot": Placed("31.12.2026", 4, "Angebot erreicht am")}
    assert picker.pick([" "]).one["title"] == Placed("ohne", 0, "")
    assert picker.pick([]).every("notes") == []


def test_presets_and_fields_agree():
    for kind in KINDS:
        fields = set(catalogue(kind).fields)
        for preset in presets(kind):
            assert set(preset.fields.values()) - {""} <= fields
            assert set(preset.constants) <= fields
            for signs in preset.signs:
                assert signs


@given(
    kind=st.sampled_from(KINDS),
    headers=st.lists(st.text(max_size=30), max_size=8, unique=True),
    cells=st.lists(st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.dates()), max_size=8),
)
def test_any_headers_get_a_mapping_that_gives_no_field_twice(kind, headers, cells):
    found = guess_mapping(kind, headers, [cells])
    assert list(found.columns) == headers
    single = [
        f for f in found.fields().values() if f not in ("emails2", "tags", "notes", "opt_out", "bounced")
    ]
    assert len(single) == len(set(single))
