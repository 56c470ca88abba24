"""Compiles the kernels before somebody waits for them; what is compiled is kept on the disk.

In a process of its own: compiling takes ten seconds and memory that nobody gives back.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np

from trichter import __version__
from trichter.core.events.conditions import Condition, EventMatch

from . import asking
from .codebook import Codebook
from .columns import TYPES, Rows, sorted_columns
from .matching import Tables
from .plan import Bounds, Order, Plan

_MARK: Final = f"warmed-{__version__}"
_ORDERS: Final[tuple[Order, ...]] = ("ordered", "strict", "any")
_STEPS: Final = EventMatch("page.viewed"), EventMatch("page.viewed", (Condition("page", "is", "/"),))


def warm() -> None:
    """Ask every kernel about one event."""
    book = Codebook()
    book.kinds.code("page.viewed")
    columns = sorted_columns(Rows(*(np.ones(1, kind) for kind in TYPES.values())))
    book.touch.code(("a", "", "", "", ""))
    for name in ("page", "place", "worth", "facts"):
        book.of(name).code({"page": "/", "place": ("", "a"), "worth": (1, ""), "facts": (1, "{}")}[name])
    for order in _ORDERS:
        for gap in (None, 1):
            plan = Plan(
                steps=_STEPS, gaps=(None, gap), window=1, order=order, unit="person", first=False,
                in_play=frozenset({"page.viewed"}) if order == "strict" else None,
            )  # fmt: skip
            asking.ask(
                plan, columns=columns, groups=asking.people(columns), tables=Tables(book), bounds=Bounds()
            )


def warm_beside() -> None:
    """Let another process do it, unless this version's kernels have been compiled here before."""
    mark = Path(os.environ["NUMBA_CACHE_DIR"]) / _MARK
    if not mark.exists():
        subprocess.Popen(["nice", sys.executable, "-m", "trichter.measure.engine.warming", str(mark)])


if __name__ == "__main__":
    warm()
    Path(sys.argv[1]).touch()
