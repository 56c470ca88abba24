"""From the event to the last step, through follower and worker."""

import threading
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone
from django.utils.translation import override

from trichter.core.events import ConsentWithdrawn, FileDownloaded, FormSubmitted, MailClicked, PageViewed
from trichter.core.events.conditions import Malformed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.followers import catch_up, reset
from trichter.core.journal.models import Event
from trichter.core.lifecycle.actions import ensure_defaults
from trichter.core.lifecycle.models import Stage, Transition
from trichter.core.mail.models import Delivery
from trichter.core.mail.sending import Sender
from trichter.core.mail.tests.making import ready
from trichter.core.notices.models import Notice
from trichter.core.people.actions.links import link
from trichter.core.people.models import Tag, Task
from trichter.core.rights.restricting import lift, restrict
from trichter.core.segments.actions import create_segment
from trichter.core.segments.models import Membership, Segment
from trichter.engage.journeys import actions, calling, entering, jobs, queries, story, walking
from trichter.engage.journeys.errors import NotAllowed, NotRunning
from trichter.engage.journeys.models import Call, Enrolment, Passage
from trichter.engage.mailtemplates.actions import from_starter

from .making import (
    DOWNLOAD,
    HAND,
    agree,
    goal,
    happens,
    journey,
    mail,
    person,
    service,
    task,
    wait,
    way,
    work,
)

pytestmark = pytest.mark.django_db
FILE = FileDownloaded(asset="Whitepaper")
DEMO = FormSubmitted(form="Demo")


def only() -> Enrolment:
    return Enrolment.objects.select_related("person", "journey", "version").get()


def test_a_download_begins_the_sequence_and_the_demo_pulls_to_the_task():
    anna, made = person(), journey(mail("s1"), wait("s2", 3), mail("s3", "Zwei"), goal("s4"), task("s5"))
    agree(anna.email)
    happens(anna, FILE)
    work()
    assert way(only()) == [("s1", "done"), ("s2", "")]
    first = Delivery.objects.get()
    assert (first.mailing.key, first.key) == (f"journey-{made.pk}-s1", f"enrolment-{only().pk}")
    now = timezone.now() + timedelta(days=3, minutes=1)
    work(now)
    assert way(only())[1:] == [("s2", "waited"), ("s3", "done"), ("s4", "missed")]
    assert only().why == "missed" and not Task.objects.exists()

    ben = person("Ben")
    happens(ben, FILE)
    work()
    happens(ben, MailClicked(subject="Hallo", machine=True))
    happens(ben, DEMO)
    work()
    row = Enrolment.objects.get(person=ben)
    assert way(row) == [("s1", "done"), ("s2", "pulled"), ("s4", "reached"), ("s5", "done")]
    assert (row.state, row.why) == ("done", "finished")
    assert Task.objects.get().title == "T-s5"
    # The mail that still waited is out of date.
    assert Delivery.objects.get(person=ben).state == "cancelled"
    told = Event.objects.filter(kind__startswith="journey.").order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["journey.entered", "journey.ended"] * 2
    counts = queries.step_counts(journey=made)
    assert (counts["s2"].came, counts["s2"].here, counts["s2"].went_on, counts["s2"].left) == (2, 0, 2, 0)


def test_reading_the_journal_again_lets_nobody_in_twice():
    anna = person()
    journey(task("s1"), reentry={"after": "ended", "days": 0})
    happens(anna, FILE)
    work()
    reset(name="journeys")
    work()
    assert Enrolment.objects.count() == 1 and Task.objects.count() == 1
    happens(anna, FILE)
    work()
    assert Enrolment.objects.count() == 2 and Task.objects.count() == 2


def test_what_happened_before_it_ran_or_came_by_an_import_begins_nothing():
    anna = person()
    happens(anna, FILE)
    journey(task("s1"))
    happens(anna, FILE, batch=7)
    happens(anna, FILE, at=timezone.now() - timedelta(days=1))
    work()
    assert not Enrolment.objects.exists()


def test_a_visitor_who_becomes_known_enters_by_what_he_did_before():
    journey(task("s1"))
    visitor, now = identify(kind="visitor", value="v1"), timezone.now()
    record(Entry(fact=FILE, at=now, identity=visitor))
    work()
    assert not Enrolment.objects.exists()
    link(identity=visitor, person=person(), evidence="Form", at=timezone.now())
    work()
    assert Task.objects.count() == 1


