"""How fast an access log comes in: `python -m bench.importing [LINES]` (500,000).

Measured is the import of a new log into the journal, from reading the first byte to the last commit; then the
same file again, of which nothing may be taken twice. One process reads the lines, one places visits and writes:
the clock says what a user waits for, the CPU time what both have worked.
"""

import resource
import sys
import time
from pathlib import Path

from .accesslog import HOST, write
from .figures import machine, rate
from .house import installation, move_in, trichter


def main(lines: int) -> None:
    """Measure and print."""
    with installation() as data:
        trichter(data, "migrate")
        path = data / "access.log"
        count = write(path, lines=lines)
        move_in(data)
        print(f"Import of an access log of {count:,} lines ({machine()})", flush=True)
        first = _import(path, count, "new log")
        again = _import(path, count, "the same log again")
        assert again.created == 0 and again.known == first.created, (again.created, first.created)
        print(
            f"  {first.created:,} page views, {first.visits.visits:,} visits; left out: {dict(first.tally.left_out)}"
        )


def _import(path: Path, count: int, label: str):
    from trichter.connect.imports.actions import new_run
    from trichter.connect.imports.logs import LogRun
    from trichter.connect.imports.options import Options

    run = new_run(kind="access-log", paths=[path], plan=None, options=Options(), dry=False)
    log = LogRun(run=run, paths=[path], own_domains=[HOST.removeprefix("https://www.")])
    wall, own, reader = time.perf_counter(), time.process_time(), _children()
    log.go()
    wall, own, reader = time.perf_counter() - wall, time.process_time() - own, _children() - reader
    rate(f"{label}, by CPU time of the writing process", count / own, 50_000, "lines/s")
    print(f"  {label}: {own:.2f} s of CPU time here, {reader:.2f} s in the reader")
    rate(f"{label}, by the clock", count / wall, 50_000, "lines/s")
    return log


def _children() -> float:
    """Seconds of CPU time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
