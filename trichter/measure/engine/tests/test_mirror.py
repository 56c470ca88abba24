"""However the journal came about, the mirror answers as the reference does from the tables."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from trichter.core.events import FormSubmitted, MailSent, OrderPaid, PageViewed
from trichter.core.journal.actions import Entry, continue_visits, identify, record_many, retract
from trichter.core.journal.followers import catch_up, reset
from trichter.core.journal.models import Event
from trichter.core.people import actions
from trichter.core.people.actions import find_or_create_person, link, unlink
from trichter.core.people.errors import AlreadyMerged, AlreadyUndone, NotLinked, SameRecord, UndoNewerFirst
from trichter.core.people.models import Merge, Person
from trichter.core.rights.erasing import erase
from trichter.core.rights.subject import Subject
from trichter.measure.engine import questions
from trichter.measure.engine.mirror import own_mirror
from trichter.measure.funnels import reference
from trichter.measure.funnels.definition import Breakdown
from trichter.measure.funnels.dimensions import columns_of, split
from trichter.measure.funnels.loading import companies, journals
from trichter.measure.funnels.occurrences import Span
from trichter.measure.funnels.outcomes import Outcomes
from trichter.measure.funnels.plans import bounds_of, plan_of
from trichter.measure.funnels.presets import lifecycle_funnel
from trichter.measure.funnels.tests.test_screens import visit_to_order

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SPAN = Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
FACTS = {
    "page": PageViewed(), "form": FormSubmitted(form="demo"), "mail": MailSent(subject="x"),
    "order": OrderPaid(order=1, number="1"),
}  # fmt: skip
FUNNELS = [
    visit_to_order(),
    visit_to_order(order="strict", start="first"),
    replace(visit_to_order(order="any"), breakdown=Breakdown("source", "last")),
    replace(visit_to_order(unit="session"), breakdown=Breakdown("data.form", 2)),
    visit_to_order(unit="company"),
    replace(lifecycle_funnel(), window=timedelta(days=10), breakdown=Breakdown("channel")),
]
WHO, PEOPLE, DAYS = st.integers(0, 3), st.integers(0, 2), st.integers(0, 28)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), WHO, st.sampled_from(sorted(FACTS)), DAYS),
        st.tuples(st.just("nobody")),
        st.tuples(st.just("link"), WHO, PEOPLE),
        st.tuples(st.just("unlink"), WHO),
        st.tuples(st.just("merge"), PEOPLE, PEOPLE),
        st.tuples(st.just("unmerge")),
        st.tuples(st.just("retract"), WHO),
        st.tuples(st.just("go_on"), WHO, WHO),
        st.tuples(st.just("erase"), PEOPLE),
        st.tuples(st.just("follow")),
        st.tuples(st.just("start_over")),
        st.tuples(st.just("ask")),
    ),
    max_size=25,
)


class World:
    """Four identities and three people, two of one company; the days of events come in any order."""

    def __init__(self):
        self.company, _new = actions.find_or_create_company(name="Acme", at=T0)
        self.come()

    def come(self):
        """Everybody is there, whoever was erased as somebody new."""
        self.seen = [identify(kind="visitor", value=f"v{number}") for number in range(4)]
        self.people = [
            find_or_create_person(
                email=f"p{number}@example.com", defaults={"company": self.company} if number else {}, at=T0,
                origin="test",
            )[0]
            for number in range(3)
        ]  # fmt: skip

    def record(self, who, fact, day):
        money = {"value": 100, "currency": "EUR"} if fact == "order" else {}
        source = ["google", "bing"][day % 2]
        entry = Entry(
            fact=FACTS[fact], at=T0 + timedelta(days=day), identity=self.seen[who], session=who,
            source=source, batch=who, **money,
        )  # fmt: skip
        record_many([entry])

    def nobody(self):
        """A deal whose person is unknown."""
        record_many([Entry(fact=FACTS["order"], at=T0, identity=None, batch=0)])

    def link(self, who, person):
        survivor = Person.objects.get(pk=self.people[person].pk)
        if survivor.merged_into_id is None:
            link(identity=self.seen[who], person=survivor, evidence="test", at=T0)

    def unlink(self, who):
        with suppress(NotLinked):
            unlink(identity=self.seen[who], reason="test", at=T0)

    def merge(self, one, two):
        with suppress(SameRecord, AlreadyMerged):
            actions.merge(survivor=self.people[one], absorbed=self.people[two], reason="test", by=None)

    def unmerge(self):
        found = Merge.objects.filter(undone_at=None).order_by("-pk").first()
        if found:
            with suppress(AlreadyUndone, UndoNewerFirst):
                actions.undo_merge(merge=found, by=None)

    def retract(self, who):
        retract(batch=who)

    def go_on(self, one, other):
        """The visit of one identity goes on under another."""
        continue_visits([(self.seen[one], self.seen[other], one)])

    def erase(self, person):
        erase(Subject.of(person=Person.objects.get(pk=self.people[person].pk)), at=T0)
        self.come()

    def follow(self):
        catch_up()

    def start_over(self):
        reset(name="lifecycle.stages")

    def ask(self):
        assert by_engine() == by_reference()
        rows = [level.kept() for level in own_mirror().current().levels]
        held = sorted(event for part in rows for event in part.event[part.position == 0].tolist())
        assert held == sorted(Event.objects.values_list("id", flat=True))


def by_reference():
    return [
        reference.evaluate(
            one, journals=journals(definition=one, span=SPAN, user=None), span=SPAN, as_of=NOW,
            company_of=companies(),
        )
        for one in FUNNELS
    ]  # fmt: skip


def by_engine():
    found = []
    for one in FUNNELS:
        ways, book = questions.funnel(
            plan_of(one),
            bounds=bounds_of(SPAN, NOW),
            company_of=companies(),
            columns=columns_of(one.breakdown),
        )
        outcomes = split(ways, book, breakdown=one.breakdown, unit=one.unit)
        assert isinstance(outcomes, Outcomes)
        found.append(list(outcomes))
    return found


class AnyHistory(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(STEPS)
    def test_the_mirror_answers_as_the_tables_do_at_every_moment(self, steps):
        world = World()
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
        world.ask()
        world.follow()
        world.ask()


def test_an_undone_import_of_events_that_are_nobodys_leaves_the_mirror():
    world = World()
    world.nobody()
    world.record(1, "page", 1)
    world.ask()
    world.retract(0)
    world.ask()
