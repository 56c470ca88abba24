"""Which jobs exist and when they run by themselves.

A feature declares them in its `jobs.py`, which is imported at start:

    @job(name="imports.run", max_attempts=3)
    def run(context: JobContext, *, run: int) -> None: ...

    @scheduled(name="kpis.nightly", cron="15 3 * * *")
    def nightly(context: JobContext) -> None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.utils.functional import Promise

from . import slots
from .context import JobContext

Handler = Callable[..., Any]
F = TypeVar("F", bound=Handler)

DEFAULT_LEASE = timedelta(minutes=2)


class UnknownJob(LookupError):
    """No job of this name is declared in this release."""


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A declared job. `lease`: for how long a worker holds it without a sign of life."""

    name: str
    title: Promise | str
    handler: Handler
    max_attempts: int
    lease: timedelta
    secret: bool = False

    def run(self, context: JobContext, payload: dict[str, Any]) -> Any:
        """Do the work; what it returns (JSON data) is kept as the job's result."""
        return self.handler(context, **payload)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A job that runs by itself; `cron` is read in the company's time zone (rules in `slots`)."""

    name: str
    cron: str


kinds: dict[str, JobKind] = {}
schedules: dict[str, Schedule] = {}


def job(
    *,
    name: str,
    title: Promise | str = "",
    max_attempts: int = 5,
    lease: timedelta = DEFAULT_LEASE,
    secret: bool = False,
) -> Callable[[F], F]:
    """Declare a function as the job `name`; it gets a `JobContext` and the payload as keywords.

    title: what people read on the status screen. secret: nobody is shown the payload, and it is erased when
    the job ends, so an ended one cannot be run again.

    It runs at least once and outside any transaction: a worker may die at every point, and another one
    then starts it from the beginning, at most `max_attempts` times in all. So it must be idempotent, and
    it must call `context.progress()` more often than `lease` lasts. Raises ValueError for a name that
    another function has taken.
    """

    def declare(handler: F) -> F:
        known = kinds.get(name)
        if known is not None and known.handler is not handler:
            raise ValueError(f"there are two jobs called {name!r}")
        kinds[name] = JobKind(
            name=name,
            title=title or name,
            handler=handler,
            max_attempts=max_attempts,
            lease=lease,
            secret=secret,
        )
        return handler

    return declare


def scheduled(
    *,
    name: str,
    cron: str,
    title: Promise | str = "",
    max_attempts: int = 3,
    lease: timedelta = DEFAULT_LEASE,
) -> Callable[[F], F]:
    """Declare a function without payload as a job that runs by itself. Raises ValueError for a bad `cron`."""
    slots.check(cron=cron)

    def declare(handler: F) -> F:
        known = kinds.get(name)
        if known is None or known.handler is not handler:
            job(name=name, title=title, max_attempts=max_attempts, lease=lease)(handler)
        schedules[name] = Schedule(name=name, cron=cron)
        return handler

    return declare


def kind_of(*, name: str) -> JobKind:
    """The declaration of the job `name`. Raises UnknownJob."""
    try:
        return kinds[name]
    except KeyError:
        raise UnknownJob(name) from None
