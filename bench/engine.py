"""The engine beside ClickHouse in process, and beside the usual chained SQL on PostgreSQL when one is given.

usage: python -m bench.engine [EVENTS]     (10,000,000; TRICHTER_DATABASE_URL=postgres://… adds PostgreSQL)
"""

import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from trichter.core.events.conditions import EventMatch
from trichter.measure.engine import asking, behaviour, levels
from trichter.measure.engine.behaviour import Layer
from trichter.measure.engine.columns import NAMES, Rows, sorted_columns
from trichter.measure.engine.levels import Level
from trichter.measure.engine.matching import Tables
from trichter.measure.engine.plan import Bounds, Plan

from .figures import limit, machine, rate
from .timing import in_turns, show
from .world import COUNTRIES, DAY, DAYS, START, STEPS, World, stored

WINDOW = 30
WEEKS = 12


def plan() -> Plan:
    return Plan(
        steps=tuple(EventMatch(kind) for kind in STEPS), gaps=(None,) * len(STEPS), window=WINDOW * DAY,
        order="ordered", unit="person", first=False,
    )  # fmt: skip


def reached(depth: np.ndarray) -> list[int]:
    return np.bincount(depth, minlength=len(STEPS) + 1)[::-1].cumsum()[::-1][1:].tolist()


class Engine:
    """The questions, asked of layers."""

    def __init__(self, given: World, layers: list[Level]) -> None:
        self.tables, self.layers = Tables(given.book), layers

    def ways(self) -> list[Any]:
        return [
            asking.ask(
                plan(), columns=level.columns, groups=asking.people(level.columns), tables=self.tables,
                bounds=Bounds(), skip=level.gone,
            )
            for level in self.layers
        ]  # fmt: skip

    def funnel(self) -> list[int]:
        return reached(np.concatenate([ways.depth for ways in self.ways()]))

    def breakdown(self) -> list[list[int]]:
        """How many reached each step, by the country of the entry."""
        steps = len(STEPS) + 1
        counts = np.zeros((COUNTRIES + 1, steps), np.int64)
        for ways in self.ways():
            place = ways.look_up("place", 1).astype(np.int64) * steps + ways.depth
            counts += np.bincount(place, minlength=counts.size).reshape(counts.shape)
        return counts[1:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:].tolist()

    def retention(self) -> list[list[int]]:
        """Weekly cohorts by the first page view, back with another one."""
        edges = START + np.arange(WEEKS + 1) * 7 * DAY
        layers = [Layer(level.columns, level.gone) for level in self.layers]
        view = EventMatch("page.viewed")
        found = behaviour.retention(layers, tables=self.tables, first=view, back=view, edges=edges)
        return [
            [int(found.sizes[week]), *found.back[week, 1 : WEEKS - week].tolist()] for week in range(WEEKS)
        ]


def overlaid(given: World, fresh: int) -> list[Level]:
    """The base with `fresh` new events of as many people, lifted as the mirror lifts them."""
    rng = np.random.default_rng(2)
    base = Level.of(given.columns)
    actors = np.unique(rng.choice(given.columns.actors, fresh))
    new = {name: np.zeros(len(actors), getattr(given.columns.rows, name).dtype) for name in NAMES}
    new["actor"], new["at"] = actors, START + rng.integers(0, DAYS * 86_400, len(actors)) * 1_000_000
    new["event"] = len(given.columns) + 1 + np.arange(len(actors))
    new["kind"][:] = 2
    new["touch"][:] = 1
    nothing = Level.of(sorted_columns(given.columns.rows.take(np.empty(0, np.int64))))
    rows = [base.rows_of(actors), Rows(*(new[name] for name in NAMES))]
    from trichter.measure.engine.columns import joined

    return list(levels.put((base, nothing, nothing), actors=actors, rows=joined(rows), bounds=(20_000,)))


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    print(f"{events:,} events of {events // 10:,} people ({machine()})\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="trichter-bench-") as name:
        compare(stored(events, Path(name)))


def compare(given: World) -> None:
    events = len(given.columns)
    engine = Engine(given, [Level.of(given.columns)])
    others: dict[str, Any] = {}
    if events <= 10_000_000:
        from .clickhouse import ClickHouse

        others["ClickHouse in process"] = ClickHouse(given)
        if os.environ.get("TRICHTER_DATABASE_URL", "").startswith("postgres"):
            from .postgres import Postgres

            others["PostgreSQL, chained SQL"] = Postgres(given)
    for title, name in (
        ("Funnel of five steps, window of 30 days", "funnel"),
        ("The same by country", "breakdown"),
        ("Weekly retention over twelve weeks", "retention"),
    ):
        ways: dict[str, Callable[[], Any]] = {"engine": getattr(engine, name)}
        ways |= {other: getattr(it, name) for other, it in others.items() if hasattr(it, name)}
        slow = any(other.startswith("Postgre") for other in ways)
        taken = in_turns(ways, rounds=3 if slow else 5)
        show(title, taken)
        for other, goal in (("ClickHouse in process", 5), ("PostgreSQL, chained SQL", 50)):
            if other in taken:
                rate(f"faster than {other}", taken[other] / taken["engine"], goal, "x")
        limit("answer", taken["engine"] * 1000, 1000, "ms")
    limit("largest size of the process", _peak(), 3, "GiB", 2)
    fresh = Engine(given, overlaid(given, 100_000))
    taken = in_turns(
        {"base alone": lambda: engine.funnel() and None, "with overlay": lambda: fresh.funnel() and None}
    )
    show("Funnel with 100,000 new events above the base", taken)
    limit("with overlay, times the base alone", taken["with overlay"] / taken["base alone"], 2, "x", 2)
    print(f"      largest size with all columns of 100,000 people read from the map: {_peak():.2f} GiB")


def _peak() -> float:
    """Of this process so far, with the pages of the columns that it has mapped, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
