"""Invented journals in columns: the same events for every engine that is asked.

`python -m bench.world EVENTS FOLDER` lays them on the disk as the mirror does.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trichter.measure.engine import store
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import NAMES, TYPES, Columns, Rows, grouped

DAY = 86_400_000_000
START = 1_767_225_600_000_000  # 2026-01-01
DAYS = 180
KINDS = (
    "page.viewed",
    "form.submitted",
    "mail.opened",
    "deal.opened",
    "deal.won",
    "order.paid",
    "link.clicked",
)
STEPS = KINDS[:5]
"""Of the funnel that everybody is asked for."""
SHARES = (0.70, 0.08, 0.09, 0.04, 0.02, 0.03, 0.04)
SOURCES = 20
COUNTRIES = 12  # an actor has one and keeps it, so that every engine splits alike


@dataclass(frozen=True)
class World:
    columns: Columns
    book: Codebook


def world(events: int) -> World:
    """`events` of a tenth as many people in half a year, in order; whole seconds, as ClickHouse keeps them."""
    rng = np.random.default_rng(1)
    book = Codebook()
    for name in KINDS:
        book.kinds.code(name)
    for number in range(COUNTRIES):
        book.place.code((f"{number:02d}", ""))
    for number in range(SOURCES):
        book.touch.code((f"source{number}", "cpc", "", "", ""))
    rows = {name: np.zeros(events, kind) for name, kind in TYPES.items()}
    # Drawn in order already: a hundred million rows are not sorted in a few gigabytes.
    per_actor = rng.multinomial(events, np.full(events // 10, 10 / events))
    rows["actor"] = np.repeat(np.arange(1, len(per_actor) + 1), per_actor)
    at = rng.integers(0, DAYS * 86_400, events)
    step = 1_000_000
    for start in range(0, events, step):  # the last actor of a chunk may be cut in two: sorted in both halves
        part = slice(start, start + step)
        at[part] = at[part][np.lexsort((at[part], rows["actor"][part]))]
    rows["at"] = START + at * 1_000_000
    _mend(rows["actor"], rows["at"], step)
    rows["event"] = np.arange(1, events + 1)
    rows["kind"] = (1 + rng.choice(len(KINDS), events, p=SHARES)).astype(np.uint16)
    rows["identity"] = rows["actor"].astype(np.uint32)
    rows["session"] = rows["actor"] * 1_000 + (at // 86_400)
    rows["place"] = (1 + rows["actor"] % COUNTRIES).astype(np.uint32)
    rows["touch"] = rng.integers(1, SOURCES + 1, events).astype(np.uint32)
    return World(grouped(Rows(*(rows[name] for name in NAMES))), book)


def stored(events: int, folder: Path) -> World:
    """The same, mapped from the disk: inventing them takes more memory than asking about them."""
    subprocess.run([sys.executable, "-m", "bench.world", str(events), str(folder)], check=True)
    base = store.load(folder, store.generation(folder) or "")
    return World(base.columns, base.book)


def _mend(actor: np.ndarray, at: np.ndarray, step: int) -> None:
    """Sort the actors that lie across a chunk's border."""
    for border in range(step, len(actor), step):
        low, high = np.searchsorted(actor, actor[border]), np.searchsorted(actor, actor[border], side="right")
        at[low:high] = np.sort(at[low:high])


if __name__ == "__main__":
    given = world(int(sys.argv[1]))
    store.save(Path(sys.argv[2]), store.Base(given.columns, given.book, store.Place(), store.Place()))
