"""The table of stage entries is a pure function of the journal, whatever way it came about."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from trichter.core.events import (
    DealOpened,
    DealWon,
    FormSubmitted,
    MailClicked,
    MailSent,
    PageViewed,
    StageSet,
)
from trichter.core.journal import cursors
from trichter.core.journal.actions import Entry, identify, record_many, retract
from trichter.core.journal.followers import catch_up, follower_named, reset, run_once
from trichter.core.lifecycle import jobs, queries
from trichter.core.lifecycle.models import Stage, StageVersion, Transition
from trichter.core.lifecycle.recomputing import forget, reference, stored
from trichter.core.lifecycle.rules import current_stage, evaluate
from trichter.core.lifecycle.scoring.standing import stand
from trichter.core.people.actions import links, merges
from trichter.core.people.errors import NotLinked
from trichter.core.people.models import Person

T0 = datetime(2026, 3, 1, tzinfo=UTC)
NAME = "lifecycle.stages"
FACTS = {
    "page": PageViewed(),
    "form": FormSubmitted(form="kontakt"),
    "demo": FormSubmitted(form="demo"),
    "click": MailClicked(subject="x", machine=False),
    "machine": MailClicked(subject="x", machine=True),
    "sent": MailSent(subject="x"),
    "opened": DealOpened(deal=1, name="d"),
    "won": DealWon(deal=1, name="d"),
    "to-lead": StageSet(stage="lead"),
    "to-sql": StageSet(stage="sql"),
}
DRAFTS = [
    ("mql", {"any_of": [{"event": {"kind": "page.viewed"}, "times": 2, "within_days": 9}]}),
    ("lead", {"any_of": []}),
    ("sql", {"all_of": [{"stage_reached": "lead"}, {"event": {"kind": "form.submitted"}}]}),
    ("visitor", {"any_of": [{"event": {"kind": "page.viewed"}}]}),
    ("mql", {"any_of": [{"score": {"behaviour_at_least": 3}}]}),
    ("mql", {"any_of": [{"score": {"behaviour_at_least": 1, "fit_at_least": "B"}}]}),
]  # fmt: skip

days = st.integers(0, 30)
who = st.integers(0, 3)
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("record"), who, st.sampled_from(sorted(FACTS)), days, st.sampled_from([None, 1, 2])
        ),
        st.tuples(st.just("record"), who, st.sampled_from(["page", "form", "won"]), days, st.none()),
        st.tuples(st.just("link"), who, st.integers(0, 1)),
        st.tuples(st.just("unlink"), who),
        st.tuples(st.just("merge")),
        st.tuples(st.just("undo")),
        st.tuples(st.just("retract"), st.sampled_from([1, 2])),
        st.tuples(st.just("version"), st.integers(0, len(DRAFTS) - 1), days),
        st.tuples(st.just("follow"), st.integers(1, 3)),
    ),
    max_size=25,
)


class World:
    """Four identities, two people, and what is done to them."""

    def __init__(self, case):
        self.case = case
        self.identities = [identify(kind="visitor", value=f"v{number}") for number in range(4)]
        self.people = [
            Person.objects.create(first_name=name, created_at=T0, owner=None) for name in ("Anna", "Bert")
        ]
        self.merge = None
        self.versions = 0

    def do(self, name, *arguments):
        getattr(self, name)(*arguments)

    def record(self, number, fact, day, batch):
        at = T0 + timedelta(days=day)
        record_many([Entry(fact=FACTS[fact], at=at, identity=self.identities[number], batch=batch)])

    def link(self, number, person):
        if self.merge is None:
            links.link(
                identity=self.identities[number],
                person=self.people[person],
                evidence="test",
                at=timezone.now(),
            )

    def unlink(self, number):
        with suppress(NotLinked):
            links.unlink(identity=self.identities[number], reason="test", at=timezone.now())

    def merge_people(self):
        self.merge = merges.merge(survivor=self.people[0], absorbed=self.people[1], reason="test", by=None)

    def undo(self):
        if self.merge is not None:
            merges.undo_merge(merge=self.merge, by=None)
            self.merge = None

    def retract(self, batch):
        retract(batch=batch)

    def version(self, draft, day):
        key, rule = DRAFTS[draft]
        self.versions += 1
        StageVersion.objects.create(
            stage=Stage.objects.get(key=key), number=1 + self.versions, written_rule="x", machine_rule=rule,
            effective_from=T0 + timedelta(days=day, seconds=self.versions),
        )  # fmt: skip
        jobs.recompute_all(now=timezone.now())

    def follow(self, limit):
        with self.case.captureOnCommitCallbacks(execute=True):
            run_once(follower=follower_named(name=NAME), limit=limit)


class Derived(TestCase):
    """Random lives."""

    @settings(max_examples=60, deadline=None)
    @given(steps=steps)
    def test_event_by_event_and_from_scratch_give_the_same(self, steps):
        world = World(self)
        for name, *arguments in steps:
            if name == "merge":
                if world.merge is None:
                    world.merge_people()
            else:
                world.do(name, *arguments)
        catch_up(names=[NAME])
        now = timezone.now()
        found = stored()
        assert Transition.objects.count() == len(found)
        assert found == reference(now=now)
        standing = sorted(Person.objects.values_list("pk", "stage", "score"))
        agreement = queries.agreement()
        expected = []
        for person in Person.objects.order_by("pk"):
            story = queries.person_occurrences(person)
            entries = evaluate(occurrences=story, versions=agreement, now=now)
            model = agreement.model_at(moment=now)
            held = stand(occurrences=story, model=model, moment=now)
            told = queries.explanation_of(person, now=now)
            assert (told.behaviour, told.fit.points, told.fit.grade) == (
                held.behaviour,
                held.fit,
                held.grade,
            )
            assert (
                person.standing.behaviour == person.score if hasattr(person, "standing") else not person.score
            )
            expected.append((person.pk, current_stage(entries), held.behaviour))
        assert standing == expected
        reset(name=NAME)
        assert stored() == set() and not Person.objects.exclude(stage="", score=0).exists()
        catch_up(names=[NAME])
        assert stored() == found
        assert sorted(Person.objects.values_list("pk", "stage", "score")) == standing

    def test_a_merge_and_its_undo_move_the_entries(self):
        world = World(self)
        for number in (0, 1):
            world.link(number, number)
            world.record(number, "form", number, None)
        catch_up(names=[NAME])
        anna, bert = world.people

        def standing():
            return dict(Transition.objects.order_by("at").values_list("person", "stage__key"))

        assert standing() == {anna.pk: "lead", bert.pk: "lead"}
        world.merge_people()
        catch_up(names=[NAME])
        assert standing() == {anna.pk: "lead"}
        world.undo()
        catch_up(names=[NAME])
        assert standing() == {anna.pk: "lead", bert.pk: "lead"}

    def test_what_another_process_forgot_is_built_again(self):
        world = World(self)
        for day in range(4):
            world.record(0, "page", day, None)
        world.follow(2)
        expected = stored()
        assert len(expected) == 1
        forget()
        cursors.rewind(name=NAME)
        world.follow(2)
        assert stored() == expected
        world.follow(2)
        assert stored() == expected
