"""`trichter worker`: followers, jobs and schedule, until it is told to stop."""

import signal
import threading

import click

from .setup import django_setup, prepare


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due and end.")
@click.option("--no-prepare", is_flag=True, hidden=True)
def command(once: bool, no_prepare: bool) -> None:
    """Run a worker."""
    django_setup()
    if not no_prepare:
        prepare()
    from trichter.core.journal.worker import run_worker
    from trichter.measure.engine.warming import warm

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=warm, name="warm", daemon=True).start()
    run_worker(stop=stop, once=once)
