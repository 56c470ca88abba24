"""The funnel as it is usually written for a relational database: one step joined to the next."""

import os

import numpy as np

from .world import STEPS, World


class Postgres:
    def __init__(self, given: World) -> None:
        import psycopg

        self.steps = [given.book.kinds.known(kind) for kind in STEPS]
        self.db = psycopg.connect(os.environ["TRICHTER_DATABASE_URL"], autocommit=True)
        self.db.execute("DROP TABLE IF EXISTS bench_e")
        self.db.execute("CREATE UNLOGGED TABLE bench_e (actor int, at int, kind int2)")
        rows = given.columns.rows
        with self.db.cursor().copy("COPY bench_e FROM STDIN") as copy:
            for start in range(0, len(rows), 200_000):
                part = slice(start, start + 200_000)
                lines = np.stack([rows.actor[part], rows.at[part] // 1_000_000, rows.kind[part]], axis=1)
                copy.write("\n".join("\t".join(map(str, line)) for line in lines.tolist()) + "\n")
        self.db.execute("CREATE INDEX ON bench_e (kind, actor, at)")
        self.db.execute("VACUUM ANALYZE bench_e")

    def funnel(self) -> list[int]:
        """From every entry on, per step the earliest event after the one before, within the window."""
        tables = [f"s1 AS (SELECT actor, at AS entry, at FROM bench_e WHERE kind = {self.steps[0]})"]
        for number, kind in enumerate(self.steps[1:], start=2):
            tables.append(
                f"s{number} AS (SELECT b.actor, b.entry, min(e.at) AS at FROM s{number - 1} b JOIN bench_e e"
                f" ON e.actor = b.actor AND e.kind = {kind} AND e.at > b.at AND e.at <= b.entry + 2592000"
                " GROUP BY b.actor, b.entry)"
            )
        counts = ", ".join(f"(SELECT count(DISTINCT actor) FROM s{number})" for number in range(1, 6))
        return list(self.db.execute(f"WITH {', '.join(tables)} SELECT {counts}").fetchone())
