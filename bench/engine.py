"""The engine beside ClickHouse in process and PostgreSQL, on the same events, in one run.

usage: python -m bench.engine [MILLIONS]
"""

import sys
import time

import numpy as np

from trichter.core.events.conditions import EventMatch
from trichter.measure.engine import asking
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import TYPES, Rows, sorted_columns
from trichter.measure.engine.matching import Tables
from trichter.measure.engine.plan import Bounds, Plan

DAY = 86_400_000_000
KINDS = [
    "page.viewed",
    "form.submitted",
    "mail.opened",
    "deal.opened",
    "deal.won",
    "order.paid",
    "link.clicked",
]
SHARES = [0.70, 0.08, 0.09, 0.04, 0.02, 0.03, 0.04]


def world(millions: float):
    rng = np.random.default_rng(1)
    n = int(millions * 1_000_000)
    people = n // 10
    book = Codebook()
    for name in KINDS:
        book.kinds.code(name)
    for number in range(20):
        book.touch.code((f"source{number}", "cpc", "", "", ""))
    start = 1_767_225_600_000_000
    columns = {name: np.zeros(n, kind) for name, kind in TYPES.items()}
    columns["actor"] = rng.integers(1, people + 1, n)
    columns["at"] = start + rng.integers(0, 180 * DAY // 1_000_000, n) * 1_000_000
    columns["event"] = np.arange(1, n + 1)
    columns["kind"] = (1 + rng.choice(len(KINDS), n, p=SHARES)).astype(np.uint16)
    columns["touch"] = rng.integers(1, 21, n).astype(np.uint32)
    return sorted_columns(Rows(**columns)), book, start


def best(times: int, call):
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        answer = call()
        found.append(time.perf_counter() - begin)
    return min(found), answer


def main() -> None:
    millions = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    columns, book, _start = world(millions)
    steps = ("page.viewed", "form.submitted", "mail.opened", "deal.opened", "deal.won")
    plan = Plan(
        steps=tuple(EventMatch(kind) for kind in steps), gaps=(None,) * 5, window=30 * DAY,
        order="ordered", unit="person", first=False,
    )  # fmt: skip
    tables, groups = Tables(book), asking.people(columns)

    def ours():
        ways = asking.ask(plan, columns=columns, groups=groups, tables=tables, bounds=Bounds())
        reached = np.bincount(ways.depth, minlength=6)[::-1].cumsum()[::-1]
        return reached[1:].tolist()

    print("columns ready", flush=True)
    ours()
    seconds, counts = best(5, ours)
    print(f"engine      {seconds * 1000:9.1f} ms  {counts}", flush=True)

    from chdb import session

    db = session.Session()
    db.query("CREATE DATABASE IF NOT EXISTS b")
    db.query(
        "CREATE TABLE b.e (actor UInt32, at DateTime, kind UInt16) ENGINE = MergeTree ORDER BY (actor, at)"
    )
    import pandas as pd

    frame = pd.DataFrame(
        {"actor": columns.rows.actor.astype(np.uint32), "at": columns.rows.at, "kind": columns.rows.kind}
    )
    db.query("INSERT INTO b.e SELECT actor, intDiv(at, 1000000), kind FROM Python(frame)")
    db.query("OPTIMIZE TABLE b.e FINAL")
    conditions = ", ".join(f"kind = {book.kinds.known(kind)}" for kind in steps)
    sql = (
        "SELECT level, count() FROM (SELECT actor, windowFunnel(2592000)(at, "
        f"{conditions}) AS level FROM b.e GROUP BY actor) GROUP BY level ORDER BY level"
    )

    def theirs():
        rows = [tuple(map(int, line.split(","))) for line in str(db.query(sql, "CSV")).split()]
        by = dict(rows)
        return [sum(count for level, count in by.items() if level >= k) for k in range(1, 6)]

    theirs()
    other, counts = best(3, theirs)
    print(f"ClickHouse  {other * 1000:9.1f} ms  {counts}   {other / seconds:.1f} x the engine's time")


if __name__ == "__main__":
    main()
