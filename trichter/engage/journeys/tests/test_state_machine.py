"""Whatever happens in whatever order, nobody gets a step twice and nobody loses the place.

Events, kills in the middle of a step, jumps of the clock, edits, new versions, moves between them, pauses.
Few examples by default, two hundred in `make test-full`.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.sizes import FULL, size
from trichter.core.events import FileDownloaded, FormSubmitted, PageViewed
from trichter.core.events.conditions import Malformed
from trichter.core.journal.followers import catch_up, reset
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Task
from trichter.engage.journeys import actions, queries, tree, walking
from trichter.engage.journeys.errors import Changed
from trichter.engage.journeys.models import Enrolment, Passage

from .making import goal, happens, journey, mail, person, task, wait

pytestmark = [pytest.mark.django_db, pytest.mark.sized]
EXAMPLES = size(usual=6, full=200)
VIEWED = {"kind": "page.viewed", "where": []}
PEOPLE = 2


class Killed(Exception):
    """The power went."""


def branch(name: str) -> dict[str, Any]:
    rule = {"all": [{"event": VIEWED}]}
    ways = [{"steps": [task(f"{name}y")]}, {"steps": [wait(f"{name}w"), task(f"{name}n")]}]
    return {"id": name, "do": "branch", "rule": rule, "ways": ways}


def event(name: str) -> dict[str, Any]:
    ways = [{"steps": [task(f"{name}y")]}, {"steps": []}]
    return {"id": name, "do": "wait_event", "event": VIEWED, "minutes": 2_880, "ways": ways}


STEPS = [lambda n: task(n), lambda n: wait(n), lambda n: mail(n, f"M-{n}"), branch, event, lambda n: goal(n)]


class Walking(RuleBasedStateMachine):
    """One journey, two people, a clock that is turned."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.now = timezone.now()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @initialize(
        kinds=st.lists(st.integers(0, len(STEPS) - 1), min_size=2, max_size=5),
        again=st.sampled_from(["never", "ended", "days"]),
    )
    def begin(self, kinds: list[int], again: str) -> None:
        steps = [STEPS[kind](f"a{number}") for number, kind in enumerate(kinds)]
        self.journey = journey(*steps, reentry={"after": again, "days": 2})
        self.people = [person(f"P{number}") for number in range(PEOPLE)]
        self.count = 0

    def tick(self) -> None:
        self.now += timedelta(seconds=1)

    @rule(who=st.integers(0, PEOPLE - 1), what=st.integers(0, 2))
    def something_happens(self, who: int, what: int) -> None:
        self.tick()
        fact = (FileDownloaded(asset="x"), PageViewed(), FormSubmitted(form="Demo"))[what]
        happens(self.people[who], fact, at=self.now)

    @rule()
    def follow(self) -> None:
        catch_up(names=["journeys"])

    @rule()
    def read_the_journal_again(self) -> None:
        reset(name="journeys")
        catch_up(names=["journeys"])

    @rule(moves=st.integers(1, 4))
    def work(self, moves: int) -> None:
        """A worker that stops after so many moves, in the middle of the way."""
        self.tick()
        for pk in queries.due(now=self.now, limit=10):
            for _ in range(moves):
                if not walking.move(enrolment=pk, now=self.now):
                    break

    @rule()
    def die_within_a_step(self) -> None:
        for pk in queries.due(now=self.now, limit=10):
            try:
                with transaction.atomic():
                    walking.move(enrolment=pk, now=self.now)
                    raise Killed
            except Killed:
                pass

    @rule(hours=st.sampled_from([1, 25, 80]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_clock_is_put_back(self) -> None:
        self.now -= timedelta(hours=1)

    @rule(kind=st.integers(0, len(STEPS) - 1), place=st.integers(0, 8))
    def add_a_step(self, kind: int, place: int) -> None:
        self.count += 1
        steps = self.journey.draft["steps"]
        after = steps[place % len(steps)]["id"] if steps and place else ""
        made = STEPS[kind](f"b{self.count}")
        self.edit(lambda draft: tree.insert(draft, made, after=after))

    @rule(place=st.integers(0, 8), by=st.integers(-1, 1))
    def move_or_remove_a_step(self, place: int, by: int) -> None:
        steps = self.journey.draft["steps"]
        if len(steps) > 1:
            name = steps[place % len(steps)]["id"]
            self.edit(lambda draft: tree.move(draft, name, by) if by else tree.remove(draft, name))

    def edit(self, change: Any) -> None:
        actions.edit(journey=self.journey, change=change)
        self.journey.refresh_from_db()

    @rule()
    def switch_on(self) -> None:
        with suppress(Malformed):
            actions.switch_on(journey=self.journey, by=None)

    @rule(choice=st.integers(0, 8))
    def move_people_to_the_new_version(self, choice: int) -> None:
        self.journey.refresh_from_db()
        ids = [*queries.plan_of(self.journey.current).steps, ""]
        gone = actions.open_steps(journey=self.journey)
        actions.move_to_current(
            journey=self.journey, mapping={one: ids[choice % len(ids)] for one in gone}, by=None
        )

    @rule(on=st.booleans())
    def pause_or_resume(self, on: bool) -> None:
        with suppress(Changed):
            (actions.resume if on else actions.pause)(journey=self.journey, by=None)

    @invariant()
    def nobody_gets_a_step_twice(self) -> None:
        done = Counter(
            (row.enrolment.person_id, f"T-{row.step}")
            for row in Passage.objects.filter(outcome="done").select_related("enrolment")
        )
        tasks = Counter(Task.objects.values_list("person_id", "title"))
        assert all(done[key] == count for key, count in tasks.items())
        mails = Counter(Delivery.objects.values_list("mailing__key", "key"))
        assert all(count == 1 for count in mails.values())
        assert Delivery.objects.count() == Passage.objects.filter(delivery__isnull=False).count()

    @invariant()
    def nobody_loses_the_place(self) -> None:
        for row in Enrolment.objects.select_related("version"):
            there = list(Passage.objects.filter(enrolment=row, left_at=None).values_list("step", flat=True))
            if row.state != "active":
                assert there == [] and row.due_at is None and row.ended_at is not None and row.why
                continue
            assert row.step in queries.plan_of(row.version).steps
            assert row.due_at is not None and row.failures == 0
            assert there in ([row.step], [])
            if not there:
                # Only who was moved back to a step done before stands there without a new line.
                assert Passage.objects.filter(enrolment=row, step=row.step).exists()

    @invariant()
    def nobody_is_in_it_twice_at_once(self) -> None:
        active = Counter(Enrolment.objects.filter(state="active").values_list("person_id", flat=True))
        assert all(count == 1 for count in active.values())


def test_nobody_gets_a_step_twice_and_nobody_loses_the_place():
    run_state_machine_as_test(
        Walking,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=25, deadline=None, derandomize=not FULL,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
