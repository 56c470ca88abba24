import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from trichter.core.jobs import leases
from trichter.core.jobs.actions import cancel, enqueue, retry
from trichter.core.jobs.context import Cancelled, GiveUp, JobContext
from trichter.core.jobs.models import Job
from trichter.core.jobs.registry import UnknownJob, job
from trichter.core.jobs.rules import LONGEST_PAUSE, retry_pause
from trichter.core.jobs.running import run_next

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_jobs")]


def states() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


def test_a_job_gets_its_payload_and_leaves_its_result() -> None:
    @job(name="add")
    def add(context: JobContext, *, left: int, right: int) -> dict[str, int]:
        context.progress(done=1, total=1)
        return {"sum": left + right}

    queued = enqueue(name="add", payload={"left": 2, "right": 3})
    assert run_next(worker="w") and not run_next(worker="w")
    queued.refresh_from_db()
    assert (queued.state, queued.result, queued.attempts) == ("done", {"sum": 5}, 1)
    assert (queued.progress_done, queued.progress_total, queued.lease_token) == (1, 1, None)
    assert queued.finished_at is not None and queued.error == ""


def test_the_same_key_asks_for_the_same_work_even_when_it_is_done() -> None:
    runs: list[int] = []

    @job(name="count")
    def count(context: JobContext, *, number: int) -> None:
        runs.append(number)

    first = enqueue(name="count", payload={"number": 1}, key="k")
    assert enqueue(name="count", payload={"number": 2}, key="k") == first
    run_next(worker="w")
    assert enqueue(name="count", payload={"number": 3}, key="k").state == "done"
    assert not run_next(worker="w") and runs == [1]


