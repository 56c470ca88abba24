"""What the status screen shows of jobs, schedule and workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise

from trichter.core.shell.queries import company_zone

from . import registry
from .beats import ALIVE_FOR
from .models import Job, ScheduledRun, WorkerBeat
from .slots import next_slot

_SHOWN = 15
# What failed is shown to be mended, so (nearly) all of it.
_FAILED_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class ScheduleLine:
    """A schedule with its next moment and the last time it ran; `last` is None before the first run."""

    name: str
    title: Promise | str
    cron: str
    next_at: datetime
    last_at: datetime | None
    last: Job | None


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A job and what it is called in plain words."""

    job: Job
    title: Promise | str


def job_counts() -> dict[str, int]:
    """How many jobs there are in each state; every state is a key."""
    found = dict(Job.objects.order_by().values_list("state").annotate(count=Count("pk")))
    return {state: found.get(state, 0) for state in Job.State.values}


def jobs_shown() -> list[JobLine]:
    """Running and failed jobs first, then the next waiting and the latest ended, `_SHOWN` of each.

    Of those that failed, `_FAILED_SHOWN`.
    """
    jobs = Job.objects.select_related("created_by")
    parts: Sequence[list[Job]] = [
        list(jobs.filter(state=Job.State.RUNNING).order_by("started_at")[:_SHOWN]),
        list(jobs.filter(state=Job.State.FAILED).order_by("-finished_at")[:_FAILED_SHOWN]),
        list(jobs.filter(state=Job.State.QUEUED).order_by("run_at", "pk")[:_SHOWN]),
        list(jobs.filter(state__in=[Job.State.DONE, Job.State.CANCELLED]).order_by("-finished_at")[:_SHOWN]),
    ]
    return [JobLine(job=job, title=title_of(name=job.name)) for part in parts for job in part]


def title_of(*, name: str) -> Promise | str:
    """What a job is called in plain words; its name when this release does not know it."""
    kind = registry.kinds.get(name)
    return kind.title if kind else name


def schedule_lines(*, now: datetime | None = None) -> list[ScheduleLine]:
    """Every schedule, the next to run first."""
    at, zone = now or timezone.now(), company_zone()
    lines = []
    for schedule in registry.schedules.values():
        ran = ScheduledRun.objects.filter(name=schedule.name, job__isnull=False).select_related("job")
        last = ran.order_by("-slot").first()
        lines.append(
            ScheduleLine(
                name=schedule.name,
                title=title_of(name=schedule.name),
                cron=schedule.cron,
                next_at=next_slot(cron=schedule.cron, after=at, zone=zone),
                last_at=last.slot if last else None,
                last=last.job if last else None,
            )
        )
    return sorted(lines, key=lambda line: line.next_at)


def workers_alive(*, now: datetime | None = None) -> list[WorkerBeat]:
    """The workers that have given a sign of life within the last 45 seconds."""
    return list(WorkerBeat.objects.filter(seen_at__gte=(now or timezone.now()) - ALIVE_FOR))
