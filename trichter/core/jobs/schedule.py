"""Starting the jobs that run by themselves, exactly one per slot however many workers look."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from trichter.core.shell.queries import company_zone

from . import registry
from .actions import enqueue
from .models import Job, ScheduledRun
from .slots import latest_slot, next_slot

logger = logging.getLogger(__name__)

_UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


class Scheduler:
    """One worker's view of the schedule; it asks the database only when a slot has come."""

    def __init__(self) -> None:
        self._next: dict[str, datetime] = {}
        self._zone: ZoneInfo | None = None

    def tick(self, *, now: datetime | None = None) -> int:
        """Start what is due; returns how many jobs. Call it at least once a minute."""
        at = now or timezone.now()
        due = [schedule for name, schedule in registry.schedules.items() if self._is_due(name=name, at=at)]
        if not due:
            return 0
        zone = company_zone()
        if zone != self._zone:
            self._next, self._zone = {}, zone
        started = 0
        for schedule in due:
            slot = latest_slot(cron=schedule.cron, now=at, zone=zone)
            started += take_slot(name=schedule.name, slot=slot)
            self._next[schedule.name] = next_slot(cron=schedule.cron, after=at, zone=zone)
        return started

    def _is_due(self, *, name: str, at: datetime) -> bool:
        expected = self._next.get(name)
        return expected is None or at >= expected


@transaction.atomic
def take_slot(*, name: str, slot: datetime) -> bool:
    """Start the job of this slot unless it, or a later one, was taken before; True when a job was queued.

    A schedule seen for the first time begins with its next slot. Slots missed while no worker ran are
    made up for by the latest of them alone. While the job of an earlier slot has not ended, no second
    one is queued behind it.
    """
    earlier = ScheduledRun.objects.filter(name=name).order_by("-slot").select_related("job").first()
    if earlier is not None and earlier.slot >= slot:
        return False
    run, new = ScheduledRun.objects.get_or_create(name=name, slot=slot)
    if not new or earlier is None:
        return False
    if earlier.job is not None and earlier.job.state in _UNFINISHED:
        logger.info("%s of %s: the earlier run has not ended", name, slot)
        run.job = earlier.job
        run.save(update_fields=["job"])
        return False
    run.job = enqueue(name=name, key=f"{name}@{slot:%Y-%m-%dT%H:%M:%SZ}")
    run.save(update_fields=["job"])
    return True
