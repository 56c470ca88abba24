"""Holding a job: every step is one conditional update, so two workers can never both succeed."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, JSONField, Value, When
from django.utils import timezone

from .models import Job

MAX_ERROR = 4_000
WORKER_LOST = "The worker that ran this job ended without finishing it."
_LOOK_AHEAD = 8


class LeaseLost(Exception):
    """The lease ran out and the job was given to another worker, or ended by hand."""


def payload_kept() -> Case:
    """For the update that ends a job: its payload, or nothing of it when it is secret."""
    return Case(When(secret=True, then=Value({}, JSONField())), default=F("payload"))


def claim(
    *, names: Collection[str], lease_of: dict[str, timedelta], worker: str, now: datetime | None = None
) -> Job | None:
    """Take the job that has been due for longest; None when nothing is due.

    Jobs whose name is not in `names` wait for a worker that knows them.
    """
    at = now or timezone.now()
    due = Job.objects.filter(state=Job.State.QUEUED, run_at__lte=at, name__in=list(names))
    for pk, name in due.order_by("run_at", "pk").values_list("pk", "name")[:_LOOK_AHEAD]:
        token = uuid.uuid4()
        taken = Job.objects.filter(pk=pk, state=Job.State.QUEUED, run_at__lte=at).update(
            state=Job.State.RUNNING,
            lease_token=token,
            lease_until=at + lease_of[name],
            attempts=F("attempts") + 1,
            started_at=at,
            worker=worker,
            progress_done=0,
            progress_total=None,
        )
        if taken:
            return Job.objects.get(pk=pk)
    return None


def extend(*, job: int, token: uuid.UUID, lease: timedelta, done: int, total: int | None) -> None:
    """A sign of life with the work's progress. Raises LeaseLost."""
    _mine(job=job, token=token, lease_until=timezone.now() + lease, progress_done=done, progress_total=total)


def cancel_requested(*, job: int, token: uuid.UUID) -> bool:
    """Whether somebody asked for the end of the job, or it is no longer held with this token."""
    held = Job.objects.filter(pk=job, lease_token=token, state=Job.State.RUNNING)
    return held.values_list("cancel_requested", flat=True).first() is not False


def finish(*, job: int, token: uuid.UUID, state: Job.State, error: str = "", result: Any = None) -> None:
    """End the job for good. Raises LeaseLost."""
    _mine(
        job=job, token=token, state=state, error=error[:MAX_ERROR], result=result, finished_at=timezone.now(),
        lease_token=None, lease_until=None, payload=payload_kept(),
    )  # fmt: skip


def put_back(*, job: int, token: uuid.UUID, run_at: datetime, error: str = "", count: bool = True) -> None:
    """Give the job back to the queue; `count=False` takes the attempt back too. Raises LeaseLost."""
    changes: dict[str, Any] = {} if count else {"attempts": F("attempts") - 1}
    _mine(
        job=job, token=token, state=Job.State.QUEUED, run_at=run_at, error=error[:MAX_ERROR],
        lease_token=None, lease_until=None, **changes,
    )  # fmt: skip


def _mine(*, job: int, token: uuid.UUID, **changes: Any) -> None:
    if not Job.objects.filter(pk=job, lease_token=token, state=Job.State.RUNNING).update(**changes):
        raise LeaseLost(f"job {job}")


def sweep(*, now: datetime | None = None) -> int:
    """Take jobs from workers that have given no sign of life; returns how many.

    Such a job runs again, unless its attempts are used up or somebody has cancelled it.
    """
    at = now or timezone.now()
    lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=at)
    ended: dict[str, Any] = {
        "lease_token": None, "lease_until": None, "finished_at": at, "error": WORKER_LOST,
        "payload": payload_kept(),
    }  # fmt: skip
    return (
        lost.filter(cancel_requested=True).update(state=Job.State.CANCELLED, **ended)
        + lost.filter(attempts__gte=F("max_attempts")).update(state=Job.State.FAILED, **ended)
        + lost.update(
            state=Job.State.QUEUED, run_at=at, lease_token=None, lease_until=None, error=WORKER_LOST
        )
    )
