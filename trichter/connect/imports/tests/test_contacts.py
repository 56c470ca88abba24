"""Contacts: German files, one person per address, repeats, undo."""

from datetime import UTC, datetime

import pytest

from trichter.connect.imports.tests.helpers import bring_in, contents, counts, problems, write
from trichter.connect.imports.undo import undo
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.people.actions import add_note
from trichter.core.people.models import Company, Link, Note, Person, Tag
from trichter.core.people.queries import find_by_email, find_by_key

pytestmark = pytest.mark.django_db

GERMAN = (
    "Kundennr;Anrede;Vorname;Nachname;E-Mail;Firma;Telefon;Ort;Land;Erstellt am;Newsletter;Einwilligung am;"
    "Tags;Notiz;Quelle\r\n"
    "7;Herr;Jürgen;Müller;J.Mueller@Müller-Söhne.de;Müller & Söhne GmbH;030 1234567;Köln;Deutschland;"
    "31.12.2024;ja;05.01.2025;VIP, Messe;Rückruf am Montag;Messe\r\n"
    "8;Frau;Ann-Kathrin;Groß;ag@firma.de;Firma AG;+49 89 99999;München;Österreich;01.02.2025 14:30;nein;;;;\r\n"
)


def test_a_german_excel_file_in_windows_1252_comes_in_right(tmp_path):
    path = write(tmp_path / "k.csv", GERMAN, "cp1252")
    table = bring_in("contacts", path, consent_proof="Double-Opt-in, Protokoll des Altsystems")
    assert counts(table) == (2, 2, 0, 0, 0)
    one = find_by_email("j.mueller@müller-söhne.de")
    assert one is not None
    assert (one.salutation, one.first_name, one.last_name) == ("mr", "Jürgen", "Müller")
    assert (one.phone, one.city, one.country) == ("+49301234567", "Köln", "DE")
    assert one.created_at == datetime(2024, 12, 30, 23, 0, tzinfo=UTC)
    assert one.company.name == "Müller & Söhne GmbH"
    assert one.company.domain == "müller-söhne.de"
    assert sorted(one.tags.values_list("name", flat=True)) == ["Messe", "VIP"]
    assert [note.text for note in one.notes.all()] == ["Rückruf am Montag"]
    assert find_by_key("import", "7") == one
    created = Event.objects.get(kind="contact.created", identity__link__person=one)
    assert (created.at, created.source) == (one.created_at, "Messe")
    consent = Event.objects.get(kind="optin.confirmed")
    assert consent.data["purpose"] == "newsletter"
    assert consent.at == datetime(2025, 1, 4, 23, 0, tzinfo=UTC)
    assert find_by_email("ag@firma.de").country == "AT"


def test_the_same_file_again_changes_nothing(tmp_path):
    path = write(tmp_path / "k.csv", GERMAN, "cp1252")
    bring_in("contacts", path)
    catch_up()
    before = contents()
    assert counts(bring_in("contacts", path)) == (2, 0, 0, 2, 0)
    catch_up()
    assert contents() == before


def test_spelling_and_capitals_make_no_second_person(tmp_path):
    rows = "E-Mail,Vorname\nMAX@firma.DE,Max\nmax@firma.de ,Max\n<max@firma.de>,Max\n"
    assert counts(bring_in("contacts", write(tmp_path / "a.csv", rows))) == (3, 1, 0, 2, 0)
    assert [person.email for person in Person.objects.all()] == ["max@firma.de"]


def test_undo_restores_what_was_there(tmp_path):
    bring_in("contacts", write(tmp_path / "a.csv", "E-Mail,Vorname,Ort,Tags\nmax@firma.de,Max,Köln,Alt\n"))
    catch_up()
    before = contents()
    rows = "E-Mail,Vorname,Ort,Firma,Tags,ID\nmax@firma.de,Maximilian,Bonn,Neu GmbH,Neu,5\neva@firma.de,Eva,,,Alt,6\n"
    table = bring_in("contacts", write(tmp_path / "b.csv", rows))
    assert counts(table) == (2, 1, 1, 0, 0)
    assert find_by_email("max@firma.de").city == "Bonn"
    catch_up()
    undo(run=table.run, by=None)
    catch_up()
    after = contents()
    # That something was retracted is itself a fact; everything else is as it was, byte by byte.
    retracted = [row for row in after["journal.event"] if "events.retracted" in row]
    assert [row for row in after["journal.event"] if row not in before["journal.event"]] == retracted
    assert Event.objects.filter(kind="events.retracted").count() == 1
    del before["journal.event"], after["journal.event"]
    assert after == before


