"""What screens show is the same whoever answers; when nobody does, they say so."""

import random
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.events import FormSubmitted, OrderPaid, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.followers import catch_up
from trichter.core.people.actions import find_or_create_person, link
from trichter.measure.clickhouse.client import Address, Client
from trichter.measure.clickhouse.questions import ClickHouse
from trichter.measure.engine import questions

from .test_follower import feed, read, target

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/app/",
    "/app/kpis/",
    "/app/traffic/?compare=none",
    "/app/traffic/by/source/",
    "/app/traffic/by/landing/",
    "/app/traffic/list/",
    "/app/traffic/list/?what=views",
    "/app/traffic/pages/",
    "/app/traffic/goals/",
    "/app/traffic/retention/",
    "/app/traffic/retention/list/?number=1&later=1",
    "/app/traffic/paths/",
    "/app/funnels/gesamt/?by=source&window=30",
    "/app/funnels/gesamt/?tab=breakdown&by=page&at=last",
    "/app/funnels/gesamt/?tab=time",
    "/app/funnels/gesamt/people/?step=1&what=reached",
    "/app/funnels/gesamt/people/?step=2&what=dropped",
]
CHANGING = re.compile(r"\b[A-Za-z0-9]{64}\b")  # tokens against forged requests


@pytest.fixture
def company():
    """Forty visitors of the last weeks, some of them people, some of them customers."""
    rng = random.Random(4)
    now = timezone.now()
    entries = []
    for number in range(40):
        who = identify(kind="visitor", value=f"v{number}")
        start = now - timedelta(days=rng.randrange(1, 28), minutes=rng.randrange(600))
        source = rng.choice(["google", "bing", ""])
        for view in range(rng.randrange(1, 5)):
            at = start + timedelta(days=view // 2, minutes=view)
            page = rng.choice(["/", "/preise/", "/demo/"])
            entries.append(
                Entry(
                    fact=PageViewed(),
                    at=at,
                    identity=who,
                    session=number * 10 + view // 2,
                    page=page,
                    source=source,
                )
            )
        if number % 3 == 0:
            at = start + timedelta(hours=30)
            entries.append(
                Entry(fact=FormSubmitted(form="demo"), at=at, identity=who, session=number * 10 + 5)
            )
            person, _new = find_or_create_person(
                email=f"p{number}@example.com", defaults={}, at=at, origin="test"
            )
            link(identity=who, person=person, evidence="test", at=at)
        if number % 6 == 0:
            fact = OrderPaid(order=number, number=str(number))
            at = start + timedelta(hours=40)
            entries.append(Entry(fact=fact, at=at, identity=who, value=9_900, currency="EUR"))
    record_many(entries)
    catch_up()
    feed().clear()
    read()


def shown(client, address) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return CHANGING.sub("", answer.content.decode())


def test_every_screen_shows_the_same_figures(company, login):
    client = login("admin")
    ours = {address: shown(client, address) for address in ADDRESSES}
    questions.answer_by(target)
    try:
        theirs = {address: shown(client, address) for address in ADDRESSES}
    finally:
        questions.answer_by(None)
    for address in ADDRESSES:
        assert theirs[address] == ours[address], address


def test_a_screen_says_that_clickhouse_is_away(company, login):
    client = login("admin")
    questions.answer_by(lambda: ClickHouse(Client(Address.of("http://127.0.0.1:9/trichter"))))
    try:
        answer = client.get("/app/traffic/")
    finally:
        questions.answer_by(None)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert b"trichter check" in answer.content
