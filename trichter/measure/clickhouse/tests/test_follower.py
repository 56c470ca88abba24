"""However the journal came about, ClickHouse answers as the reference does from the tables."""

import random
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.sizes import size
from trichter.core.events import FormSubmitted, PageViewed
from trichter.core.journal import cursors
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.followers import catch_up, run_once
from trichter.core.journal.models import Cursor, Event
from trichter.core.lifecycle.models import Transition
from trichter.core.people.actions import find_or_create_person, link
from trichter.core.people.models import Person
from trichter.core.rights.erasing import erase
from trichter.core.rights.subject import Subject
from trichter.measure.clickhouse.client import Address, Client, Unreachable
from trichter.measure.clickhouse.follower import NAME, Feed
from trichter.measure.clickhouse.questions import ClickHouse
from trichter.measure.engine import questions
from trichter.measure.engine.tests.test_mirror import STEPS, T0, World, by_engine, by_reference

from . import engine


def target() -> ClickHouse:
    return ClickHouse(engine.client())


def feed() -> Feed:
    return Feed(target)


def read(*, limit: int = 1_000) -> None:
    """Let the follower read all there is."""
    found = feed()
    while run_once(follower=found, limit=limit):
        pass
    found.carry_stages()
    assert Cursor.objects.get(name=NAME).error == ""


def held() -> list[tuple[int, int, int]]:
    """(actor, event, position) of every row that counts."""
    return engine.client().rows(
        f"SELECT actor, event, position FROM {engine.tables().events} FINAL ORDER BY actor, event, position"
    )


def recorded() -> list[tuple[int, int, int]]:
    events = Event.objects.values_list("identity_id", "identity__link__person_id", "id")
    entries = Transition.objects.values_list("person_id", "identity_id", "cause_id", "position")
    return sorted(
        [(person or -(identity or 0), pk, 0) for identity, person, pk in events]
        + [(person or -identity, cause or 0, 1 + place) for person, identity, cause, place in entries]
    )


@pytest.fixture
def answering():
    """ClickHouse answers what screens ask."""
    feed().clear()
    questions.answer_by(target)
    yield
    questions.answer_by(None)


class Followed(World):
    """The same histories, asked of ClickHouse."""

    def __init__(self, seed):
        super().__init__()
        self.rng = random.Random(seed)

    def ask(self):
        if self.rng.random() < 0.3:
            # As after a crash: everything is delivered once more.
            cursors.rewind(name=NAME)
        read(limit=self.rng.choice([3, 1_000]))
        assert held() == recorded()
        questions.answer_by(target)
        try:
            assert by_engine() == by_reference()
        finally:
            questions.answer_by(None)


@pytest.mark.sized
class AnyHistory(TestCase):
    @settings(phases=[Phase.generate], max_examples=size(usual=8, full=200), deadline=None)
    @given(STEPS, st.integers(0, 2**32))
    def test_clickhouse_answers_as_the_tables_do_once_the_follower_has_read(self, steps, seed):
        feed().clear()
        world = Followed(seed)
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
        world.ask()
        world.follow()
        world.ask()


def view(who: str, *, day: int = 0, page: str = "/") -> None:
    identity = identify(kind="visitor", value=who)
    entry = Entry(fact=PageViewed(), at=T0 + timedelta(days=day), identity=identity, page=page, session=day)
    record_many([entry])


@pytest.mark.django_db
def test_what_was_delivered_twice_is_there_once():
    feed().clear()
    for number in range(30):
        view(f"v{number % 4}", day=number)
    read(limit=7)
    cursors.rewind(name=NAME)
    read(limit=11)
    assert held() == recorded()
    assert len(held()) == 30


class CutOff(Client):
    """A connection that breaks before the n-th statement."""

    def __init__(self, left: int) -> None:
        super().__init__(engine.client().address)
        self.__dict__["_connection"] = engine.client()._connection
        self.left = left

    def _do(self, what):
        self.left -= 1
        if self.left == 0:
            raise Unreachable("cut off")
        return super()._do(what)


@pytest.mark.django_db
def test_a_batch_that_was_cut_off_before_any_of_its_statements_is_made_good():
    feed().clear()
    person, _new = find_or_create_person(email="a@example.com", defaults={}, at=T0, origin="test")
    for number in range(1, 40):
        view(f"v{number}")
        view(f"v{number}", day=1)
        read()
        link(identity=identify(kind="visitor", value=f"v{number}"), person=person, evidence="test", at=T0)
        catch_up()
        view(f"v{number}", day=2)
        broken = CutOff(number)
        run_once(follower=Feed(lambda broken=broken: ClickHouse(broken)))
        Cursor.objects.filter(name=NAME).update(retry_at=None, error="")
        read()
        assert held() == recorded()
        if broken.left > 0:
            return
    raise AssertionError("the batch has more statements than were tried")


@pytest.mark.django_db
def test_who_is_erased_leaves_the_disk_too():
    feed().clear()
    person, _new = find_or_create_person(
        email="petra.lind@example.com", defaults={"first_name": "Petra", "last_name": "Lind"}, at=T0,
        origin="test",
    )  # fmt: skip
    view("v1", page="/danke?mail=petra.lind@example.com")
    visitor = identify(kind="visitor", value="v1")
    page = "/x?q=petra.lind@example.com"
    record_many([Entry(fact=FormSubmitted(form="demo"), at=T0, identity=visitor, page=page)])
    view("v2")
    read()
    link(identity=visitor, person=person, evidence="test", at=T0)
    catch_up()
    read()
    before = len(held())
    assert before and "petra.lind" in everything()
    erase(Subject.of(person=Person.objects.get(pk=person.pk)), at=T0)
    catch_up()
    read()
    assert held() == recorded()
    assert "petra" not in everything().lower()


def everything() -> str:
    """All that lies in the tables, passed over or not."""
    found = engine.client().rows(f"SELECT * FROM {engine.tables().events}")
    return repr(found)


@pytest.mark.django_db
def test_an_address_where_nobody_answers_delays_the_follower_and_parks_nothing():
    view("v1")
    nobody = Feed(lambda: ClickHouse(Client(Address.of("http://127.0.0.1:9/trichter"))))
    assert run_once(follower=nobody) == 0
    cursor = Cursor.objects.get(name=NAME)
    assert cursor.error.startswith("Unreachable")
    assert (cursor.position, cursor.failures) == (0, 1)
