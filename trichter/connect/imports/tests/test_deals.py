"""Deals: their way through the pipeline as events, and what a second file adds."""

from datetime import UTC, date, datetime

import pytest

from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
from trichter.connect.imports.tests.helpers import bring_in, contents, counts, problems, write
from trichter.connect.imports.undo import undo
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.people.models import Person
from trichter.core.people.queries import find_by_email

pytestmark = pytest.mark.django_db

HEAD = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Close Date,Create Date,Associated Contact,"
    'Associated Company,"Date entered ""Qualified (Sales)""","Date entered ""Proposal (Sales)""",'
    '"Date entered ""Closed Won (Sales)"""\n'
)
WON = (
    '1,Big one,Closed Won,Sales,"1,200.50",EUR,2025-03-05 12:00,2025-01-02 09:00,Eva Groß (eva@firma.de),'
    "Firma AG,2025-01-15 10:00,2025-02-01 10:00,2025-03-05 12:00\n"
)
OPEN = (
    "2,Small one,Proposal,Sales,80,EUR,2099-03-05,2025-01-03 09:00,max@firma.de,Firma AG,,2025-02-02 08:00,\n"
)


def story(number: str) -> list[tuple[str, str, datetime]]:
    """Kind, stage and time of a deal's events."""
    deal = Deal.objects.get(external_id=number)
    rows = Event.objects.filter(kind__startswith="deal.", data__deal=deal.pk).order_by("at", "id")
    return [(event.kind, event.data.get("stage", ""), event.at) for event in rows]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_stages_and_dates_become_events_of_the_person(tmp_path):
    table = bring_in("deals", write(tmp_path / "d.csv", HEAD + WON + OPEN))
    assert table.run.preset == "hubspot"
    assert counts(table) == (2, 2, 0, 0, 0)
    assert story("1") == [
        ("deal.opened", "", at(2025, 1, 2, 8)),
        ("deal.stage_reached", "Qualified", at(2025, 1, 15, 9)),
        ("deal.stage_reached", "Proposal", at(2025, 2, 1, 9)),
        ("deal.stage_reached", "Closed Won", at(2025, 3, 5, 11)),
        ("deal.won", "", at(2025, 3, 5, 11)),
    ]
    deal = Deal.objects.get(external_id="1")
    assert (deal.external_source, deal.amount, deal.currency, deal.status) == (
        "hubspot",
        120050,
        "EUR",
        "won",
    )
    assert deal.closed_at == at(2025, 3, 5, 11)
    assert deal.person == find_by_email("eva@firma.de")
    assert deal.company.name == deal.person.company.name == "Firma AG"
    won = Event.objects.get(kind="deal.won")
    assert (won.value, won.currency) == (120050, "EUR")
    assert won.identity.link.person == deal.person
    waiting = Deal.objects.get(external_id="2")
    assert (waiting.status, waiting.closed_at, waiting.expected_close) == ("open", None, date(2099, 3, 5))
    names = list(PipelineStage.objects.order_by("position").values_list("name", flat=True))
    assert names == ["Qualified", "Proposal", "Closed Won"]


def test_the_same_file_again_adds_no_event(tmp_path):
    path = write(tmp_path / "d.csv", HEAD + WON + OPEN)
    bring_in("deals", path)
    catch_up()
    before = contents()
    assert counts(bring_in("deals", path)) == (2, 0, 0, 2, 0)
    catch_up()
    assert contents() == before


def test_a_later_file_adds_only_what_is_new(tmp_path):
    bring_in("deals", write(tmp_path / "a.csv", HEAD + WON + OPEN))
    known = Event.objects.count()
    later = (
        "2,Small one,Closed Won,Sales,90,EUR,2025-03-09,2025-01-03 09:00,max@firma.de,Firma AG,,"
        "2025-02-02 08:00,2025-03-09 10:00\n"
    )
    table = bring_in("deals", write(tmp_path / "b.csv", HEAD + WON + later))
    assert counts(table) == (2, 0, 1, 1, 0)
    assert story("2")[-2:] == [
        ("deal.stage_reached", "Closed Won", at(2025, 3, 9, 9)),
        ("deal.won", "", at(2025, 3, 9, 9)),
    ]
    assert Event.objects.count() == known + 3  # two steps and the end of the import
    undo(run=table.run, by=None)
    deal = Deal.objects.get(external_id="2")
    assert (deal.status, deal.amount, deal.stage.name) == ("open", 8000, "Proposal")
    assert Event.objects.exclude(kind="events.retracted").count() == known


