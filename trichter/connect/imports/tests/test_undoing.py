"""Taking imports back in another order than they came in."""

import pytest
from django.urls import reverse

from trichter.close.pipeline.models import Deal
from trichter.connect.imports.models import ImportRun
from trichter.connect.imports.problems import ImportFailed
from trichter.connect.imports.tests.helpers import bring_in, untouched, write
from trichter.connect.imports.undo import undo
from trichter.core.jobs.running import run_next
from trichter.core.journal.followers import catch_up
from trichter.core.people.actions import add_note
from trichter.core.people.models import Company, Note, Person
from trichter.core.people.queries import find_by_email
from trichter.core.segments.actions import add_people, create_segment, remove_people
from trichter.core.segments.models import Segment
from trichter.core.segments.queries import is_member

pytestmark = pytest.mark.django_db

PEOPLE = (
    "E-Mail,Vorname,Ort,Firma,Tags\neva@firma.de,Eva,Ulm,Firma AG,Messe\nmax@firma.de,Max,Bonn,Firma AG,\n"
)
DEALS = "ID,Deal,Kontakt E-Mail,Phase,Erstellt am\n7,Großauftrag,eva@firma.de,Angebot,01.02.2025\n"
MORE = "E-Mail,Ort,Notizen,Firma\nmax@firma.de,Kiel,Ruft an,\nneu@firma.de,Jena,,Firma AG\n"


def three(tmp_path) -> tuple[ImportRun, ImportRun, ImportRun]:
    files = {"contacts": ("a.csv", PEOPLE), "deals": ("b.csv", DEALS)}
    first, second = (bring_in(kind, write(tmp_path / name, text)).run for kind, (name, text) in files.items())
    third = bring_in("contacts", write(tmp_path / "c.csv", MORE)).run
    catch_up()
    return first, second, third


def kept(run: ImportRun) -> dict[str, tuple[str, list[int]]]:
    run.refresh_from_db()
    names = {"people.person": Person, "people.company": Company}
    return {
        str(names[one.model].objects.get(pk=one.object_id)) if one.model in names else one.model: (
            one.kept, one.held_by,
        )
        for one in run.changes.exclude(kept="")
    }  # fmt: skip


def test_what_stays_names_the_later_imports_and_goes_after_them(tmp_path):
    bring_in("contacts", write(tmp_path / "0.csv", "E-Mail,Vorname\nalt@firma.de,Alt\n"))
    catch_up()
    before = untouched()
    a, b, c = three(tmp_path)
    undo(run=a, by=None)
    assert kept(a) == {
        "Eva": ("used", [b.pk]),
        "Max": ("changed", [c.pk]),
        "Firma AG": ("used", [b.pk, c.pk]),
    }
    assert (a.state, a.summary["kept"], a.summary["held_by"]) == ("undone", 3, [b.pk, c.pk])
    assert undo(run=a, by=None) == []
    assert len(kept(a)) == 3
    assert [one.pk for one in undo(run=b, by=None)] == [a.pk]
    undo(run=a, by=None)
    assert kept(a) == {"Max": ("changed", [c.pk]), "Firma AG": ("used", [c.pk])}
    assert [one.pk for one in undo(run=c, by=None)] == [a.pk]
    undo(run=a, by=None)
    catch_up()
    assert (kept(a), a.summary["held_by"]) == ({}, [])
    assert undo(run=a, by=None) == []
    assert untouched() == before


def test_the_right_order_gives_the_same(tmp_path):
    before = untouched()
    for run in reversed(three(tmp_path)):
        undo(run=run, by=None)
        assert kept(run) == {}
    catch_up()
    assert untouched() == before


def test_changed_fields_come_back_when_the_later_change_is_gone(tmp_path):
    bring_in("contacts", write(tmp_path / "0.csv", "E-Mail,Vorname,Ort\nmax@firma.de,Max,Köln\n"))
    head = "E-Mail,Vorname,Ort\n"
    a = bring_in("contacts", write(tmp_path / "a.csv", head + "max@firma.de,Maxi,Bonn\n")).run
    b = bring_in("contacts", write(tmp_path / "b.csv", head + "max@firma.de,,Kiel\n")).run
    undo(run=a, by=None)
    assert kept(a) == {"Max": ("changed", [b.pk])}
    Person.objects.update(first_name="Maximilian")  # restored by the first attempt, so no longer ours
    undo(run=b, by=None)
    undo(run=a, by=None)
    assert kept(a) == {}
    assert Person.objects.values_list("first_name", "city").get() == ("Maximilian", "Köln")


