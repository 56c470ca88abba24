"""Exactly one mail for everybody, or a line in the list of unclear ones: workers are killed at random.

Small by default; ten thousand mails and fifty kills in `make test-full`.
"""

import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.sizes import size
from trichter.core.jobs.tests.processes import Processes
from trichter.core.journal.models import Event
from trichter.core.mail import actions, ledger, returns
from trichter.core.mail.models import Delivery, Mailing
from trichter.core.mail.sending import Sender

from .making import agree, newsletter, post_office, ready

pytestmark = [pytest.mark.sized, pytest.mark.django_db(transaction=True)]
MAILS = size(usual=40, full=10_000)
KILLS = size(usual=2, full=50)
POINTS = ("mail_claimed", "mail_marked", "mail_before_body", "mail_after_body")
WITHDRAWN = "withdrawn0@gmx.de"


def prepare() -> None:
    ready()
    mailing, content = newsletter()
    addresses = [f"p{n}@{('gmx.de', 'web.de', 'firma.example')[n % 3]}" for n in range(MAILS)]
    for address in [*addresses, WITHDRAWN]:
        agree(address)
    recipients = [actions.Recipient(address=one) for one in addresses]
    actions.queue_many(mailing=mailing, key="issue", recipients=recipients, content=content)
    # One who takes the consent back during the run, before his turn comes.
    late = actions.queue(
        mailing=mailing, key="issue", address=WITHDRAWN, content=content,
        not_before=timezone.now() + timedelta(minutes=1),
    )  # fmt: skip
    returns.unsubscribed(delivery=late, at=timezone.now(), how="test")


def work() -> None:
    """A worker whose clock is turned on when nothing is due yet, so that retries need no waiting."""
    sender, ahead = Sender(), timedelta(0)
    while Delivery.objects.filter(state="due").exists():
        if not sender.send(now=timezone.now() + ahead):
            ahead += timedelta(minutes=30)
            sender._view = None
        assert ahead < timedelta(days=60), list(Mailing.objects.values_list("state", "why"))
    sender.close()


def waiting() -> int:
    return Delivery.objects.filter(state="due").count()


def ended() -> list[tuple[str, str, str, str]]:
    ledger.sweep(now=timezone.now() + timedelta(days=400))
    return list(Delivery.objects.values_list("address", "state", "reason", "message_id"))


def told() -> int:
    return Event.objects.filter(kind="mail.sent").count()


def test_every_recipient_gets_one_mail_or_is_listed_as_unclear(processes: Processes, settings: Any) -> None:
    chance = random.Random(11)
    with post_office(settings, moods=0.08) as post:
        processes.call(prepare)
        started, killed = time.monotonic(), 0
        # Some die at the named points, the others wherever they happen to be when it is their turn.
        points = [f"{POINTS[n % 4]}:{chance.randint(2, 6)}" for n in range(KILLS // 3)]
        running = [processes.start(work) for _ in range(2)]
        for turn in range(1, KILLS + 1):
            post.wait_for(mails=turn * MAILS * 8 // (KILLS * 10), seconds=60)
            time.sleep(chance.uniform(0, 0.02))
            victim = running.pop(0)
            os.kill(victim, signal.SIGKILL)
            status, said = processes.end(victim)
            assert status in (0, -signal.SIGKILL), said
            killed += status != 0
            # Never two of them one after the other: somebody has to go on until the next turn.
            point = points.pop() if points and turn % 3 == 0 else ""
            running.append(processes.start(work, crash_at=point))
        # Those that were to die at a point have, and others finish what is left.
        while processes.call(waiting):
            pid = processes.start(work)
            status, said = processes.end(pid)
            assert status == 0, said
        for pid in running:
            status, said = processes.end(pid)
            assert status in (0, -signal.SIGKILL), said
            killed += status != 0
        rows = processes.call(ended)
        seconds = time.monotonic() - started
        arrived = Counter(post.recipients)
        doubles = [one for one, count in arrived.items() if count > 1]
        by_state: dict[str, set[str]] = {}
        for address, state, _reason, _id in rows:
            by_state.setdefault(state, set()).add(address)
        lost = {row[0] for row in rows if row[2] == "worker_lost"}
        print(
            f"\n{len(rows)} rows, {killed} kills, {post.dropped} answers dropped, {seconds:.0f} s: "
            f"{ {state: len(found) for state, found in by_state.items()} }, doubles {len(doubles)}, "
            f"unclear by kill {len(lost)}, connections {post.connections}"
        )
        assert doubles == []
        assert set(by_state) <= {"sent", "failed", "unclear", "suppressed"}
        assert by_state["sent"] <= set(arrived)
        # Whoever is neither at the server nor unclear was refused by it, or took the consent back.
        assert not (set(arrived) & (by_state.get("failed", set()) | by_state["suppressed"]))
        assert set(arrived) - by_state["sent"] <= by_state.get("unclear", set())
        assert by_state["suppressed"] == {WITHDRAWN}
        assert len(lost) <= killed and killed >= min(KILLS, 1)
        assert len(by_state.get("unclear", ())) <= killed + post.dropped
        assert len({row[3] for row in rows}) == len(rows) == MAILS + 1
        assert processes.call(told) == len(by_state["sent"])


def one_mail() -> None:
    ready()
    mailing, content = newsletter()
    agree("anna@gmx.de")
    actions.queue(mailing=mailing, key="x", address="anna@gmx.de", content=content)


def states() -> list[Any]:
    return list(Delivery.objects.values_list("state", "reason"))


def test_what_a_dead_worker_had_only_claimed_is_sent_by_another(processes: Processes, settings: Any) -> None:
    with post_office(settings) as post:
        processes.call(one_mail)
        assert processes.end(processes.start(work, crash_at="mail_claimed"))[0] == -signal.SIGKILL
        assert processes.call(states) == [("due", "")] and not post.received
        processes.call(work)
        assert processes.call(states) == [("sent", "")] and len(post.received) == 1


@pytest.mark.parametrize(
    ("point", "arrived"), [("mail_marked", 0), ("mail_before_body", 0), ("mail_after_body", 1)]
)
def test_a_row_of_a_dead_worker_becomes_unclear_and_is_not_repeated(
    processes: Processes, settings: Any, point: str, arrived: int
) -> None:
    with post_office(settings) as post:
        processes.call(one_mail)
        assert processes.end(processes.start(work, crash_at=point))[0] == -signal.SIGKILL
        processes.call(work)
        assert processes.call(states) == [("sending", "")]
        processes.call(ended)
        processes.call(work)
        assert processes.call(states) == [("unclear", "worker_lost")]
        # The server may take a moment to hear that the connection is gone.
        assert len(post.received) <= 1 and (arrived or not post.received)