def test_a_stage_without_a_date_is_entered_when_we_learn_of_it(tmp_path):
    head = "ID;Titel;Phase;Erstellt am;Kontakt E-Mail\n"
    bring_in("deals", write(tmp_path / "a.csv", head + "7;Projekt;Erstkontakt;01.02.2025;eva@firma.de\n"))
    table = bring_in("deals", write(tmp_path / "b.csv", head + "7;Projekt;Angebot;01.02.2025;eva@firma.de\n"))
    assert story("7") == [
        ("deal.opened", "", at(2025, 1, 31, 23)),
        ("deal.stage_reached", "Erstkontakt", at(2025, 1, 31, 23)),
        ("deal.stage_reached", "Angebot", table.run.created_at),
    ]


def test_a_deal_won_before_the_first_contact_is_taken_as_it_is(tmp_path):
    bring_in("contacts", write(tmp_path / "c.csv", "E-Mail,Erstellt am\neva@firma.de,01.06.2025\n"))
    rows = "ID,Title,Status,Created,Closed,Contact Email\n9,Alt,won,2025-03-01,2025-02-01,eva@firma.de\n"
    table = bring_in("deals", write(tmp_path / "d.csv", rows))
    assert counts(table) == (1, 1, 0, 0, 0)
    assert [code for _, _, code, _ in problems(table)] == ["end_before_start"]
    catch_up()
    assert find_by_email("eva@firma.de").pk == Deal.objects.get().person_id


def test_a_lost_deal_names_its_reason_and_keeps_its_stages(tmp_path):
    rows = (
        "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Deal created,Deal - Lost time,Deal - Lost reason,"
        "Deal - Contact person,Deal - Organization,Deal - Value,Deal - Currency of Value\n"
        '3,Auftrag,Angebot,Lost,2025-01-01 10:00:00,2025-02-01 10:00:00,Zu teuer,Eva Groß,Firma AG,"500",EUR\n'
    )
    table = bring_in("deals", write(tmp_path / "p.csv", rows))
    assert table.run.preset == "pipedrive"
    assert [kind for kind, _, _ in story("3")] == ["deal.opened", "deal.stage_reached", "deal.lost"]
    deal = Deal.objects.get()
    assert (deal.status, deal.lost_reason, deal.stage.name) == ("lost", "Zu teuer", "Angebot")
    assert (deal.person.first_name, deal.person.last_name) == ("Eva", "Groß")
    assert counts(bring_in("deals", tmp_path / "p.csv")) == (1, 0, 0, 1, 0)
    assert Person.objects.count() == 1


def test_a_named_contact_is_found_when_only_one_has_the_name(tmp_path):
    bring_in("contacts", write(tmp_path / "c.csv", "E-Mail,Vorname,Nachname\ne@x.de,Eva,Groß\n"))
    rows = "ID,Title,Contact Name\n1,Eins,Eva Groß\n2,Zwei,Unbekannt Niemand\n3,Drei,\n"
    table = bring_in("deals", write(tmp_path / "d.csv", rows))
    assert Deal.objects.get(external_id="1").person == find_by_email("e@x.de")
    assert Deal.objects.get(external_id="2").person.last_name == "Niemand"
    assert Deal.objects.get(external_id="3").person is None
    assert [(row, code) for row, _, code, _ in problems(table)] == [(4, "no_person")]


def test_deals_without_numbers_are_known_again(tmp_path):
    rows = "Titel;Betrag;Erstellt am;E-Mail\nProjekt;1.000,00;01.02.2025;eva@firma.de\nProjekt;1.000,00;01.03.2025;eva@firma.de\n"
    path = write(tmp_path / "d.csv", rows)
    assert counts(bring_in("deals", path)) == (2, 2, 0, 0, 0)
    assert counts(bring_in("deals", path)) == (2, 0, 0, 2, 0)


def test_undo_takes_pipeline_and_stages_back_too(tmp_path):
    table = bring_in("deals", write(tmp_path / "d.csv", HEAD + WON + OPEN))
    catch_up()
    undo(run=table.run, by=None)
    catch_up()
    assert [Deal.objects.count(), Person.objects.count(), Pipeline.objects.count()] == [0, 0, 0]
    assert PipelineStage.objects.count() == 0
    assert set(Event.objects.values_list("kind", flat=True)) == {"events.retracted"}


def test_what_cannot_be_a_deal_says_why(tmp_path):
    rows = "ID;Titel;Betrag;Währung;Erstellt am\n1;A;abc;EUR;\n2;B;-5;EUR;\n3;C;5;XQZ;\n4;D;5;EUR;01.01.2199\n;;5;EUR;\n"
    table = bring_in("deals", write(tmp_path / "d.csv", rows))
    assert counts(table) == (5, 0, 0, 0, 5)
    assert [(row, column, code) for row, column, code, _ in problems(table)] == [
        (2, "Betrag", "not_a_number"),
        (3, "Betrag", "negative"),
        (4, "Währung", "unknown_currency"),
        (5, "Erstellt am", "in_future"),
        (6, "", "nothing_to_identify"),
    ]