def test_an_exit_ends_it_and_calls_off_what_waits():
    anna = person()
    journey(mail("s1"), wait("s2"), task("s3"), exits=[{"consent": "newsletter"}])
    happens(anna, FILE)
    work()
    happens(anna, ConsentWithdrawn(purpose="newsletter", channel="email", record=1))
    work()
    assert (only().state, only().why) == ("left", "exit_consent")
    assert way(only()) == [("s1", "done"), ("s2", "left")]
    assert Delivery.objects.get().state == "cancelled"
    assert queries.step_counts(journey=only().journey)["s2"].left == 1


def test_whose_data_is_only_stored_enters_nothing_and_stays_where_they_are_until_it_is_lifted():
    anna, ben = person(), person("Ben")
    made = journey(wait("s1"), task("s2"))
    happens(anna, FILE)
    work()
    for one in (anna, ben):
        restrict(person=one, ground="accuracy")
    happens(ben, FILE)
    later = timezone.now() + timedelta(days=2)
    work(later)
    assert way(only()) == [("s1", "")] and not Task.objects.exists()
    assert walking.walk(enrolment=only().pk, now=later) == 0, "also when it was found due just before"
    with override("en"):
        assert "restricted" in story.line_of(only(), now=later)["next"]
    with pytest.raises(NotAllowed):
        entering.enrol_by_hand(journey=made, person=ben, by=None)
    lift(person=anna, note="geklärt", by=None)
    work(later)
    assert way(only()) == [("s1", "waited"), ("s2", "done")] and Task.objects.count() == 1


def test_a_call_to_a_program_waits_while_the_data_is_only_stored():
    anna = person()
    journey({"id": "s1", "do": "webhook", "url": "https://example.invalid/hook"})
    happens(anna, FILE)
    work()
    restrict(person=anna, ground="accuracy")
    assert calling.call_next(now=timezone.now()) is False
    assert Call.objects.get().state == "due"


def test_a_service_mail_needs_no_consent_and_counts_in_no_limit_and_advertising_does():
    ready(per_person_day=1, per_person_week=1)
    anna, ben = person(), person("Ben")
    agree(ben.email)
    journey(service("s1"), mail("s2", "Werbung"), service("s3"), mail("s4", "Noch mehr"))
    for one in (anna, ben):
        happens(one, FILE)
    work()
    sender = Sender()
    while sender.send_next():
        pass
    rows = Delivery.objects.order_by("person", "pk")
    found = {one: [(row.state, row.reason) for row in rows.filter(person=one)] for one in (anna, ben)}
    no, sent = ("suppressed", "no_consent"), ("sent", "")
    assert found[anna] == [sent, no, sent, no]
    assert found[ben] == [sent, sent, sent, ("due", "too_often")]
    told = [
        part.as_string() for part in (one.message() for one in outbox.outbox) if "Termin" in part["Subject"]
    ]
    assert len(told) == 4 and not any("List-Unsubscribe" in one for one in told)


def test_a_step_that_becomes_a_service_mail_keeps_what_was_queued_as_advertising():
    anna, ben = person(), person("Ben")
    made = journey(mail("s1"))
    happens(anna, FILE)
    work()
    actions.edit(journey=made, change=lambda old: old | {"steps": [service("s1")]})
    actions.switch_on(journey=made, by=None)
    happens(ben, FILE)
    work()
    classes = Delivery.objects.order_by("pk").values_list("mailing__message_class", flat=True)
    assert list(classes) == ["marketing", "contract"]


def test_advertising_is_not_sent_as_a_service_mail_by_its_template():
    made = journey(on=False)
    ad = from_starter(key="newsletter", language="de", live=True)
    source = {"kind": "renderer", "key": "mailtemplates.template", "variables": {"template": ad.key}}
    step = {"id": "s1", "do": "mail", "class": "contract", "source": source}
    for known, wrong in ((step, "advertising"), (step | {"class": "gift"}, "service mail")):
        actions.edit(journey=made, change=lambda old, known=known: old | {"steps": [known]})
        with pytest.raises(Malformed) as refused:
            actions.switch_on(journey=made, by=None)
        assert any(wrong in one.message for one in refused.value.problems)


