"""A link, its undo and a late event give the same funnel as a rebuild from the first event."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from trichter.core.events import FormSubmitted, MailSent, OrderPaid, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.followers import catch_up, reset
from trichter.core.people.actions import find_or_create_person, link, unlink
from trichter.core.people.errors import NotLinked
from trichter.kit.clock import Period
from trichter.measure.funnels.presets import lifecycle_funnel
from trichter.measure.funnels.queries import evaluate

from .test_screens import visit_to_order

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
FACTS = {
    "page": PageViewed(), "form": FormSubmitted(form="demo"), "mail": MailSent(subject="x"),
    "order": OrderPaid(order=1, number="1"),
}  # fmt: skip
FUNNELS = [
    visit_to_order(),
    visit_to_order(order="strict", start="first"),
    visit_to_order(order="any"),
    replace(lifecycle_funnel(), window=timedelta(days=10)),
]
WHO, PEOPLE, DAYS = st.integers(0, 3), st.integers(0, 1), st.integers(0, 28)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), WHO, st.sampled_from(sorted(FACTS)), DAYS),
        st.tuples(st.just("link"), WHO, PEOPLE),
        st.tuples(st.just("unlink"), WHO),
        st.tuples(st.just("follow")),
    ),
    max_size=20,
)


class World:
    """Four identities and two people, and what happens to them; the days of events come in any order."""

    def __init__(self):
        self.seen = [identify(kind="visitor", value=f"v{number}") for number in range(4)]
        self.people = [
            find_or_create_person(email=f"p{number}@example.com", defaults={}, at=T0, origin="test")[0]
            for number in range(2)
        ]

    def record(self, who, fact, day):
        money = {"value": 100, "currency": "EUR"} if fact == "order" else {}
        at = T0 + timedelta(days=day)
        record_many(
            [Entry(fact=FACTS[fact], at=at, identity=self.seen[who], session=who, source="s", **money)]
        )

    def link(self, who, person):
        link(identity=self.seen[who], person=self.people[person], evidence="test", at=T0)

    def unlink(self, who):
        with suppress(NotLinked):
            unlink(identity=self.seen[who], reason="test", at=T0)

    def follow(self):
        catch_up()


def answers():
    found = [evaluate(definition=one, period=MARCH, user=None, now=NOW) for one in FUNNELS]
    return [(answer.outcomes, answer.report) for answer in found]


class RebuildTest(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(steps=STEPS)
    def test_any_history_gives_the_funnel_of_a_rebuild(self, steps):
        world = World()
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
        catch_up()
        known = answers()
        reset(name="lifecycle.stages")
        catch_up()
        self.assertEqual(answers(), known)

    @settings(max_examples=15, deadline=None)
    @given(steps=STEPS, who=WHO, person=PEOPLE)
    def test_a_link_and_its_undo_leave_no_trace(self, steps, who, person):
        world = World()
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
        world.unlink(who)
        catch_up()
        known = answers()
        world.link(who, person)
        catch_up()
        world.unlink(who)
        catch_up()
        self.assertEqual(answers(), known)

    @settings(max_examples=15, deadline=None)
    @given(steps=STEPS, late=st.tuples(WHO, st.sampled_from(sorted(FACTS)), DAYS))
    def test_an_event_that_comes_late_counts_as_if_it_had_come_in_time(self, steps, late):
        world = World()
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
        catch_up()
        world.record(*late)
        catch_up()
        known = answers()
        reset(name="lifecycle.stages")
        catch_up()
        self.assertEqual(answers(), known)
