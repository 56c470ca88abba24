"""What a running job is given, and how it ends other than by returning."""

import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from . import leases

_WRITE_EVERY = 0.5
_LOOK_EVERY = 1.0


class GiveUp(Exception):
    """Raised by a job that knows another attempt would not help; its text is shown to the user."""


class Cancelled(Exception):
    """Raised by a job that has seen `context.cancelled` and leaves its work undone."""


class WorkerStopping(Exception):
    """The worker is asked to stop: the job goes back to the queue and the attempt does not count."""


@dataclass(kw_only=True)
class JobContext:
    """The running job's side of its lease.

    job: its id. attempt: 1 at the first run.
    """

    job: int
    attempt: int
    token: uuid.UUID
    lease: timedelta
    stop: threading.Event = field(default_factory=threading.Event)
    seen_cancelled: bool = False
    _written: float = field(default=float("-inf"), init=False)
    _looked: float = field(default=float("-inf"), init=False)

    def progress(self, *, done: int, total: int | None = None) -> None:
        """Tell how far the work is, and that it is alive; cheap, so call it often.

        Call it outside transactions: inside one nobody sees the figures before the commit. It is also
        the point where a job is left early: WorkerStopping when the worker shall end, LeaseLost when the
        lease ran out and another worker has the job. Neither may be swallowed.
        """
        if self.stop.is_set():
            raise WorkerStopping
        now = time.monotonic()
        if now - self._written < _WRITE_EVERY and done != total:
            return
        leases.extend(job=self.job, token=self.token, lease=self.lease, done=done, total=total)
        self._written = now

    @property
    def cancelled(self) -> bool:
        """True when somebody has asked for the job to end; looked up at most once a second."""
        now = time.monotonic()
        if not self.seen_cancelled and now - self._looked >= _LOOK_EVERY:
            self.seen_cancelled = leases.cancel_requested(job=self.job, token=self.token)
            self._looked = now
        return self.seen_cancelled
