"""The test database as it was before the first test, brought back after one that really committed.

Emptying two hundred tables, as Django does, takes longer, and leaves out what migrations put into them.
"""

import sqlite3
from typing import cast

from django.db import connection, transaction

_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = """SELECT quote_ident(sequencename), coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences WHERE schemaname = 'public'"""


class Original:
    """A copy of the test database; `keep` makes it, and until then nothing is restored."""

    def __init__(self) -> None:
        self._pages: sqlite3.Connection | None = None
        self._sequences: list[tuple[str, int, bool]] = []
        self._filled: list[str] = []

    def keep(self) -> None:
        """Remember the database as it is now."""
        if connection.vendor == "sqlite":
            self._pages = sqlite3.connect(":memory:")
            connection.ensure_connection()
            cast(sqlite3.Connection, connection.connection).backup(self._pages)
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SEQUENCES)
            self._sequences = cursor.fetchall()
            cursor.execute("DROP SCHEMA IF EXISTS original CASCADE")
            cursor.execute("CREATE SCHEMA original")
            for table in _tables():
                cursor.execute(f"CREATE TABLE original.{table} AS TABLE public.{table}")
                if cursor.rowcount:
                    self._filled.append(table)
                else:
                    cursor.execute(f"DROP TABLE original.{table}")

    def restore(self) -> None:
        """Make the database equal to it again."""
        if connection.vendor == "sqlite":
            if self._pages is not None:
                connection.ensure_connection()
                self._pages.backup(cast(sqlite3.Connection, connection.connection))
            return
        if not self._filled:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            # Neither foreign keys nor the ledger's own locks have a say in this.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in _tables():
                cursor.execute(f"DELETE FROM {table}")
            for table in self._filled:
                cursor.execute(f"INSERT INTO public.{table} SELECT * FROM original.{table}")
            for name, value, used in self._sequences:
                cursor.execute("SELECT setval(%s::regclass, %s, %s)", [name, value, used])


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]
