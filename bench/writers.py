"""When one writer at a time is not enough any more: SQLite beside PostgreSQL.

usage: python scripts/with_postgres.py python -m bench.writers [SECONDS]     (8)

Processes write events in batches of a thousand, as imports and followers do, as fast as they can. Beside them a
colleague writes a note ten times a second, as pages do; what he waits for each is what a user feels.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .figures import machine
from .house import ROOT, variables

BATCH = 1_000
WRITERS = (0, 1, 2, 4)
_PAUSE = 0.1
_LABELS = {"": "SQLite", "postgres": "PostgreSQL"}


def _ready() -> None:
    """Tell the parent that this process is set up, and wait for the others."""
    print("ready", flush=True)
    sys.stdin.readline()


def write_events(number: int, seconds: float) -> str:
    """Batches of page views of a thousand visitors, until the time is over: how many events."""
    from django.utils import timezone

    from trichter.core.events import PageViewed
    from trichter.core.journal.actions import Entry, identify_many, record_many

    names = [f"writer {number} visitor {one}" for one in range(BATCH)]
    visitors = list(identify_many(kind="visitor", values=names).values())
    _ready()
    written, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        now = timezone.now()
        record_many(
            [Entry(fact=PageViewed(), at=now, identity=one, session=one, page="/p") for one in visitors]
        )
        written += BATCH
    return str(written)


def write_notes(_number: int, seconds: float) -> str:
    """A note now and then: median, 99 % and longest wait in milliseconds."""
    from django.utils import timezone

    from trichter.core.people.actions import add_note, find_or_create_person

    now = timezone.now()
    person, _new = find_or_create_person(email="a@example.com", defaults={}, at=now, origin="bench")
    add_note(person=person, text="first", by=None, at=now)
    _ready()
    waits, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter()
        add_note(person=person, text="called", by=None, at=timezone.now())
        waits.append((time.perf_counter() - begin) * 1_000)
        time.sleep(_PAUSE)
    waits.sort()
    last = waits[int(len(waits) * 0.99) - 1]
    return f"{statistics.median(waits):.1f} {last:.1f} {waits[-1]:.1f}"


def together(*, writers: int, seconds: float, environment: dict[str, str]) -> tuple[float, str]:
    """Events a second of all writers, and what the colleague waited."""
    kinds = [("events", str(number)) for number in range(writers)] + [("notes", "0")]
    command = [sys.executable, "-m", "bench.writers", "--as"]
    here: list[Any] = [
        subprocess.Popen(
            [*command, *kind, str(seconds)], env=environment, cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )
        for kind in kinds
    ]  # fmt: skip
    for one in here:
        one.stdout.readline()
    for one in here:
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate()[0].strip() for one in here]
    return sum(int(text) for text in said[:-1]) / seconds, said[-1]


def main(seconds: float) -> None:
    """Measure and print."""
    url = os.environ.get("TRICHTER_DATABASE_URL", "")
    print(f"Writers at once ({machine()})", flush=True)
    for kind in ("", "postgres") if url else ("",):
        folder = Path(tempfile.mkdtemp(prefix="trichter-bench-"))
        environment = variables(folder, DJANGO_SETTINGS_MODULE="trichter.config.settings")
        if kind:
            environment["TRICHTER_DATABASE_URL"] = url
        try:
            command = [sys.executable, "-m", "trichter", "migrate"]
            subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            for writers in WRITERS:
                events, waits = together(writers=writers, seconds=seconds, environment=environment)
                median, last, longest = waits.split()
                print(
                    f"  {_LABELS[kind]:<12}{writers} writers{events:>12,.0f} events/s   a note: {median:>7} ms median,"
                    f"{last:>8} ms at 99 %,{longest:>8} ms at most",
                    flush=True,
                )
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as"]:
        import django

        django.setup()
        work = {"events": write_events, "notes": write_notes}[sys.argv[2]]
        print(work(int(sys.argv[3]), float(sys.argv[4])), flush=True)
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 8)
