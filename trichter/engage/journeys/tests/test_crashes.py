"""Workers die at every point between claim, effect and move; calls are repeated under one number only."""

import json
import threading
import time
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from trichter.core.events import FileDownloaded
from trichter.core.jobs.tests.processes import Processes
from trichter.core.journal.followers import catch_up
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Task
from trichter.engage.journeys import calling
from trichter.engage.journeys.models import Call, Enrolment, Journey, Passage

from .making import happens, journey, mail, person, task, wait, way, work

FILE = FileDownloaded(asset="x")


@pytest.fixture
def processes(transactional_db, tmp_path):
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()


POINTS = ("journeys_claimed", "journeys_effect", "journeys_moved", "journeys_moved:2")


def begin(number: int) -> None:
    happens_to = person(f"P{number}")
    journey(task("s1", f"T{number}"), mail("s2"), wait("s3"))
    happens(happens_to, FILE)
    catch_up(names=["journeys"])


def stand(number: int) -> tuple[str, list[str], int, list[tuple[str, str]], int]:
    """Step, open passages, tasks, the way so far, mails."""
    row = Enrolment.objects.get(person__last_name=f"P{number}", state="active")
    there = list(Passage.objects.filter(enrolment=row, left_at=None).values_list("step", flat=True))
    tasks = Task.objects.filter(title=f"T{number}").count()
    return row.step, there, tasks, way(row), Delivery.objects.filter(person=row.person).count()


def put_away() -> None:
    Journey.objects.update(state=Journey.State.PAUSED)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_leaves_everybody_before_or_behind_the_step(processes):
    for number, point in enumerate(POINTS):
        processes.call(partial(begin, number))
        assert processes.end(processes.start(work, crash_at=point))[0] == -9
        step, there, tasks, _way, mails = processes.call(partial(stand, number))
        assert (step, there, tasks, mails) == (
            ("s2", ["s2"], 1, 0) if point.endswith(":2") else ("s1", ["s1"], 0, 0)
        )
        processes.call(work)
        done = [("s1", "done"), ("s2", "done"), ("s3", "")]
        assert processes.call(partial(stand, number)) == ("s3", ["s3"], 1, done, 1)
        processes.call(put_away)


class Receiver(BaseHTTPRequestHandler):
    """Notes what it gets, and answers with the next status."""

    got: list[tuple[dict[str, str], bytes]] = []
    answers: list[int | str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append((dict(self.headers.items()), body))
        answer = self.answers.pop(0) if self.answers else 204
        if answer == "never":
            time.sleep(0.5)
        if isinstance(answer, str):
            return  # the connection ends without a word
        self.send_response(answer)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver():
    Receiver.got, Receiver.answers = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def call_to(url: str) -> Call:
    journey({"id": "s1", "do": "webhook", "url": url})
    happens(person(), FILE)
    work()
    return Call.objects.get()


@pytest.mark.django_db
def test_a_program_is_called_with_a_signature_it_can_check(receiver, settings):
    settings.WEBHOOKS_INTO_OWN_NETWORK = True
    row = call_to(f"http://127.0.0.1:{receiver.server_port}/hook?a=1")
    Receiver.answers = [503, 200]
    now = timezone.now()
    assert calling.call_next(now=now) and not calling.call_next(now=now)
    row.refresh_from_db()
    assert (row.state, row.answer, row.attempts) == ("due", "503", 1)
    assert calling.call_next(now=row.next_at)
    row.refresh_from_db()
    assert (row.state, row.answer) == ("sent", "200")
    headers, body = Receiver.got[1]
    lower = {name.lower(): value for name, value in headers.items()}
    found: Any = Webhook(row.enrolment.journey.secret).verify(body.decode(), lower)
    assert found["data"]["person"]["last_name"] == "Anna" and json.loads(body) == found
    assert lower["webhook-id"] == str(row.number) and str(row.number) in Receiver.got[0][0].values()


@pytest.mark.django_db
def test_no_call_goes_into_the_own_network():
    row = call_to("https://localhost/hook")
    assert calling.call_next(now=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.answer) == ("failed", "not a public address")


@pytest.mark.django_db
@pytest.mark.parametrize("silence", ["never", "closed"])
def test_who_does_not_answer_gets_the_same_number_again_and_counts_one_change_once(
    receiver, settings, monkeypatch, silence
):
    """Lesson 21: the receiver has taken it and was too slow to say so."""
    settings.WEBHOOKS_INTO_OWN_NETWORK = True
    monkeypatch.setattr(calling, "_TIMEOUT", httpx2.Timeout(0.3))
    row = call_to(f"http://127.0.0.1:{receiver.server_port}/hook")
    Receiver.answers = [silence, silence, 200]
    now = timezone.now()
    for attempt in (1, 2):
        assert calling.call_next(now=now) and not calling.call_next(now=now)
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("due", attempt) and row.next_at > now
        now = row.next_at
    assert calling.call_next(now=now) and not calling.call_next(now=now + timedelta(days=9))
    row.refresh_from_db()
    assert (row.state, row.answer) == ("sent", "200")
    numbers = [
        next(v for k, v in headers.items() if k.lower() == "webhook-id") for headers, _ in Receiver.got
    ]
    assert numbers == 3 * [str(row.number)] and len({body for _, body in Receiver.got}) == 1
    work()
    assert Call.objects.count() == 1


@pytest.mark.django_db
def test_a_call_whose_worker_died_is_due_again_and_given_up_as_unclear_after_ten():
    row = call_to("https://localhost/hook")
    now = timezone.now()
    for attempt in range(1, 11):
        assert calling._claim(now=now) is not None
        assert calling.sweep(now=now) == 0
        now += 2 * calling.LEASE
        assert calling.sweep(now=now) == 1
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("due" if attempt < 10 else "unclear", attempt)
    assert calling._claim(now=now) is None


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("127.0.0.1", False),
        ("10.0.0.1", False), ("169.254.169.254", False), ("::1", False), ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False), ("0.0.0.0", False),
        ("224.0.0.1", False), ("100.64.0.1", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_which_addresses_belong_to_the_internet(address, public):
    assert calling.is_public(address) is public
