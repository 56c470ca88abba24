"""Asking for work to be done, and changing one's mind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trichter.core.accounts.models import User

from . import leases
from .models import Job
from .registry import kind_of


@transaction.atomic
def enqueue(
    *,
    name: str,
    payload: Mapping[str, Any] | None = None,
    key: str | None = None,
    run_at: datetime | None = None,
    user: User | None = None,
) -> Job:
    """Ask for the job `name`; it becomes visible to workers when the caller's transaction commits.

    payload: JSON data, handed to the job as keywords. key: the same key asks for the same work; the job
    that has it is returned unchanged, whatever its state, until it is tidied away. run_at: not before
    then. Raises UnknownJob.
    """
    kind = kind_of(name=name)
    values: dict[str, Any] = {
        "name": name,
        "payload": dict(payload or {}),
        "secret": kind.secret,
        "run_at": run_at or timezone.now(),
        "max_attempts": kind.max_attempts,
        "created_by": user,
    }
    if key is None:
        return Job.objects.create(**values)
    return Job.objects.get_or_create(key=key, defaults=values)[0]


def retry(*, job: int) -> bool:
    """Run a failed or cancelled job again, with all its attempts; False when it is in another state.

    A secret job has lost its payload when it ended, so it stays as it is.
    """
    ended = Job.objects.filter(pk=job, secret=False, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    return bool(
        ended.update(
            state=Job.State.QUEUED, run_at=timezone.now(), attempts=0, finished_at=None, error="",
            cancel_requested=False, progress_done=0, progress_total=None,
        )
    )  # fmt: skip


def cancel(*, job: int) -> bool:
    """End a waiting job at once, and ask a running one to end; False when it has ended already."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job, state=Job.State.QUEUED)
    if waiting.update(
        state=Job.State.CANCELLED, finished_at=now, cancel_requested=True, payload=leases.payload_kept()
    ):
        return True
    return bool(Job.objects.filter(pk=job, state=Job.State.RUNNING).update(cancel_requested=True))
