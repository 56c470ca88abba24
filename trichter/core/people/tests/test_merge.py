import pytest

from trichter.close.orders.models import Order
from trichter.core.events import PersonMerged, PersonUnmerged
from trichter.core.journal.actions import identify
from trichter.core.journal.models import Event
from trichter.core.people import actions, errors
from trichter.core.people.models import Company, Link, Merge, NotDuplicate, Note, Person, Tag, Task
from trichter.core.people.queries import actor_of, different_pairs, find_by_email, merges_of, survivor_of
from trichter.core.people.tests.snapshots import everything

from .helpers import START, at, person, view, visitor

pytestmark = pytest.mark.django_db


def merged(survivor, absorbed, **choices):
    return actions.merge(survivor=survivor, absorbed=absorbed, reason="Test", by=None, choices=choices)


def test_everything_that_points_to_the_absorbed_moves():
    keeper, goner = person("a@firma.de", city="Köln"), person("b@firma.de", city="Bonn", job_title="Einkauf")
    seen = visitor("v")
    actions.link(identity=seen, person=goner, evidence="Formular", at=START)
    note = actions.add_note(person=goner, text="Notiz", by=None, at=START)
    task = actions.add_task(title="Anrufen", person=goner, due=None, assignee=None, at=START)
    order = Order.objects.create(number="R1", person=goner, total=100, placed_at=START)
    tag = Tag.objects.create(name="Messe")
    goner.tags.add(tag)
    merged(keeper, goner)
    keeper.refresh_from_db()
    goner.refresh_from_db()
    assert (Note.objects.get(pk=note.pk).person, Task.objects.get(pk=task.pk).person) == (keeper, keeper)
    assert Order.objects.get(pk=order.pk).person == keeper
    assert list(keeper.tags.all()) == [tag]
    assert actor_of(seen) == actor_of(identify(kind="email", value="b@firma.de")) == keeper.pk
    assert (keeper.city, keeper.job_title, keeper.email) == ("Köln", "Einkauf", "a@firma.de")
    assert (goner.merged_into, survivor_of(goner)) == (keeper, keeper)


def test_a_choice_takes_the_other_value_even_when_it_is_empty():
    keeper, goner = person("a@firma.de", city="Köln", title="Dr."), person("b@firma.de", city="Bonn")
    merged(keeper, goner, city="absorbed", title="absorbed")
    keeper.refresh_from_db()
    assert (keeper.city, keeper.title) == ("Bonn", "")


def test_an_unknown_field_is_refused():
    with pytest.raises(errors.UnknownField):
        merged(person(), person(), score="absorbed")


def test_the_same_label_on_both_is_no_conflict():
    keeper, goner = person("a@firma.de"), person("b@firma.de")
    tag = Tag.objects.create(name="Messe")
    keeper.tags.add(tag)
    goner.tags.add(tag)
    before = everything()
    done = merged(keeper, goner)
    assert list(keeper.tags.all()) == [tag]
    actions.undo_merge(merge=done, by=None)
    assert everything() == before


def test_undo_restores_every_row():
    company = Company.objects.create(name="Firma GmbH", created_at=START)
    keeper, goner = person("a@firma.de"), person("b@firma.de", city="Bonn", company=company)
    actions.add_note(person=goner, text="Notiz", by=None, at=START)
    Order.objects.create(number="R1", person=goner, total=100, placed_at=START)
    before, events = everything(), list(Event.objects.values())
    done = merged(keeper, goner, email="absorbed")
    assert everything() != before
    undone = actions.undo_merge(merge=done, by=None)
    assert (everything(), list(undone.kept)) == (before, [])
    assert list(Event.objects.values())[: len(events)] == events
    assert [event.kind for event in Event.objects.order_by("id")[len(events) :]] == [
        PersonMerged.kind,
        PersonUnmerged.kind,
    ]


def test_what_was_changed_since_stays_and_is_reported():
    keeper, goner = person("a@firma.de"), person("b@firma.de", city="Bonn", job_title="Einkauf")
    third = person("c@firma.de")
    stays = actions.add_note(person=goner, text="bleibt weg", by=None, at=START)
    gone = actions.add_note(person=goner, text="gelöscht", by=None, at=START)
    done = merged(keeper, goner)
    actions.update_person(person=keeper, changes={"city": "Kiel"}, evidence="Hand", at=at(1))
    new = actions.add_note(person=keeper, text="neu", by=None, at=at(2))
    Note.objects.filter(pk=stays.pk).update(person=third)
    gone_id = gone.pk
    actions.delete_note(note=gone)
    undone = actions.undo_merge(merge=done, by=None)
    keeper.refresh_from_db()
    assert (keeper.city, keeper.job_title) == ("Kiel", "")
    assert (Note.objects.get(pk=new.pk).person, Note.objects.get(pk=stays.pk).person) == (keeper, third)
    assert {(kept.what, kept.field, kept.ids) for kept in undone.kept} == {
        ("people.person", "city", ()),
        ("people.note", "person", (stays.pk, gone_id)),
    }