def test_a_job_asked_for_in_a_transaction_that_is_rolled_back_does_not_exist() -> None:
    job(name="never")(lambda context: None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(name="never")
        raise ZeroDivisionError
    assert states() == []


def test_a_job_nobody_has_declared_is_refused_and_one_of_another_release_waits() -> None:
    with pytest.raises(UnknownJob):
        enqueue(name="unknown")
    Job.objects.create(name="of.another.release", run_at=timezone.now())
    assert not run_next(worker="w") and states() == ["queued"]


def test_a_job_is_not_run_before_its_time() -> None:
    job(name="later")(lambda context: None)
    enqueue(name="later", run_at=timezone.now() + timedelta(hours=1))
    assert not run_next(worker="w")


def test_the_job_due_for_longest_comes_first() -> None:
    seen: list[int] = []

    @job(name="see")
    def see(context: JobContext, *, number: int) -> None:
        seen.append(number)

    now = timezone.now()
    for number, minutes in enumerate([1, 3, 2]):
        enqueue(name="see", payload={"number": number}, run_at=now - timedelta(minutes=minutes))
    while run_next(worker="w"):
        pass
    assert seen == [1, 2, 0]


def test_a_failing_job_is_tried_again_with_growing_pauses_and_then_failed_for_good() -> None:
    @job(name="fail", max_attempts=3)
    def fail(context: JobContext) -> None:
        raise RuntimeError(f"attempt {context.attempt}")

    queued = enqueue(name="fail")
    pauses = []
    for _ in range(2):
        before = timezone.now()
        assert run_next(worker="w")
        queued.refresh_from_db()
        assert queued.state == "queued" and not run_next(worker="w")
        pauses.append((queued.run_at - before) >= retry_pause(attempts=queued.attempts, chance=0))
        Job.objects.update(run_at=before)
    assert run_next(worker="w")
    queued.refresh_from_db()
    assert (queued.state, queued.attempts, pauses) == ("failed", 3, [True, True])
    assert queued.error.splitlines()[0] == "RuntimeError: attempt 3"


def test_pauses_double_up_to_an_hour_and_a_quarter_by_chance() -> None:
    assert [retry_pause(attempts=n, chance=0).total_seconds() for n in (1, 2, 3, 9, 400)] == [
        10,
        20,
        40,
        2560,
        3600,
    ]
    assert retry_pause(attempts=60, chance=1) == LONGEST_PAUSE * 1.25


def test_a_job_that_gives_up_is_not_tried_again() -> None:
    @job(name="give.up")
    def give_up(context: JobContext) -> None:
        raise GiveUp("The file is empty.")

    enqueue(name="give.up")
    run_next(worker="w")
    assert list(Job.objects.values_list("state", "error", "attempts")) == [
        ("failed", "The file is empty.", 1)
    ]


def test_a_result_that_cannot_be_stored_fails_the_job_with_a_bounded_error() -> None:
    @job(name="odd", max_attempts=1)
    def odd(context: JobContext) -> Any:
        return {"x" * 10_000: object()}

    enqueue(name="odd")
    run_next(worker="w")
    found = Job.objects.get()
    assert found.state == "failed" and "TypeError" in found.error and len(found.error) <= leases.MAX_ERROR


def test_a_waiting_job_is_cancelled_at_once_and_can_be_run_again_by_hand() -> None:
    job(name="x")(lambda context: None)
    queued = enqueue(name="x")
    assert cancel(job=queued.pk) and not cancel(job=queued.pk)
    assert states() == ["cancelled"] and not run_next(worker="w")
    assert retry(job=queued.pk) and not retry(job=queued.pk)
    assert run_next(worker="w") and states() == ["done"]
    assert not cancel(job=queued.pk) and not retry(job=queued.pk)


@pytest.mark.parametrize("polite", [True, False])
def test_a_running_job_sees_that_it_is_cancelled(polite: bool) -> None:
    @job(name="long")
    def long(context: JobContext) -> None:
        assert cancel(job=context.job)
        if context.cancelled and polite:
            raise Cancelled

    enqueue(name="long")
    run_next(worker="w")
    assert states() == ["cancelled"]


def test_a_job_that_never_looks_is_done_although_somebody_cancelled_it() -> None:
    @job(name="deaf")
    def deaf(context: JobContext) -> None:
        cancel(job=context.job)

    enqueue(name="deaf")
    run_next(worker="w")
    assert states() == ["done"]


def test_progress_extends_the_lease() -> None:
    @job(name="slow", lease=timedelta(seconds=30))
    def slow(context: JobContext) -> None:
        Job.objects.update(lease_until=timezone.now())
        context.progress(done=3, total=10)
        assert Job.objects.get().lease_until > timezone.now() + timedelta(seconds=20)
        assert leases.sweep() == 0

    enqueue(name="slow")
    run_next(worker="w")
    assert list(Job.objects.values_list("state", "progress_done", "progress_total")) == [("done", 3, 10)]


def test_a_job_that_lost_its_lease_can_neither_go_on_nor_end() -> None:
    went_on: list[str] = []

    @job(name="lost")
    def lost(context: JobContext, *, look: bool) -> None:
        if context.attempt == 1:
            assert leases.sweep(now=timezone.now() + timedelta(minutes=3)) == 1
        if look:
            context.progress(done=1)
        went_on.append(f"{look} {context.attempt}")

    for look in (True, False):
        enqueue(name="lost", payload={"look": look})
        assert run_next(worker="w")
        assert states()[-1] == "queued"
        Job.objects.update(run_at=timezone.now())
        assert run_next(worker="w")
        assert states()[-1] == "done"
    assert went_on == ["True 2", "False 1", "False 2"]


def test_a_worker_that_shall_stop_puts_the_job_back_without_counting_the_attempt() -> None:
    stop = threading.Event()

    @job(name="interrupted", max_attempts=1)
    def interrupted(context: JobContext) -> None:
        stop.set()
        context.progress(done=1)
        raise AssertionError("not reached")

    enqueue(name="interrupted")
    run_next(worker="w", stop=stop)
    assert list(Job.objects.values_list("state", "attempts")) == [("queued", 0)]


def test_a_lost_job_runs_again_until_its_attempts_are_used_up() -> None:
    job(name="cursed", max_attempts=2)(lambda context: None)
    enqueue(name="cursed")
    later = timezone.now() + timedelta(minutes=5)
    for expected in ("queued", "failed"):
        assert leases.claim(
            names=["cursed"], lease_of={"cursed": timedelta(minutes=2)}, worker="w", now=later
        )
        assert leases.sweep(now=later + timedelta(minutes=1)) == 0
        later += timedelta(minutes=3)
        assert leases.sweep(now=later) == 1
        assert states() == [expected]
    assert Job.objects.get().error == leases.WORKER_LOST


def test_a_lost_job_that_was_cancelled_does_not_run_again() -> None:
    job(name="x")(lambda context: None)
    queued = enqueue(name="x")
    leases.claim(names=["x"], lease_of={"x": timedelta(minutes=2)}, worker="w")
    cancel(job=queued.pk)
    leases.sweep(now=timezone.now() + timedelta(minutes=3))
    assert states() == ["cancelled"]


def test_two_jobs_cannot_have_one_name() -> None:
    job(name="x")(lambda context: None)
    with pytest.raises(ValueError):
        job(name="x")(lambda context: 1)