def test_a_file_can_be_imported_again_after_undo(tmp_path):
    path = write(tmp_path / "k.csv", GERMAN, "cp1252")
    first = bring_in("contacts", path, consent_proof="Protokoll")
    undo(run=first.run, by=None)
    catch_up()
    assert not Person.objects.exists()
    assert not Company.objects.exists()
    assert not Tag.objects.exists()
    assert counts(bring_in("contacts", path, consent_proof="Protokoll")) == (2, 2, 0, 0, 0)
    assert Event.objects.filter(kind="contact.created").count() == 2
    assert Event.objects.filter(kind="optin.confirmed").count() == 1


def test_undo_keeps_what_somebody_changed_or_used(tmp_path):
    rows = "E-Mail,Vorname,Ort\nmax@firma.de,Max,Köln\neva@firma.de,Eva,Ulm\njo@firma.de,Jo,Bonn\n"
    table = bring_in("contacts", write(tmp_path / "a.csv", rows))
    Person.objects.filter(email="max@firma.de").update(city="Kiel")
    add_note(person=find_by_email("eva@firma.de"), text="Ruft zurück", by=None, at=table.run.created_at)
    undo(run=table.run, by=None)
    kept = dict(table.run.changes.exclude(kept="").values_list("object_id", "kept"))
    assert kept == {
        Person.objects.get(email="max@firma.de").pk: "changed",
        Person.objects.get(email="eva@firma.de").pk: "used",
    }
    assert Person.objects.count() == 2
    table.run.refresh_from_db()
    assert (table.run.state, table.run.summary["kept"]) == ("undone", 2)


def test_undo_puts_back_only_fields_that_nobody_touched_since(tmp_path):
    bring_in("contacts", write(tmp_path / "a.csv", "E-Mail,Vorname,Ort\nmax@firma.de,Max,Köln\n"))
    table = bring_in("contacts", write(tmp_path / "b.csv", "E-Mail,Vorname,Ort\nmax@firma.de,Maxi,Bonn\n"))
    Person.objects.update(city="Kiel")
    undo(run=table.run, by=None)
    person = Person.objects.get()
    assert (person.first_name, person.city) == ("Max", "Kiel")


def test_a_bad_row_costs_itself_alone_and_says_where(tmp_path):
    rows = "E-Mail;Vorname;Erstellt am\ngut@firma.de;A;01.01.2025\nkein at;B;\nx@firma.de;C;31.02.2025\nende@firma.de;D;\n"
    table = bring_in("contacts", write(tmp_path / "a.csv", rows))
    assert counts(table) == (4, 2, 0, 0, 2)
    assert problems(table) == [
        (3, "E-Mail", "bad_email", "kein at"),
        (4, "Erstellt am", "no_such_day", "31.02.2025"),
    ]
    assert table.run.problems.first().raw == ["kein at", "B", ""]
    assert sorted(Person.objects.values_list("first_name", flat=True)) == ["A", "D"]


def test_a_dry_run_writes_nothing_and_counts_right(tmp_path):
    path = write(tmp_path / "k.csv", GERMAN + "8;;;Groß;ag@firma.de;;;;;;;;;;\r\n", "cp1252")
    before = contents()
    dry = bring_in("contacts", path, dry=True)
    assert contents() == before
    assert counts(dry) == (3, 2, 0, 1, 0)
    real = bring_in("contacts", path)
    assert counts(real) == counts(dry)
    assert real.counts.events == dry.counts.events + Link.objects.exclude(identity__kind="person").count()


def test_the_number_of_the_other_system_finds_a_person_whose_address_changed(tmp_path):
    bring_in("contacts", write(tmp_path / "a.csv", "ID,E-Mail\n5,alt@firma.de\n"))
    table = bring_in("contacts", write(tmp_path / "b.csv", "ID,E-Mail\n5,neu@firma.de\n"))
    assert counts(table) == (1, 0, 1, 0, 0)
    assert find_by_email("alt@firma.de") == find_by_email("neu@firma.de") == Person.objects.get()
    assert Person.objects.get().email == "neu@firma.de"
    undo(run=table.run, by=None)
    assert Person.objects.get().email == "alt@firma.de"
    assert find_by_email("neu@firma.de") is None


def test_an_address_of_somebody_else_stays_there_and_becomes_a_suggestion(tmp_path):
    bring_in("contacts", write(tmp_path / "a.csv", "ID,E-Mail\n5,eva@firma.de\n6,max@firma.de\n"))
    table = bring_in("contacts", write(tmp_path / "b.csv", "ID,E-Mail,Ort\n5,max@firma.de,Ulm\n"))
    assert problems(table) == [(2, "E-Mail", "other_person", "max@firma.de")]
    assert find_by_key("import", "5").email == "eva@firma.de"
    assert find_by_key("import", "5").city == "Ulm"