def test_every_action_does_its_deed_once(make_user):
    ensure_defaults()
    boss = make_user("sales")
    anna = person(owner=boss)
    chosen = create_segment(name="Von Hand", kind=Segment.Kind.STATIC)
    stage = Stage.objects.order_by("position")[2]
    made = journey(
        {"id": "a", "do": "tag", "tag": "warm"}, {"id": "b", "do": "score", "label": "warm"}, task("c"),
        {"id": "d", "do": "notify", "text": "Bitte ansehen"}, {"id": "e", "do": "stage", "stage": stage.key},
        {"id": "f", "do": "segment", "segment": chosen.pk},
        {"id": "g", "do": "webhook", "url": "https://example.com/hook"},
        {"id": "h", "do": "tag", "tag": "warm", "remove": True},
    )  # fmt: skip
    happens(anna, FILE)
    work()
    anna.refresh_from_db()
    assert [outcome for _step, outcome in way(only())] == ["done"] * 8
    assert Tag.objects.filter(name="warm").exists() and not anna.tags.exists()
    assert Event.objects.get(kind="journey.scored").data == {"label": "warm", "journey": made.pk}
    assert Task.objects.get().assignee == boss and anna.stage == stage.key
    notice = Delivery.objects.get()
    assert (notice.address, notice.mailing.message_class) == (boss.email, "system")
    bell = Notice.objects.get()
    assert (bell.user, bell.text, bell.url) == (boss, "Bitte ansehen", f"/app/people/{anna.pk}/")
    assert Membership.objects.get().person_id == anna.pk
    assert Call.objects.get().body["data"]["person"]["email"] == anna.email


def test_a_question_sends_people_two_ways():
    rule = {"all": [{"event": {"kind": "page.viewed", "where": []}}]}
    ask = {"id": "q", "do": "branch", "rule": rule, "ways": [{"steps": [task("y")]}, {"steps": [task("n")]}]}
    anna, ben = person(), person("Ben")
    journey(ask)
    happens(anna, PageViewed(), page="/preise")
    for one in (anna, ben):
        happens(one, FILE)
    work()
    assert way(Enrolment.objects.get(person=anna)) == [("q", "yes"), ("y", "done")]
    assert way(Enrolment.objects.get(person=ben)) == [("q", "no"), ("n", "done")]


def test_joining_a_segment_entering_a_stage_and_a_date_begin_a_journey():
    ensure_defaults()
    chosen = create_segment(name="Von Hand", kind=Segment.Kind.STATIC)
    stage = Stage.objects.order_by("position").first()
    by_segment = journey(task("a"), triggers=[{"segment": chosen.pk}])
    by_stage = journey(task("b"), triggers=[{"stage": stage.key}])
    by_date = journey(task("c"), triggers=[{"date": "created_at", "days": 30}])
    anna, ben = person(), person("Ben")
    from trichter.core.segments.actions import add_people

    add_people(segment=chosen, people=[anna.pk])
    Transition.objects.create(person=anna, stage=stage, at=timezone.now(), position=0)
    Transition.objects.create(person=ben, stage=stage, at=timezone.now() - timedelta(days=3), position=0)
    type(ben).objects.filter(pk=ben.pk).update(created_at=timezone.now() - timedelta(days=30))
    for _ in range(2):
        work()
        jobs.let_in_by_stage()
        jobs.let_in_by_date()
    found = {(row.journey_id, row.person_id, row.how) for row in Enrolment.objects.all()}
    assert found == {
        (by_segment.pk, anna.pk, "event"),
        (by_stage.pk, anna.pk, "stage"),
        (by_date.pk, ben.pk, "date"),
    }


def test_whoever_has_begun_ends_by_the_version_it_began_by():
    anna, ben = person(), person("Ben")
    made = journey(wait("s1"), task("s2"), task("s3"))
    happens(anna, FILE)
    work()
    actions.edit(journey=made, change=lambda draft: draft | {"steps": [wait("s1"), task("s3"), task("s4")]})
    actions.switch_on(journey=made, by=None)
    happens(ben, FILE)
    work()
    work(timezone.now() + timedelta(days=2))
    assert [step for step, _o in way(Enrolment.objects.get(person=anna))] == ["s1", "s2", "s3"]
    assert [step for step, _o in way(Enrolment.objects.get(person=ben))] == ["s1", "s3", "s4"]


def test_people_are_moved_to_the_new_version_only_when_told_and_repeat_nothing():
    anna = person()
    made = journey(task("s1"), wait("s2"), task("s3"))
    happens(anna, FILE)
    work()
    actions.edit(journey=made, change=lambda draft: draft | {"steps": [task("s1"), task("s4"), wait("s5")]})
    actions.switch_on(journey=made, by=None)
    assert actions.open_steps(journey=made) == ["s2"]
    with pytest.raises(LookupError):
        actions.move_to_current(journey=made, mapping={}, by=None)
    assert only().version.number == 1
    assert actions.move_to_current(journey=made, mapping={"s2": "s1"}, by=None) == 1
    work()
    assert way(only()) == [("s1", "done"), ("s2", "version"), ("s4", "done"), ("s5", "")]
    assert sorted(Task.objects.values_list("title", flat=True)) == ["T-s1", "T-s4"]


