"""A file from Excel in German, all the way from bytes to values."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from trichter.connect.imports.parsing.mapping import guess_mapping
from trichter.connect.imports.parsing.picking import Picker
from trichter.kit.dates import Moment, parse_moment
from trichter.kit.money import Money, parse_amount
from trichter.kit.tables import read_table
from trichter.kit.text import normalise_email
from trichter.kit.values import text_of

TEXT = (
    "Vorgangsnummer;Titel;Betrag in €;Phase;Erstellt am;Angebot erreicht am;E-Mail\r\n"
    'A-1;Größe "L";1.234,56;Verhandlung;01.11.2026;31.12.2026 09:30; MAX@Müller.DE \r\n'
    "A-2;Maß;1.000;Angebot;02.11.2026;;eva@firma.de\r\n"
)


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8-sig", "utf-16"])
def test_a_deal_file_from_german_excel_is_understood_without_a_question(encoding):
    sheet = read_table(TEXT.encode(encoding))
    mapping = guess_mapping("deals", sheet.headers, [row.cells for row in sheet.head(50)])
    assert mapping.missing == ()
    assert list(mapping.fields().values()) == [
        "external_id", "title", "amount", "stage", "created_at", "stage:Angebot", "contact_email",
    ]  # fmt: skip
    picker = Picker(sheet.headers, mapping.fields(), mapping.constants)
    first, second = (picker.pick(row.cells) for row in sheet.rows())
    currency = text_of(first.one["currency"].cell)
    assert parse_amount(first.one["amount"].cell, currency=currency, decimal=sheet.decimal) == Money(
        123456, "EUR"
    )
    assert parse_amount(second.one["amount"].cell, currency=currency, decimal=sheet.decimal) == Money(
        100000, "EUR"
    )
    reached = parse_moment(
        first.stages["Angebot"].cell, zone=ZoneInfo("Europe/Berlin"), order=sheet.date_order
    )
    assert reached == Moment(datetime(2026, 12, 31, 8, 30, tzinfo=UTC), True)
    assert normalise_email(first.one["contact_email"].cell).value == "max@müller.de"
    assert first.one["title"].cell == 'Größe "L"'
    assert second.stages == {}
