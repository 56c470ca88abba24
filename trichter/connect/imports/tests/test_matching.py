"""By what existing companies, deals and orders are recognised: chosen, remembered, and never by guess."""

from datetime import UTC, datetime

import pytest

from trichter.close.pipeline.actions import open_deal
from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
from trichter.connect.imports.forms import OptionsForm
from trichter.connect.imports.models import RememberedMapping
from trichter.connect.imports.options import MATCHES
from trichter.connect.imports.parsing.catalogue import KINDS
from trichter.connect.imports.tests.helpers import bring_in, contents, counts, problems, write
from trichter.connect.imports.undo import undo
from trichter.core.journal.followers import catch_up
from trichter.core.people.models import Company

pytestmark = pytest.mark.django_db
AT = datetime(2025, 1, 1, tzinfo=UTC)


def firm(name, **more):
    return Company.objects.create(name=name, created_at=AT, **more)


@pytest.fixture
def deal():
    pipeline = Pipeline.objects.create(name="Vertrieb")
    PipelineStage.objects.create(pipeline=pipeline, name="Angebot", position=1)
    return open_deal(name="Lizenz Ä", pipeline=pipeline, company=firm("Weser GmbH"), amount=100, at=AT)


def test_companies_by_domain_only(tmp_path):
    one, other = firm("Alt GmbH", domain="weser.de"), firm("Neu AG", domain="elbe.de")
    rows = "Firma;Website;Branche\nNeu AG;https://www.weser.de/;Handel\nOhne GmbH;;Bau\nDritte;drei.de;\n"
    table = bring_in("companies", write(tmp_path / "f.csv", rows), match="domain")
    assert counts(table) == (3, 1, 1, 0, 1)
    assert [(row, code) for row, _, code, _ in problems(table)] == [(3, "nothing_to_identify")]
    one.refresh_from_db()
    other.refresh_from_db()
    # The name of the row is another company's; only the domain counts.
    assert (one.name, one.industry, other.industry) == ("Neu AG", "Handel", "")


def test_companies_by_name_only(tmp_path):
    one = firm("Weser GmbH", domain="weser.de", external_source="import", external_id="7")
    other = firm("Elbe AG", domain="elbe.de")
    rows = "ID;Firma;Website;Ort\n8;WESER GmbH;elbe.de;Bremen\n7;Oder KG;;Frankfurt\n"
    table = bring_in("companies", write(tmp_path / "f.csv", rows), match="name")
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.city, one.external_id, other.city) == ("Bremen", "7", "")
    # The number of the second row is taken: the company is made without it, and the report says so.
    oder = Company.objects.get(name="Oder KG")
    assert (oder.external_id, oder.city) == ("", "Frankfurt")
    assert [(row, code) for row, _, code, _ in problems(table)] == [(3, "id_taken")]
    before = contents(journal=False)
    again = bring_in("companies", write(tmp_path / "f.csv", rows), match="name")
    assert (again.counts.created, again.counts.updated) == (0, 0)
    assert contents(journal=False) == before


def test_companies_by_number_only(tmp_path):
    one = firm("Weser GmbH", domain="weser.de", external_source="import", external_id="7")
    rows = "Kundennummer;Firma;Branche\n7;;Handel\n8;Weser GmbH;Bau\n9;;Bau\n"
    table = bring_in("companies", write(tmp_path / "f.csv", rows), match="key")
    assert counts(table) == (3, 1, 1, 0, 1)
    one.refresh_from_db()
    assert (one.name, one.industry) == ("Weser GmbH", "Handel")
    assert Company.objects.filter(name="Weser GmbH").count() == 2


def test_a_name_that_several_companies_have_costs_the_row(tmp_path):
    firm("Weser GmbH")
    firm("Weser AG")
    table = bring_in("companies", write(tmp_path / "f.csv", "Firma;Ort\nWeser;Bremen\n"), match="name")
    assert [(row, code) for row, _, code, _ in problems(table)] == [(2, "company_ambiguous")]
    assert not Company.objects.filter(city="Bremen").exists()


DEALS = "Deal ID;Titel;Firma;Betrag;Phase;Angebot erreicht am\nD1;LIZENZ Ä;Weser;250,00;Angebot;01.02.2025\n"


def test_deals_by_name_and_company(tmp_path, deal):
    path = write(tmp_path / "d.csv", DEALS)
    before = contents()
    table = bring_in("deals", path, match="name")
    assert counts(table) == (1, 0, 1, 0, 0)
    stored = Deal.objects.get()
    assert (stored.pk, stored.amount, stored.external_id) == (deal.pk, 25_000, "D1")
    catch_up()
    after = contents(journal=False)
    assert counts(bring_in("deals", path, match="name")) == (1, 0, 0, 1, 0)
    # It has the other system's number now, and is known by it, too.
    assert counts(bring_in("deals", path)) == (1, 0, 0, 1, 0)
    assert contents(journal=False) == after
    undo(run=table.run, by=None)
    catch_up()
    restored = contents()
    assert restored["pipeline.deal"] == before["pipeline.deal"]


def test_deals_of_another_company_or_twice_the_same_are_not_guessed(tmp_path, deal):
    other = write(tmp_path / "a.csv", DEALS.replace("Weser", "Elbe"))
    assert counts(bring_in("deals", other, match="name")) == (1, 1, 0, 0, 0)
    assert counts(bring_in("deals", other, match="name")) == (1, 0, 0, 1, 0)
    # Without a company both are meant; without a title none.
    rows = "Titel;Betrag\nLizenz Ä;1,00\n;2,00\n"
    table = bring_in("deals", write(tmp_path / "b.csv", rows), match="name")
    assert [(row, code) for row, _, code, _ in problems(table)] == [
        (2, "deal_ambiguous"), (3, "nothing_to_identify"),
    ]  # fmt: skip
    assert Deal.objects.count() == 2


def test_a_number_that_another_deal_has_is_not_taken_away(tmp_path, deal):
    bring_in("deals", write(tmp_path / "a.csv", "Deal ID;Titel;Firma\nD1;Wartung;Weser\n"))
    for _attempt in range(2):
        table = bring_in(
            "deals", write(tmp_path / "b.csv", "Deal ID;Titel;Firma\nD1;Neu;Weser\n"), match="name"
        )
        assert Deal.objects.get(external_id="D1").name == "Wartung"
    assert (table.counts.created, Deal.objects.filter(name="Neu").count()) == (0, 1)


def test_deals_by_number_only(tmp_path, deal):
    table = bring_in("deals", write(tmp_path / "d.csv", DEALS + ";Lizenz Ä;Weser;1,00;;\n"), match="key")
    assert counts(table) == (2, 1, 0, 0, 1)
    assert [(row, code) for row, _, code, _ in problems(table)][-1] == (3, "nothing_to_identify")
    assert Deal.objects.count() == 2


def test_the_choice_is_offered_per_kind_and_remembered(tmp_path):
    offered = {}
    for kind in KINDS:
        field = OptionsForm(kind=kind).fields.get("match")
        offered[kind] = [name for name, _label in field.choices] if field else []
        assert offered[kind] == list(MATCHES.get(kind, ()))
    assert offered["companies"] == ["auto", "key", "domain", "name"]
    assert not OptionsForm({"match": "phone", "existing": "update"}, kind="companies").is_valid()
    bring_in("companies", write(tmp_path / "f.csv", "Firma;Ort\nWeser;Bremen\n"), match="name")
    assert RememberedMapping.objects.get().match == "name"
