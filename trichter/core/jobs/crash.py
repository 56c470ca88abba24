"""Named points at which tests let the process die as if the power had gone.

`TRICHTER_CRASH_AT=after_commit:3` kills the process when it reaches that point for the third time.
"""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Die here when the environment says so; otherwise nothing."""
    wanted = os.environ.get("TRICHTER_CRASH_AT")
    if not wanted:
        return
    point, _, turn = wanted.partition(":")
    if point == name:
        _passed[name] += 1
        if _passed[name] == int(turn or 1):
            os.kill(os.getpid(), signal.SIGKILL)