@pytest.mark.parametrize(("existing", "city", "phone"), [
    ("update", "Bonn", "+4930123456"), ("fill", "Köln", "+4930123456"), ("skip", "Köln", ""),
])  # fmt: skip
def test_what_happens_to_records_that_exist_is_a_choice(tmp_path, existing, city, phone):
    bring_in("contacts", write(tmp_path / "a.csv", "E-Mail,Ort\nmax@firma.de,Köln\n"))
    rows = "E-Mail,Ort,Telefon\nmax@firma.de,Bonn,+49 30 123456\nneu@firma.de,Ulm,\n"
    bring_in("contacts", write(tmp_path / "b.csv", rows), existing=existing)
    person = find_by_email("max@firma.de")
    assert (person.city, person.phone) == (city, phone)
    assert find_by_email("neu@firma.de").city == "Ulm"


def test_an_empty_cell_never_wipes_anything_out(tmp_path):
    bring_in("contacts", write(tmp_path / "a.csv", "E-Mail,Ort,Telefon\nmax@firma.de,Köln,+49 30 123456\n"))
    bring_in("contacts", write(tmp_path / "b.csv", "E-Mail,Ort,Telefon\nmax@firma.de,,\n"))
    assert (Person.objects.get().city, Person.objects.get().phone) == ("Köln", "+4930123456")


def test_owners_are_found_by_address_and_by_name(tmp_path, make_user):
    jonas = make_user("sales", email="jonas@haus.de", first_name="Jonas", last_name="Keller")
    rows = (
        'E-Mail,Besitzer\na@x.de,jonas@haus.de\nb@x.de,Jonas Keller\nc@x.de,"Keller, Jonas"\nd@x.de,Niemand\n'
    )
    table = bring_in("contacts", write(tmp_path / "a.csv", rows))
    owners = dict(Person.objects.values_list("email", "owner"))
    assert owners == {"a@x.de": jonas.pk, "b@x.de": jonas.pk, "c@x.de": jonas.pk, "d@x.de": None}
    assert problems(table) == [(5, "Besitzer", "unknown_owner", "Niemand")]


def test_consent_without_a_date_is_not_taken_over(tmp_path):
    table = bring_in("contacts", write(tmp_path / "a.csv", "E-Mail,Newsletter\na@x.de,ja\nb@x.de,nein\n"))
    assert problems(table) == [(2, "Newsletter", "consent_undated", "ja")]
    assert not Event.objects.filter(kind="optin.confirmed").exists()
    assert Person.objects.count() == 2


def test_the_stage_of_the_other_system_is_taken_over_for_new_people(tmp_path):
    from trichter.core.lifecycle.actions import ensure_defaults

    ensure_defaults(language="de")
    rows = (
        "Record ID,Email,Lifecycle Stage,Create Date,Last Activity Date\n"
        "1,a@x.de,Marketing Qualified Lead,2025-01-02 10:00,\n2,b@x.de,Lead,,\n3,c@x.de,Quatsch,,\n"
    )
    table = bring_in("contacts", write(tmp_path / "a.csv", rows))
    assert table.run.preset == "hubspot"
    assert problems(table) == [(4, "Lifecycle Stage", "unknown_stage", "Quatsch")]
    assert [event.data["stage"] for event in Event.objects.filter(kind="stage.set")] == ["mql"]
    catch_up()
    assert find_by_email("a@x.de").stage == "mql"


def test_people_without_address_are_known_again_by_name_and_number(tmp_path):
    path = write(
        tmp_path / "a.csv", "Vorname,Nachname,Telefon\nEva,Groß,+49 30 123456\nEva,Groß,+49 30 999999\n"
    )
    assert counts(bring_in("contacts", path)) == (2, 2, 0, 0, 0)
    assert counts(bring_in("contacts", path)) == (2, 0, 0, 2, 0)
    assert Note.objects.count() == 0


def test_du_and_sie_and_the_role_in_the_buying_centre(tmp_path):
    path = write(
        tmp_path / "k.csv",
        "E-Mail;Nachname;Du/Sie;Rolle im Buying Center\n"
        "a@firma.de;A;Du;Technischer Entscheider\nb@firma.de;B;per Sie;Economic Buyer\n"
        "c@firma.de;C;;Fürsprecherin\nd@firma.de;D;Ihr;König\ne@firma.de;E;ja;Fachprüfer\n",
    )
    table = bring_in("contacts", path)
    assert list(Person.objects.order_by("email").values_list("address_form", "buying_role")) == [
        ("familiar", "decision"), ("formal", "budget"), ("", "champion"), ("", ""), ("familiar", "evaluator"),
    ]  # fmt: skip
    assert [(row, code) for row, _column, code, _value in problems(table)] == [
        (5, "unknown_form"), (5, "unknown_role"),
    ]  # fmt: skip
