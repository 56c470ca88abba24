import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail import hooks

from trichter.core.jobs import registry
from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.models import Job, WorkerBeat
from trichter.core.jobs.queries import workers_alive
from trichter.core.jobs.registry import job
from trichter.core.jobs.tests.conftest import own_jobs
from trichter.core.jobs.tests.processes import Processes
from trichter.core.journal.models import Cursor, ParkedEvent
from trichter.core.journal.worker import followers_turn, run_worker, stop_on_signals

from .readers import Reader, Writer, ids, write

__all__ = ["own_jobs"]
pytestmark = pytest.mark.usefixtures("own_jobs")


def until(processes: Processes, condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if processes.call(condition):
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def work() -> None:
    stop = threading.Event()
    stop_on_signals(stop=stop)
    run_worker(stop=stop)


@pytest.mark.django_db
def test_once_does_all_that_is_due_and_returns() -> None:
    reader = Reader(name="once")

    @job(name="records")
    def records(context: object) -> None:
        write(2)

    write(1)
    enqueue(name="records")
    with hooks.register_temporarily("register_follower", lambda: reader):
        run_worker(stop=threading.Event(), once=True)
    assert reader.seen == ids() and len(reader.seen) == 3
    assert Job.objects.get().state == "done"


@pytest.mark.django_db
def test_a_follower_that_raises_does_not_keep_the_others_from_reading() -> None:
    class Broken(Reader):
        @property
        def kinds(self) -> frozenset[str]:  # type: ignore[override]
            raise RuntimeError

        @kinds.setter
        def kinds(self, value: object) -> None: ...

    broken, sound = Broken(name="a.broken"), Reader(name="b.sound")
    write(2)
    with (
        hooks.register_temporarily("register_follower", lambda: broken),
        hooks.register_temporarily("register_follower", lambda: sound),
    ):
        followers_turn(stop=threading.Event())
    assert sound.seen == ids() and not ParkedEvent.objects.exists()


@pytest.mark.django_db
def test_a_worker_counts_as_alive_for_a_while_after_its_last_sign() -> None:
    now = timezone.now()
    for seconds in (5, 60):
        WorkerBeat.objects.create(name=f"{seconds}", started_at=now, seen_at=now - timedelta(seconds=seconds))
    assert [beat.name for beat in workers_alive(now=now)] == ["5"]


def test_a_worker_asked_to_stop_ends_in_good_order(processes: Processes) -> None:
    job(name="marked")(lambda context: "done")
    with hooks.register_temporarily("register_follower", Writer):
        processes.call(lambda: (write(3), enqueue(name="marked").pk))
        worker = processes.start(work)
        until(processes, lambda: Job.objects.filter(state="done").exists())
        until(processes, lambda: Job.objects.filter(name="effect").count() == 3)
        assert processes.call(lambda: len(workers_alive())) == 1
        processes.call(lambda: write(2))
        until(processes, lambda: Job.objects.filter(name="effect").count() == 5)
        os.kill(worker, signal.SIGTERM)
        assert processes.end(worker) == (0, None)
    assert processes.call(lambda: len(workers_alive())) == 0


def test_workers_that_are_killed_and_started_again_do_everything_exactly_once(processes: Processes) -> None:
    registry.kinds.clear()
    with hooks.register_temporarily("register_follower", Writer):
        workers = [processes.start(work) for _ in range(2)]
        for _ in range(4):
            processes.call(lambda: write(25))
            processes.kill(workers.pop(0))
            workers.append(processes.start(work))
        until(processes, lambda: len(Writer.effects()) >= 100)
        for worker in workers:
            os.kill(worker, signal.SIGTERM)
            assert processes.end(worker)[0] == 0
    assert processes.call(Writer.effects) == processes.call(ids)
    assert processes.call(lambda: Cursor.objects.get(name="writer").handled) == 100