def test_a_pause_stops_the_clock_for_nobody_but_moves_nobody_either():
    anna = person()
    made = journey(wait("s1"), task("s2"))
    happens(anna, FILE)
    work()
    actions.pause(journey=made, by=None)
    work(timezone.now() + timedelta(days=2))
    with override("en"):
        assert only().step == "s1" and "paused" in story.line_of(only())["next"]
    actions.resume(journey=made, by=None)
    work(timezone.now() + timedelta(days=2))
    assert only().state == "done"
    assert actions.stop(journey=made, by=None) == 0


def test_stopping_takes_everybody_out():
    made = journey(wait("s1"), triggers=[DOWNLOAD])
    for name in ("Anna", "Ben"):
        happens(person(name), FILE)
    work()
    assert actions.stop(journey=made, by=None) == 2
    assert set(Enrolment.objects.values_list("state", "due_at")) == {("stopped", None)}


def test_a_step_that_breaks_is_tried_again_and_stops_nobody_else(monkeypatch):
    anna, ben = person(), person("Ben")
    made = journey({"id": "s1", "do": "task", "title": "x", "days": 1, "to": None})
    broken = {"steps": [{"id": "s1", "do": "stage", "stage": "nowhere"}, task("s2")]}
    happens(anna, FILE)
    catch_up(names=["journeys"])
    version = only().version
    # A version as an older release may have stored it.
    type(version).objects.filter(pk=version.pk).update(
        definition=made.draft | {"steps": [{"id": "s1", "do": "?"}]}
    )
    happens(ben, FILE)
    work()
    row = Enrolment.objects.get(person=anna)
    assert row.failures == 1 and "Malformed" in row.error and row.due_at > timezone.now()
    type(version).objects.filter(pk=version.pk).update(definition=made.draft | broken)
    work(timezone.now() + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.state, row.failures, row.error) == ("done", 0, "")
    assert way(row) == [("s1", "gone"), ("s2", "done")]


def test_by_hand(make_user):
    boss, anna = make_user("marketing"), person()
    made = journey(wait("s1"), triggers=[], **HAND)
    entering.enrol_by_hand(journey=made, person=anna, by=boss)
    with pytest.raises(NotAllowed):
        entering.enrol_by_hand(journey=made, person=anna, by=boss)
    assert entering.take_out(enrolment=only(), by=boss) and not entering.take_out(enrolment=only(), by=boss)
    actions.pause(journey=made, by=boss)
    with pytest.raises(NotRunning):
        entering.enrol_by_hand(journey=made, person=person("Ben"), by=boss)


def test_only_those_who_fulfil_the_rule_enter():
    journey(task("s1"), who={"all": [{"field": "city", "op": "is", "value": "Köln"}]})
    for name, city in (("Anna", "Köln"), ("Ben", "Bonn")):
        happens(person(name, city=city), FILE)
    work()
    assert [row.person.last_name for row in Enrolment.objects.all()] == ["Anna"]


def test_an_unsound_draft_is_not_switched_on():
    made = journey(on=False)
    with pytest.raises(Malformed):
        actions.switch_on(journey=made, by=None)
    made.refresh_from_db()
    assert made.state == "draft" and made.current is None


def test_two_workers_move_somebody_once():
    anna = person()
    journey(task("s1"), wait("s2"))
    happens(anna, FILE)
    catch_up(names=["journeys"])
    pk, now = only().pk, timezone.now()
    seen = Enrolment.objects.get(pk=pk).moves
    assert walking.move(enrolment=pk, now=now)
    # The other one read the row before the move.
    mine = Enrolment.objects.filter(pk=pk, state="active", moves=seen, due_at__lte=now)
    assert mine.update(moves=seen + 1) == 0
    work()
    assert Task.objects.count() == 1 and Passage.objects.filter(step="s1").count() == 1


def test_whoever_was_merged_away_goes_no_further():
    anna, ben = person(), person("Ben")
    journey(wait("s1"), task("s2"))
    happens(anna, FILE)
    work()
    type(anna).objects.filter(pk=anna.pk).update(merged_into=ben)
    walking.turn(threading.Event(), now=timezone.now() + timedelta(days=2))
    assert (only().state, only().why) == ("left", "merged")
