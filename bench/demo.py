"""How long the demo takes at the first start: `python -m bench.demo`."""

import os
import subprocess
import sys
import time

from .figures import limit, machine
from .house import ROOT, installation, variables

SECONDS = 30


def main() -> None:
    """Measure and print; the migration of the empty database, which a demo begins with, is shown by itself."""
    with installation() as data:
        print(f"Demo of about 200,000 events ({machine()})", flush=True)
        for label, command in (("preparing the empty database", "migrate"), ("making the demo", "demo")):
            before, wall = os.times(), time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "trichter", command], env=variables(data), cwd=ROOT, check=True,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
            after = os.times()
            cpu = after.children_user + after.children_system - before.children_user - before.children_system
            limit(f"{label}, CPU time", cpu, SECONDS, "s", 1)
            limit(f"{label}, by the clock", time.perf_counter() - wall, SECONDS, "s", 1)


if __name__ == "__main__":
    main()
