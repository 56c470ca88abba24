"""How a grown house's tables are made up, told to SQLite from the first day.

SQLite chooses by statistics which index to read. Without any it guesses that a state, or a kind of event,
leaves ten rows: to find one person's addresses it then reads everybody's. Statistics that an installation
gathers itself would come late, and each would choose differently. So the same ones are put into every
installation, and tests see the plans that users get: those of the demo company with a million events
(`make statistics`). Left out are its small tables, which in other houses may be large, and columns in which
it has the same value everywhere: nobody there ever had a mobile number. PostgreSQL gathers its own.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction

FILE = Path(__file__).with_name("grown.tsv")
LEAST = 1_000
"""Tables with fewer rows are left out."""
Row = tuple[str, str, str]
_READ = "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL ORDER BY tbl, idx"


def put() -> None:
    """Let the database know them, where it knows others; nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'")
        here = set(cursor.fetchall())
        wanted = [row for row in stored() if row[:2] in here]
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone():
            cursor.execute(_READ)
            if cursor.fetchall() == wanted:
                return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE sqlite_schema")  # makes the table where it is missing
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (%s, %s, %s)", wanted)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sqlite_schema")  # has them read at once


def stored() -> list[Row]:
    """(table, index, rows and then rows per value of each further column), in order."""
    lines = FILE.read_text(encoding="ascii").splitlines()
    return [(table, index, stat) for table, index, stat in (line.split("\t") for line in lines)]


def gather(database: Path) -> list[Row]:
    """The same from a database, which gets statistics of its own by that."""
    with closing(sqlite3.connect(database)) as found:
        found.execute("ANALYZE")
        rows = found.execute(_READ).fetchall()
    return [row for row in rows if _tells(row)]


def _tells(row: Row) -> bool:
    table, _index, stat = row
    rows, per_value = map(int, stat.split()[:2])
    return rows >= LEAST and per_value < rows and not table.startswith("auth_")
