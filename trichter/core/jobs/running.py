"""Running one job: claim, work, and tell how it ended."""

import json
import logging
import random
import threading
import traceback
from typing import Any

from django.utils import timezone

from . import leases, registry
from .context import Cancelled, GiveUp, JobContext, WorkerStopping
from .crash import crash_point
from .models import Job
from .rules import retry_pause

logger = logging.getLogger(__name__)


def run_next(*, worker: str, stop: threading.Event | None = None) -> bool:
    """Run the job that has been due for longest; False when none is due."""
    job = leases.claim(
        names=registry.kinds.keys(),
        lease_of={name: kind.lease for name, kind in registry.kinds.items()},
        worker=worker,
    )
    if job is None:
        return False
    crash_point("job_claimed")
    try:
        _run(job=job, stop=stop or threading.Event())
    except leases.LeaseLost:
        logger.warning("%s took too long without a sign of life and was given to another worker", job)
    return True


def _run(*, job: Job, stop: threading.Event) -> None:
    kind = registry.kind_of(name=job.name)
    token = job.lease_token
    assert token is not None
    context = JobContext(job=job.pk, attempt=job.attempts, token=token, lease=kind.lease, stop=stop)
    try:
        result = _as_json(kind.run(context, job.payload))
        crash_point("job_worked")
    except leases.LeaseLost:
        raise
    except WorkerStopping:
        leases.put_back(job=job.pk, token=token, run_at=timezone.now(), count=False)
    except Cancelled:
        leases.finish(job=job.pk, token=token, state=Job.State.CANCELLED)
    except GiveUp as reason:
        leases.finish(job=job.pk, token=token, state=Job.State.FAILED, error=str(reason))
    except Exception as error:  # whatever a job raises must end in its row
        logger.warning("%s failed", job, exc_info=True)
        _failed(job=job, error=error)
    else:
        ended = Job.State.CANCELLED if context.seen_cancelled else Job.State.DONE
        leases.finish(job=job.pk, token=token, state=ended, result=result)


def _as_json(result: Any) -> Any:
    """Refuses a result that could not be stored, as an error of the job."""
    json.dumps(result, allow_nan=False)
    return result


def _failed(*, job: Job, error: Exception) -> None:
    assert job.lease_token is not None
    text = _describe(error)
    if job.attempts >= job.max_attempts:
        leases.finish(job=job.pk, token=job.lease_token, state=Job.State.FAILED, error=text)
        return
    pause = retry_pause(attempts=job.attempts, chance=random.random())  # noqa: S311
    leases.put_back(job=job.pk, token=job.lease_token, run_at=timezone.now() + pause, error=text)


def _describe(error: Exception) -> str:
    """What happened, then the place, innermost first, so that a cut takes the least useful part."""
    stack = traceback.extract_tb(error.__traceback__)
    frames = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in stack]
    return "\n".join([f"{type(error).__name__}: {error}"[: leases.MAX_ERROR // 2], *reversed(frames)])
