"""How soon `trichter serve` answers, and what it needs when idle: `python -m bench.serving`; Linux only.

An installation that exists already and is empty. Memory is the sum of the proportional set sizes of all its
processes, once at rest and once after the start page has been asked for.
"""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from trichter.attract.tracking.tests.servers import free_port

from .figures import limit, machine
from .house import ROOT, installation, trichter, variables

SECONDS, MEGABYTES = 5, 400


def main() -> None:
    """Measure and print."""
    with installation() as data:
        trichter(data, "migrate")
        print(f"`trichter serve` ({machine()})", flush=True)
        for turn in ("the first time", "again"):
            _serve(data, turn)


def _serve(data: Path, turn: str) -> None:
    port, begin = free_port(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "trichter", "serve", "--port", str(port)], env=variables(data), cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _answers(f"http://127.0.0.1:{port}/accounts/login/"):
            assert process.poll() is None and time.perf_counter() - begin < 300, "it does not start"
            time.sleep(0.02)
        wall, used = time.perf_counter() - begin, _cpu(_family(process.pid))
        limit(f"first page {turn}, by the clock", wall, SECONDS, "s", 1)
        limit(f"CPU time of its processes until then, {turn}", used, 2 * SECONDS, "s", 1)
        time.sleep(15)
        sizes = [_memory(pid) for pid in _family(process.pid)]
        limit(f"idle, {len(sizes)} processes, {turn}", sum(sizes), MEGABYTES, "MB")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status == 200
    except OSError:
        return False


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


def _cpu(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Megabytes; what processes share is counted once. A process that has just ended has none."""
    try:
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(re.findall(r"^Pss:\s+(\d+)", rolled, re.M)[0]) / 1024


if __name__ == "__main__":
    main()