def test_what_a_person_used_goes_when_they_let_it_go(tmp_path):
    a = bring_in("contacts", write(tmp_path / "a.csv", PEOPLE)).run
    add_note(person=find_by_email("eva@firma.de"), text="Ruft zurück", by=None, at=a.created_at)
    undo(run=a, by=None)
    assert kept(a) == {"Eva": ("used", []), "Firma AG": ("used", [])}
    Note.objects.all().delete()
    person = find_by_email("eva@firma.de")
    undo(run=a, by=None)
    # Her note is a fact of the journal: somebody has had to do with her.
    assert Person.objects.get() == person


def test_in_the_back_office_the_rest_follows_by_itself(login, tmp_path):
    a, b, c = three(tmp_path)
    client = login("marketing")
    page = reverse("imports:run_detail", args=[a.pk])

    def take_back(run: ImportRun) -> str:
        client.post(reverse("imports:run_undo", args=[run.pk]))
        while run_next(worker="test"):
            pass
        return client.get(page).content.decode()

    assert "Rest zurücknehmen" not in client.get(page).content.decode()
    text = take_back(a)
    assert reverse("imports:run_detail", args=[b.pk]) in text
    assert reverse("imports:run_detail", args=[c.pk]) in text
    assert "Rest zurücknehmen" in text
    assert client.get(reverse("imports:run_undo", args=[a.pk])).status_code == 200
    assert Person.objects.count() == 3
    take_back(b)
    assert not Deal.objects.exists()
    assert Person.objects.count() == 2
    text = take_back(c)
    assert not Person.objects.exists()
    assert "Rest zurücknehmen" not in text
    assert "wie vorher" in text
    a.refresh_from_db()
    assert a.summary["kept"] == 0


def test_a_segment_by_rule_holds_nobody_but_a_list_of_a_colleague_does(tmp_path):
    bring_in("contacts", write(tmp_path / "0.csv", "E-Mail,Ort\nalt@firma.de,Ulm\n"))
    rule = create_segment(name="Ulm", rule={"all": [{"field": "city", "op": "is", "value": "Ulm"}]})
    none = create_segment(name="Rest", rule={"none": [{"segment": rule.pk, "member": True}]})
    hand = create_segment(name="Messe", kind="static")
    catch_up()
    before = untouched()
    run = bring_in("contacts", write(tmp_path / "a.csv", PEOPLE)).run
    catch_up()
    eva, max_ = find_by_email("eva@firma.de"), find_by_email("max@firma.de")
    assert is_member(segment=rule.pk, person=eva) and is_member(segment=none.pk, person=max_)
    add_people(segment=hand, people=[max_.pk], by=None)
    undo(run=run, by=None)
    catch_up()
    assert find_by_email("eva@firma.de") is None
    assert kept(run) == {"Max": ("used", []), "Firma AG": ("used", [])}
    assert Segment.objects.get(pk=rule.pk).size == 1
    remove_people(segment=hand, people=[max_.pk], by=None)
    undo(run=run, by=None)
    catch_up()
    assert kept(run) == {}
    assert [Segment.objects.get(pk=one.pk).size for one in (rule, none, hand)] == [1, 0, 0]
    assert untouched() == before


def test_two_that_hold_each_other_come_to_an_end(tmp_path):
    a, b, _c = three(tmp_path)
    add_note(person=find_by_email("eva@firma.de"), text="Bleibt", by=None, at=a.created_at)
    undo(run=a, by=None)
    Deal.objects.update(name="Anders")
    assert [one.pk for one in undo(run=b, by=None)] == [a.pk]
    assert undo(run=a, by=None) == []
    assert undo(run=b, by=None) == []


def test_only_what_is_finished_can_be_undone(tmp_path):
    run = ImportRun.objects.create(kind="contacts", file_name="a.csv", state="running")
    with pytest.raises(ImportFailed, match="not_undoable"):
        undo(run=run, by=None)
