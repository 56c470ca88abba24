"""Signs of life of the workers."""

import os
import socket
import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from .models import WorkerBeat

EVERY = timedelta(seconds=10)
ALIVE_FOR = timedelta(seconds=45)
_FORGET_AFTER = timedelta(days=1)


def worker_name() -> str:
    """A name for this worker, unique among machines and restarts."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def beat(*, worker: str, now: datetime | None = None) -> None:
    """Tell that this worker lives."""
    at = now or timezone.now()
    if not WorkerBeat.objects.filter(name=worker).update(seen_at=at):
        WorkerBeat.objects.get_or_create(name=worker, defaults={"started_at": at, "seen_at": at})
        WorkerBeat.objects.filter(seen_at__lt=at - _FORGET_AFTER).delete()


def goodbye(*, worker: str) -> None:
    """Tell that this worker has ended in good order."""
    WorkerBeat.objects.filter(name=worker).delete()
