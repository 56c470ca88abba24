"""What makes people join and leave, and what the log and the journal tell about it."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from trichter.core.consent.models import Purpose
from trichter.core.events import MailClicked, OrderPaid
from trichter.core.journal.actions import Entry, record
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import Standing
from trichter.core.lifecycle.scoring.profiles import note_profiles
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Company, Person
from trichter.core.segments import jobs, queries
from trichter.core.segments.actions import (
    archive_segment,
    change_segment,
    create_segment,
    restore_segment,
)
from trichter.core.segments.models import Change, DayCount, Membership, Segment, Touched
from trichter.core.segments.rules.fields import anniversary
from trichter.core.segments.rules.reading import read_rule

from . import strategies as draw

pytestmark = [pytest.mark.django_db]
CLICKED = {"all": [{"mail": "clicked", "when": {"last_days": 30}}]}
BUYERS = {"all": [{"order": "count", "op": "gte", "value": 1}]}


class Context:
    """A job's context."""

    def progress(self, *, done, total):
        """Nobody looks."""


def person(**fields):
    found = Person.objects.create(created_at=timezone.now(), **fields)
    identity_for(person=found)
    return found


def happens(who, fact, *, days=0, **more):
    at = timezone.now() - timedelta(days=days)
    record(Entry(fact=fact, at=at, identity=identity_for(person=who), **more))
    return Event.objects.order_by("-pk").values_list("pk", flat=True)[0]


def log():
    return list(Change.objects.order_by("pk").values_list("segment", "joined", "cause", "event"))


def test_an_event_makes_somebody_join_and_the_journal_tells():
    who, made = person(), create_segment(name="Klicker", rule=CLICKED)
    happens(who, MailClicked(subject="x", machine=True))
    catch_up(names=["segments"])
    assert not log()
    event = happens(who, MailClicked(subject="x"))
    catch_up(names=["segments"])
    assert log() == [(made.pk, True, "event", event)]
    told = Event.objects.get(kind="segment.joined")
    assert told.data == {"segment": made.pk, "name": "Klicker", "cause": "event"}
    assert told.identity_id == identity_for(person=who)
    catch_up(names=["segments"])
    assert Event.objects.filter(kind__startswith="segment.").count() == 1
    made.refresh_from_db()
    assert made.size == 1


def test_segments_that_build_on_it_follow_at_once():
    who, first = person(), create_segment(name="A", rule=BUYERS)
    second = create_segment(name="B", rule={"none": [{"segment": first.pk, "member": True}]})
    assert list(queries.member_ids(segment=second.pk)) == [who.pk]
    event = happens(who, OrderPaid(order=1, number="1"))
    catch_up(names=["segments"])
    assert log()[-2:] == [(first.pk, True, "event", event), (second.pk, False, "segment", None)]


def test_edits_are_noticed_whoever_writes():
    company = Company.objects.create(name="A", city="Bonn", created_at=timezone.now())
    who = person(city="Bonn", company=company)
    rule = {"any": [{"field": "company.city", "op": "is", "value": "Köln"}]}
    made = create_segment(name="A", rule=rule)
    catch_up(names=["segments"])
    Company.objects.filter(pk=company.pk).update(city="Köln")
    catch_up(names=["segments"])
    assert queries.is_member(segment=made.pk, person=who)
    assert log() == [(made.pk, True, "profile", None)]
    Person.objects.filter(pk=who.pk).update(company=None)
    catch_up(names=["segments"])
    assert not queries.is_member(segment=made.pk, person=who)
    assert not Touched.objects.exists()


def test_a_better_fit_makes_somebody_join_when_the_score_is_stored():
    company = Company.objects.create(name="A", created_at=timezone.now())
    who = person(company=company, email="anna@firma.example")
    rule = {
        "all": [
            {"field": "fit", "op": "gte", "value": 35},
            {"field": "grade", "op": "in", "value": ["A", "b"]},
        ]
    }
    made = create_segment(name="Passende", rule=rule)
    other = create_segment(name="Ohne Score", rule={"all": [{"field": "grade", "op": "empty"}]})
    assert queries.is_member(segment=other.pk, person=who)
    follow = ["lifecycle.stages", "segments"]
    note_profiles(now=timezone.now())
    catch_up(names=follow)
    before = Standing.objects.get(person=who)
    assert before.grade not in "A" and not queries.is_member(segment=made.pk, person=who)
    assert not queries.is_member(segment=other.pk, person=who)
    Company.objects.update(employees=250, country="DE")
    Person.objects.update(job_title="Geschäftsführer", country="DE")
    note_profiles(now=timezone.now())
    catch_up(names=follow)
    assert Standing.objects.get(person=who).grade == "A"
    assert queries.is_member(segment=made.pk, person=who)
    assert log()[-1] == (made.pk, True, "profile", None)
    assert not Touched.objects.exists()


def test_points_for_behaviour_alone_are_no_change_of_fit():
    who = person()
    Standing.objects.create(person=who, version=1, behaviour=1, fit=5, grade="C")
    Touched.objects.all().delete()
    Standing.objects.update(behaviour=40)
    assert not Touched.objects.exists()
    Standing.objects.update(fit=6)
    Standing.objects.all().delete()
    assert list(Touched.objects.order_by("pk").values_list("person", "what")) == 2 * [(who.pk, "fit")]


def test_times_of_activity_alone_are_noted_as_such():
    who = person()
    Touched.objects.all().delete()
    Person.objects.filter(pk=who.pk).update(last_seen_at=timezone.now())
    Person.objects.filter(pk=who.pk).update(city="Bonn")
    Person.objects.filter(pk=who.pk).update(city="Bonn")
    assert list(Touched.objects.order_by("pk").values_list("person", "what")) == [
        (who.pk, "seen"),
        (who.pk, "edit"),
    ]