def test_independent_merges_are_undone_in_any_order():
    keeper, two, three = person("a@x.de"), person("b@x.de", city="Bonn"), person("c@x.de", city="Celle")
    tag = Tag.objects.create(name="Messe")
    two.tags.add(tag)
    three.tags.add(tag)
    before = everything()
    first = merged(keeper, two)
    second = merged(keeper, three, city="absorbed")
    actions.undo_merge(merge=first, by=None)
    keeper.refresh_from_db()
    assert (keeper.city, list(keeper.tags.all())) == ("Celle", [tag])
    second.refresh_from_db()
    actions.undo_merge(merge=second, by=None)
    assert everything() == before


def test_a_chain_leads_to_the_last_and_is_undone_from_the_newest():
    one, two, three = person("a@x.de"), person("b@x.de"), person("c@x.de")
    before = everything()
    first, second = merged(two, one), merged(three, two)
    one.refresh_from_db()
    assert (survivor_of(one), find_by_email("a@x.de")) == (three, three)
    assert [merge.pk for merge in merges_of(three)] == [second.pk, first.pk]
    with pytest.raises(errors.UndoNewerFirst) as caught:
        actions.undo_merge(merge=first, by=None)
    assert caught.value.blocking == second
    actions.undo_merge(merge=second, by=None)
    actions.undo_merge(merge=first, by=None)
    assert everything() == before


def test_impossible_merges_are_refused():
    one, two, three = person("a@x.de"), person("b@x.de"), person("c@x.de")
    with pytest.raises(errors.SameRecord):
        merged(one, one)
    done = merged(one, two)
    for pair in ((one, two), (two, three), (three, two)):
        with pytest.raises(errors.AlreadyMerged):
            merged(*pair)
    actions.undo_merge(merge=done, by=None)
    with pytest.raises(errors.AlreadyUndone):
        actions.undo_merge(merge=done, by=None)
    assert Merge.objects.count() == 1


def test_what_happens_after_the_merge_stays_with_the_survivor():
    keeper, goner = person("a@x.de"), person("b@x.de")
    done = merged(keeper, goner)
    actions.log_call(person=goner, outcome="reached", at=at(1))
    actions.log_call(person=keeper, outcome="mailbox", at=at(2))
    view(identify(kind="email", value="b@x.de"), 3)
    actions.undo_merge(merge=done, by=None)
    who = {
        event.data.get("outcome", event.kind): actor_of(event.identity_id) for event in Event.objects.all()
    }
    assert (who["mailbox"], who["page.viewed"]) == (keeper.pk, goner.pk)
    assert Link.objects.filter(person=goner).count() == 2


def test_the_verdict_that_two_differ_is_carried_over_to_the_survivor():
    one, two, three = person("a@x.de"), person("b@x.de"), person("c@x.de")
    actions.dismiss(first=three, second=two)
    merged(one, two)
    assert different_pairs() == {(one.pk, three.pk)}
    assert NotDuplicate.objects.count() == 1


def test_companies_merge_and_come_apart_again():
    one = Company.objects.create(name="Müller GmbH", created_at=START)
    two = Company.objects.create(name="Mueller AG", city="Bonn", created_at=START)
    staff = person("a@x.de", company=two)
    done = actions.company_merge(survivor=one, absorbed=two, reason="", by=None)
    one.refresh_from_db()
    assert (Person.objects.get(pk=staff.pk).company, one.city) == (one, "Bonn")
    assert actions.find_or_create_company(name="Müller", at=START) == (one, False)
    actions.undo_company_merge(merge=done, by=None)
    told = Event.objects.filter(kind__startswith="company.").order_by("id").values_list("kind", "data")
    assert list(told) == [
        ("company.merged", {"company": one.pk, "absorbed": two.pk, "merge": done.pk}),
        ("company.unmerged", {"company": one.pk, "restored": two.pk, "merge": done.pk}),
    ]
    one.refresh_from_db()
    assert (Person.objects.get(pk=staff.pk).company, one.city) == (two, "")
