from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.context import JobContext
from trichter.core.jobs.jobs import KEEP, housekeeping
from trichter.core.jobs.models import Job, ScheduledRun
from trichter.core.jobs.registry import job, scheduled
from trichter.core.jobs.running import run_next
from trichter.core.jobs.schedule import Scheduler
from trichter.core.shell.models import Installation

from .processes import Processes

pytestmark = pytest.mark.usefixtures("own_jobs")
START = datetime(2026, 3, 27, 12, tzinfo=UTC)


def declare(*, cron: str = "30 2 * * *") -> None:
    @scheduled(name="nightly", cron=cron)
    def nightly(context: JobContext) -> None:
        pass


def slots_with_jobs() -> list[tuple[str, bool]]:
    rows = ScheduledRun.objects.order_by("slot").values_list("slot", "job")
    return [(f"{slot:%d.%m. %H:%M}", found is not None) for slot, found in rows]


@pytest.mark.django_db
def test_a_new_schedule_waits_for_its_next_slot_and_then_runs_once_per_slot() -> None:
    declare()
    scheduler = Scheduler()
    started = []
    for minutes in range(0, 60 * 24 * 2, 10):
        started.append(scheduler.tick(now=START + timedelta(minutes=minutes)))
        run_next(worker="w")
    assert started.count(1) == 2
    # 29.03.2026 02:30 does not exist in Berlin; 01:00 UTC is the first moment after the gap.
    assert slots_with_jobs() == [("27.03. 01:30", False), ("28.03. 01:30", True), ("29.03. 01:00", True)]


@pytest.mark.django_db
def test_of_slots_that_were_missed_only_the_latest_is_made_up_for() -> None:
    declare(cron="*/5 * * * *")
    Scheduler().tick(now=START)
    assert Scheduler().tick(now=START + timedelta(days=3, minutes=2)) == 1
    assert slots_with_jobs() == [("27.03. 12:00", False), ("30.03. 12:00", True)]


@pytest.mark.django_db
def test_a_clock_that_is_put_back_starts_nothing_twice() -> None:
    declare(cron="*/5 * * * *")
    times = [START, START + timedelta(minutes=5), START, START + timedelta(minutes=5)]
    assert [Scheduler().tick(now=at) for at in times] == [0, 1, 0, 0]


@pytest.mark.django_db
def test_a_slot_is_not_queued_behind_an_earlier_run_that_has_not_ended() -> None:
    declare(cron="*/5 * * * *")
    assert [Scheduler().tick(now=START + timedelta(minutes=n)) for n in (0, 5, 10)] == [0, 1, 0]
    assert run_next(worker="w")
    assert Scheduler().tick(now=START + timedelta(minutes=15)) == 1
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_the_company_s_zone_decides() -> None:
    Installation.objects.create(pk=1, time_zone="America/New_York")
    declare(cron="0 6 * * *")
    Scheduler().tick(now=START)
    Scheduler().tick(now=START + timedelta(days=1))
    assert slots_with_jobs() == [("27.03. 10:00", False), ("28.03. 10:00", True)]


def test_two_schedulers_in_the_same_second_start_one_job(processes: Processes) -> None:
    declare(cron="* * * * *")
    processes.call(lambda: Scheduler().tick(now=START))
    later = START + timedelta(minutes=1)
    running = [processes.start(lambda: Scheduler().tick(now=later)) for _ in range(4)]
    assert sorted(processes.end(pid)[1] for pid in running) == [0, 0, 0, 1]
    assert processes.call(lambda: (Job.objects.count(), ScheduledRun.objects.count())) == (1, 2)


@pytest.mark.django_db
def test_old_jobs_and_slots_are_tidied_away_but_not_failures_nor_the_newest_slot() -> None:
    job(name="jobs.housekeeping")(housekeeping)
    now = timezone.now()
    for state in Job.State.values:
        for days in (1, 31):
            Job.objects.create(
                name=f"{state} {days}", state=state, run_at=now, finished_at=now - timedelta(days=days)
            )
    for name, days in (("a", 40), ("a", 35), ("b", 50), ("b", 1)):
        ScheduledRun.objects.create(name=name, slot=now - timedelta(days=days))
    Job.objects.filter(state="queued").update(run_at=now + KEEP, finished_at=None)
    enqueue(name="jobs.housekeeping")
    assert run_next(worker="w")
    assert set(Job.objects.values_list("name", flat=True)) == {
        "queued 1", "queued 31", "running 1", "running 31", "failed 1", "failed 31", "done 1", "cancelled 1",
        "jobs.housekeeping",
    }  # fmt: skip
    assert Job.objects.get(name="jobs.housekeeping").result == {"jobs": 2, "slots": 2}
    assert sorted(ScheduledRun.objects.values_list("name", flat=True)) == ["a", "b"]
