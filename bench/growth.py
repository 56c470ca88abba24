"""The product's own questions: the engine's columns beside ClickHouse, the engine in this process.

usage: python -m bench.growth [EVENTS]     (1,000,000)

Unlike `bench.engine` this asks the SQL of `measure/clickhouse`, which gives the whole answer (which rows, how
far, who may go on), not a count alone.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

os.environ["TRICHTER_DATA"] = mkdtemp(prefix="trichter-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "trichter.config.settings"
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parent.parent / ".cache" / "kernels"))

import django

django.setup()

import numpy as np  # noqa: E402

from trichter.core.events.conditions import EventMatch  # noqa: E402
from trichter.measure.clickhouse.behaviour import Asked  # noqa: E402
from trichter.measure.clickhouse.client import Address, Client  # noqa: E402
from trichter.measure.clickhouse.funnel import funnel  # noqa: E402
from trichter.measure.clickhouse.rows import columns_of  # noqa: E402
from trichter.measure.clickhouse.schema import COLUMNS, Tables  # noqa: E402
from trichter.measure.clickhouse.scope import Scope  # noqa: E402
from trichter.measure.engine import asking, matching  # noqa: E402
from trichter.measure.engine.behaviour import Layer  # noqa: E402
from trichter.measure.engine.plan import Bounds, Break, Plan  # noqa: E402
from trichter.measure.engine.questions import InColumns  # noqa: E402

from .engine import plan  # noqa: E402
from .world import DAY, START, STEPS, world  # noqa: E402

PART = 100_000
LIMITED = Plan(
    steps=tuple(EventMatch(kind) for kind in STEPS), gaps=(None, 7 * DAY, None, 14 * DAY, None),
    window=30 * DAY, order="ordered", unit="person", first=False,
    breaks=(Break(EventMatch("link.clicked"), 2, 4),),
)  # fmt: skip
EDGES = np.array([START + week * 7 * DAY for week in range(13)], np.int64)
VIEW, FORM = EventMatch("page.viewed"), EventMatch("form.submitted")


def main(events: int) -> None:
    given = world(events)
    client = Client(Address.of("chdb://"))
    tables = Tables(client.address)
    tables.make(client)
    began = time.perf_counter()
    for start in range(0, events, PART):
        rows = given.columns.rows.take(slice(start, start + PART))
        client.insert(tables.events, names=COLUMNS, columns=columns_of(rows, given.book, version=1))
    seconds = time.perf_counter() - began
    print(f"written: {events / seconds:,.0f} events a second")
    size, raw = client.rows(
        "SELECT sum(data_compressed_bytes), sum(rows) FROM system.parts WHERE active AND table LIKE 'events%'"
    )[0]
    print(f"on the disk: {size / raw:.1f} bytes an event")
    codes = matching.Tables(given.book)
    layer = Layer(given.columns, np.zeros(len(given.columns.actors), np.uint8))
    ours = InColumns((layer,), codes, given.book)
    scope = Scope(table=tables.events)

    def columns(asked: Plan) -> object:
        return asking.ask(
            asked, columns=given.columns, groups=asking.people(given.columns), tables=codes, bounds=Bounds()
        ).depth.sum()

    def sql(asked: Plan) -> object:
        ways, _book = funnel(client, asked, bounds=Bounds(), scope=scope, company_of=None, columns=())
        return ways.depth.sum()

    def theirs() -> Asked:
        return Asked(client, scope)

    questions = {
        "funnel, window of 30 days": (lambda: columns(plan()), lambda: sql(plan())),
        "funnel, limits per step, exclusion": (lambda: columns(LIMITED), lambda: sql(LIMITED)),
        "retention, 12 weeks": tuple(
            lambda one=one: one().retention(VIEW, FORM, edges=EDGES).back.sum()
            for one in (lambda: ours, theirs)
        ),
        "visits of a week": tuple(
            lambda one=one: sum(
                len(part) for part in one().visits(VIEW, goals=[FORM], low=START, high=START + 7 * DAY)
            )
            for one in (lambda: ours, theirs)
        ),
    }
    for name, (engine, clickhouse) in questions.items():
        found, times = [], []
        for ask in (engine, clickhouse):
            found.append(ask())
            rounds = []
            for _ in range(3):
                began = time.perf_counter()
                ask()
                rounds.append(time.perf_counter() - began)
            times.append(min(rounds))
        assert found[0] == found[1], (name, found)
        print(f"{name}: {times[0] * 1000:,.0f} ms in columns, {times[1] / times[0]:,.0f} times that in SQL")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["1000000"])[0].replace(",", "")))