def test_time_passes(time_machine):
    time_machine.move_to(datetime(2026, 5, 10, 9, tzinfo=UTC))
    who = person()
    happens(who, MailClicked(subject="x"), days=29)
    made = create_segment(name="A", rule=CLICKED)
    assert queries.is_member(segment=made.pk, person=who)
    assert made.due_at == datetime(2026, 5, 10, 22, tzinfo=UTC), "midnight in Berlin"
    assert jobs.time_has_passed(Context()) == {}
    time_machine.move_to(datetime(2026, 5, 10, 22, 1, tzinfo=UTC))
    assert jobs.time_has_passed(Context()) == {"changed": 1}
    assert log()[-1] == (made.pk, False, "time", None)
    made.refresh_from_db()
    assert made.due_at == datetime(2026, 5, 11, 22, tzinfo=UTC)


def test_an_archived_segment_rests_and_is_looked_at_anew_when_it_returns():
    who, made = person(), create_segment(name="A", rule=BUYERS)
    archive_segment(segment=made)
    happens(who, OrderPaid(order=1, number="1"))
    catch_up(names=["segments"])
    assert not Membership.objects.exists()
    restore_segment(segment=Segment.objects.get(pk=made.pk))
    assert queries.is_member(segment=made.pk, person=who)


def test_another_rule_lets_people_in_and_out_and_the_journal_says_nothing():
    bonn, berlin = person(city="Bonn"), person(city="Berlin")
    made = create_segment(name="A", rule={"all": [{"field": "city", "op": "is", "value": "Bonn"}]})
    told = Event.objects.count()
    rule = {"all": [{"field": "city", "op": "is", "value": "Berlin"}]}
    made = change_segment(segment=made, name="A", rule=rule)
    assert list(queries.member_ids(segment=made.pk)) == [berlin.pk]
    assert (made.size, made.filled, Event.objects.count()) == (1, 2, told)
    lines = Change.objects.order_by("pk").values_list("person", "joined", "cause", "by")
    assert list(lines) == [
        (bonn.pk, True, "rule", None),
        (berlin.pk, True, "rule", None),
        (bonn.pk, False, "rule", None),
    ]


def test_a_consent_that_ends_is_seen_by_the_next_event(time_machine):
    """The judgement of a rule is kept for the day, but not where minutes matter."""
    Purpose.objects.get_or_create(key="newsletter", defaults={"name_de": "N", "name_en": "N"})
    time_machine.move_to(draw.NOW)
    who = person(city="Bonn")
    draw.write_consents(who, [(1, "given", 0)])
    consent = {"consent": {"purpose": "newsletter", "channel": "email"}}
    made = create_segment(name="A", rule={"all": [consent, {"mail": "clicked", "at_most": 5}]})
    assert not queries.is_member(segment=made.pk, person=who)
    time_machine.move_to(draw.NOW - timedelta(minutes=5))
    happens(who, MailClicked(subject="x"))
    catch_up(names=["segments"])
    assert queries.is_member(segment=made.pk, person=who)
    time_machine.move_to(draw.NOW + timedelta(minutes=5))
    happens(who, MailClicked(subject="x"))
    catch_up(names=["segments"])
    assert not queries.is_member(segment=made.pk, person=who)


def test_sizes_are_noted_once_a_day():
    create_segment(name="A", kind="static", people=[person().pk])
    jobs.note_sizes(Context())
    jobs.note_sizes(Context())
    assert list(DayCount.objects.values_list("size", flat=True)) == [1]


def test_a_leap_day_has_its_anniversary_on_the_first_of_march():
    assert str(anniversary(datetime(2024, 2, 29).date(), 2026)) == "2026-03-01"


def test_one_change_of_a_contact_updates_two_hundred_segments_in_a_few_statements():
    """Lesson 5. The nightly check then finds nothing to put right."""
    who, other = person(city="Bonn", country="DE"), person(city="Bonn", country="DE")
    rules = [
        {"all": [{"field": "country", "op": "is", "value": "DE"}, {"field": "city", "op": op, "value": town}]}
        for town in ("Bonn", "Köln")
        for op in ("is", "is_not")
    ]
    Segment.objects.bulk_create(
        Segment(name=f"S{n}", rule=read_rule(rules[n % 4]).to_json()) for n in range(200)
    )
    assert queries.live() and jobs.everybody_is_where_they_should_be(Context())["wrong"] == 200
    mine = Membership.objects.filter(person=who)
    before = set(mine.values_list("segment", flat=True))
    assert len(before) == 100 and Membership.objects.filter(person=other).count() == 100

    Person.objects.filter(pk=who.pk).update(city="Köln")
    newest = Change.objects.order_by("-pk").values_list("pk", flat=True)[0]
    began = time.process_time()
    with CaptureQueriesContext(connection) as few:
        catch_up(names=["segments"])
    print(
        f"\n200 segments: {len(few)} statements, {1_000 * (time.process_time() - began):.0f} ms of the processor"
    )
    assert (
        set(mine.values_list("segment", flat=True))
        == set(Segment.objects.values_list("pk", flat=True)) - before
    )
    steps = Change.objects.filter(pk__gt=newest)
    assert steps.count() == 200 and set(steps.values_list("person", "cause")) == {(who.pk, "profile")}
    assert set(steps.filter(joined=False).values_list("segment", flat=True)) == before
    assert Membership.objects.filter(person=other).count() == 100
    found = jobs.everybody_is_where_they_should_be(Context())
    assert (found["wrong"], found["segments"], found["people"]) == (0, 200, 2)
