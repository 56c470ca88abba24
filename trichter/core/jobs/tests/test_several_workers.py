import time
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.jobs import leases
from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.context import JobContext
from trichter.core.jobs.models import Job
from trichter.core.jobs.registry import job
from trichter.core.jobs.running import run_next

from .processes import Processes

pytestmark = pytest.mark.usefixtures("own_jobs")


def declare() -> None:
    @job(name="mark", max_attempts=2)
    def mark(context: JobContext, *, wait: float = 0) -> str:
        time.sleep(wait)
        return f"attempt {context.attempt}"


def run_all() -> int:
    done = 0
    while run_next(worker="w"):
        done += 1
    return done


def outcome() -> list[tuple[str, int, str]]:
    return list(Job.objects.order_by("pk").values_list("state", "attempts", "result"))


def test_workers_that_race_for_jobs_never_run_one_twice(processes: Processes) -> None:
    declare()
    processes.call(lambda: [enqueue(name="mark").pk for _ in range(60)])
    running = [processes.start(run_all) for _ in range(3)]
    assert sum(processes.end(pid)[1] for pid in running) == 60
    assert processes.call(outcome) == [("done", 1, "attempt 1")] * 60


@pytest.mark.parametrize("point", ["job_claimed", "job_worked"])
def test_a_killed_worker_s_job_is_run_by_another_after_its_lease(processes: Processes, point: str) -> None:
    declare()
    processes.call(lambda: enqueue(name="mark").pk)
    assert processes.end(processes.start(run_all, crash_at=point))[0] == -9
    assert processes.call(run_all) == 0
    assert processes.call(leases.sweep) == 0
    assert processes.call(lambda: leases.sweep(now=timezone.now() + timedelta(minutes=3))) == 1
    assert processes.call(lambda: (Job.objects.update(run_at=timezone.now()), run_all())) == (1, 1)
    assert processes.call(outcome) == [("done", 2, "attempt 2")]


def test_a_job_that_kills_every_worker_is_failed_for_good(processes: Processes) -> None:
    declare()
    processes.call(lambda: enqueue(name="mark").pk)
    for _ in range(2):
        assert processes.end(processes.start(run_all, crash_at="job_worked"))[0] == -9
        processes.call(lambda: leases.sweep(now=timezone.now() + timedelta(minutes=3)))
        processes.call(lambda: Job.objects.update(run_at=timezone.now()))
    assert processes.call(run_all) == 0
    assert processes.call(outcome) == [("failed", 2, None)]


def test_a_worker_killed_from_outside_loses_nothing(processes: Processes) -> None:
    declare()
    processes.call(lambda: enqueue(name="mark", payload={"wait": 60}).pk)
    victim = processes.start(run_all)
    while processes.call(lambda: Job.objects.filter(state="running").count()) == 0:
        time.sleep(0.05)
    processes.kill(victim)
    processes.call(lambda: Job.objects.update(payload={}))
    processes.call(lambda: leases.sweep(now=timezone.now() + timedelta(minutes=3)))
    assert processes.call(lambda: (Job.objects.update(run_at=timezone.now()), run_all())) == (1, 1)
    assert processes.call(outcome) == [("done", 2, "attempt 2")]
