"""The same questions in ClickHouse's own words, by its engine in this process."""

import numpy as np

from .world import COUNTRIES, START, STEPS, World


class ClickHouse:
    def __init__(self, given: World) -> None:
        import pandas as pd
        from chdb import session

        rows = given.columns.rows
        frame = pd.DataFrame({
            "actor": rows.actor.astype(np.uint32), "at": (rows.at // 1_000_000).astype(np.uint32),
            "kind": rows.kind, "place": rows.place,
        })  # fmt: skip
        self.db = session.Session()
        self.db.query("CREATE DATABASE bench")
        self.db.query(
            "CREATE TABLE bench.e (actor UInt32, at DateTime, kind UInt16, place UInt32) "
            "ENGINE = MergeTree ORDER BY (actor, at)"
        )
        self.db.query("INSERT INTO bench.e SELECT actor, at, kind, place FROM Python(frame)")
        self.db.query("OPTIMIZE TABLE bench.e FINAL")
        del frame

        self.steps = [given.book.kinds.known(kind) for kind in STEPS]

    def rows(self, sql: str) -> list[list[int]]:
        return [[int(one) for one in line.split(",")] for line in str(self.db.query(sql, "CSV")).split()]

    def funnel(self) -> list[int]:
        conditions = ", ".join(f"kind = {kind}" for kind in self.steps)
        levels = dict(self.rows(
            "SELECT level, count() FROM (SELECT windowFunnel(2592000)(at, "
            f"{conditions}) AS level FROM bench.e GROUP BY actor) GROUP BY level"
        ))  # fmt: skip
        return [sum(count for level, count in levels.items() if level >= step) for step in range(1, 6)]

    def breakdown(self) -> list[list[int]]:
        conditions = ", ".join(f"kind = {kind}" for kind in self.steps)
        found = self.rows(
            "SELECT country, level, count() FROM (SELECT any(place) AS country, windowFunnel(2592000)(at, "
            f"{conditions}) AS level FROM bench.e GROUP BY actor) GROUP BY country, level"
        )
        counts = [[0] * 6 for _ in range(COUNTRIES)]
        for country, level, count in found:
            for step in range(level + 1):
                counts[country - 1][step] += count
        return [one[1:] for one in counts]

    def retention(self) -> list[list[int]]:
        week = 7 * 86_400
        start = START // 1_000_000
        found: dict[tuple[int, int], int] = {
            (cohort, later): count
            for cohort, later, count in self.rows(
                f"""
                SELECT cohort, week - cohort AS later, uniqExact(actor) FROM (
                    SELECT actor, intDiv(toUInt32(at) - {start}, {week}) AS week,
                           min(intDiv(toUInt32(at) - {start}, {week})) OVER (PARTITION BY actor) AS cohort
                    FROM bench.e WHERE kind = {self.steps[0]} AND toUInt32(at) < {start + 12 * week})
                GROUP BY cohort, later"""
            )
        }
        return [[found.get((cohort, later), 0) for later in range(12 - cohort)] for cohort in range(12)]
