"""What is asked about one person costs the same however many others there are: counted in SQLite's own steps."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.databases import copy_to
from trichter.config import statistics
from trichter.core.consent.queries import may_many
from trichter.core.events import PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.mail.models import Delivery, Mailing
from trichter.core.mail.tests.making import agree
from trichter.core.people.actions import link, unlink
from trichter.core.people.models import Person
from trichter.core.people.queries import emails_of
from trichter.core.people.tests.helpers import person
from trichter.core.rights.subject import Subject
from trichter.engage.journeys.models import Enrolment, Journey
from trichter.engage.journeys.queries import active_of
from trichter.engage.journeys.tests.making import journey, task

pytestmark = pytest.mark.django_db
_FEW, _MANY = 20, 160
_GRAIN = 10
"""SQLite's steps are counted in tens."""


@pytest.fixture(autouse=True)
def _on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL gathers statistics of its own")


def others(first: int, last: int) -> None:
    """People with two browsers, pages seen, a consent, mails, and a place in a journey."""
    way = Journey.objects.first() or journey(task("s1"))
    mailing, _ = Mailing.objects.get_or_create(key="brief", defaults={"name": "Brief"})
    now = timezone.now()
    for number in range(first, last):
        address = f"person{number}@example.com"
        one, identity = person(address), agree(address)
        seen = [identify(kind="visitor", value=f"browser {number} {place}") for place in range(2)]
        for place, browser in enumerate(seen):
            link(identity=browser, person=one, evidence="Test", at=now)
            at = now - timedelta(days=place + 1)
            record_many(
                [Entry(fact=PageViewed(), at=at + timedelta(minutes=turn), identity=browser, page="/p",
                       session=2 * number + place + 1) for turn in range(3)]
            )  # fmt: skip
        for turn in range(2):
            Delivery.objects.create(
                mailing=mailing, key=f"brief {turn}", identity_id=identity, person=one, address=address,
                state="sent", sent_at=now, message_id=f"<{number}.{turn}@example.com>", next_at=now, not_before=now,
            )  # fmt: skip
        Enrolment.objects.create(
            journey=way, version=way.current, person=one, step="s1", came_at=now, since=now, started_at=now,
            how="hand",
        )  # fmt: skip


def steps(asked: Callable[[], Any]) -> int:
    """How much SQLite does for it, in instructions of its machine; warm."""
    done = 0

    def count() -> int:
        nonlocal done
        done += _GRAIN
        return 0

    asked()
    connection.ensure_connection()
    database = cast(sqlite3.Connection, connection.connection)
    database.set_progress_handler(count, _GRAIN)
    try:
        asked()
    finally:
        database.set_progress_handler(None, 0)
    return done


def questions(client: Any) -> dict[str, Callable[[], Any]]:
    """By name what is asked about the first person."""
    one = Person.objects.get(email="person0@example.com")
    address, browser = identify(kind="email", value=one.email), identify(kind="visitor", value="browser 0 0")

    def page(name: str, *numbers: int) -> Callable[[], Any]:
        return lambda: client.get(reverse(name, args=[one.pk, *numbers])).content

    def move() -> None:
        unlink(identity=browser, reason="Test", at=timezone.now())
        link(identity=browser, person=one, evidence="Test", at=timezone.now())

    return {
        "page": page("people:person_detail"),
        "visit": page("people:visit", 1),
        "proof": page("consent:person_proof", "newsletter"),  # type: ignore[arg-type]
        "addresses": lambda: emails_of(one),
        "consent": lambda: may_many(identities=[address], purpose="newsletter", channel="email"),
        "journeys": lambda: active_of([one.pk]),
        "records": lambda: [list(rows) for _holding, rows in Subject.of(one).rows()],
        "link": move,
    }


def test_one_among_many_costs_as_much_as_one_among_few(login):
    client = login("admin")
    others(0, _FEW)
    few = {name: steps(asked) for name, asked in questions(client).items()}
    others(_FEW, _MANY)
    many = {name: steps(asked) for name, asked in questions(client).items()}
    # Deeper trees, and pages that count something for the menu, cost a little; eight times as many would show.
    grown = {name: (few[name], many[name]) for name in few if many[name] > 1.5 * few[name] + 1_000}
    assert all(few.values()) and not grown


def test_every_line_names_an_index_that_there_is(tmp_path):
    """`make statistics` renews them."""
    copy_to(tmp_path / "new.sqlite3")
    with sqlite3.connect(tmp_path / "new.sqlite3") as database:
        known = set(database.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'"))
        told = database.execute("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx").fetchall()
    assert told == statistics.stored()
    assert {(table, index) for table, index, _stat in told} <= known


def test_they_are_put_where_others_stand():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_stat1 SET stat = '1 1'")
        statistics.put()
        cursor.execute("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx")
        assert cursor.fetchall() == statistics.stored()
