"""`trichter worker`: followers, jobs and schedule, until it is told to stop."""

import os
import signal
import threading

import click

from trichter.config.language import gettext as _

from .setup import django_setup, prepare


@click.command("worker", help=_("Run another worker process (PostgreSQL)."))
@click.option("--once", is_flag=True, help=_("Do what is due and end."))
@click.option("--no-prepare", is_flag=True, hidden=True)
@click.option("--drain", is_flag=True, hidden=True, help="Empty the inbox of the collector beside it.")
@click.option("--drain-only", is_flag=True, hidden=True, help="And do nothing else.")
@click.option("--ready-fd", type=int, default=None, hidden=True, help="Tell here that all is prepared.")
def command(once: bool, no_prepare: bool, drain: bool, drain_only: bool, ready_fd: int | None) -> None:
    """Load the house and work."""
    django_setup()
    work(once=once, no_prepare=no_prepare, drain=drain, drain_only=drain_only, ready_fd=ready_fd)


def work(
    *,
    once: bool = False,
    no_prepare: bool = False,
    drain: bool = False,
    drain_only: bool = False,
    ready_fd: int | None = None,
) -> None:
    """Be a worker in this process, whose main thread this must be; Django is loaded."""
    if not no_prepare:
        prepare()
    if ready_fd is not None:
        os.write(ready_fd, b"1")
        os.close(ready_fd)
    from django.conf import settings

    from trichter.attract.replay.draining import ReplayDrainer
    from trichter.attract.tracking.draining.drainer import Drainer
    from trichter.core.journal.worker import run_worker
    from trichter.kit.garbage import settle
    from trichter.measure.engine.jobs import pour_soon
    from trichter.measure.engine.warming import warm_beside

    settle()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    drainers = [Drainer(folder=settings.INBOX_DIR), ReplayDrainer(folder=settings.REPLAY_INBOX_DIR)]
    if drain and not once:
        for drainer in drainers:
            drainer.start()
    if not once and not drain_only:
        warm_beside()
        pour_soon()
    try:
        if drain_only:
            stop.wait()
        else:
            run_worker(stop=stop, once=once)
    finally:
        for drainer in drainers:
            drainer.stop()
