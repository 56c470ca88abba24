"""The database of a new installation as its migrations leave it, so that the first start need not run them.

Nearly three hundred migrations, most of them of the content system, take a minute on an empty SQLite file.
Here lies what comes out of them, by language (`make prepared` renews it); what is newer than that, and what
runs after each migration, `migrate` does as ever. PostgreSQL takes the long way.
"""

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

_FOLDER = Path(__file__).parent


def file_for(language: str) -> Path:
    """Where the prepared database of this language lies."""
    return _FOLDER / f"{language}.sqlite3.xz"


def lay_down() -> bool:
    """Fill an empty SQLite database; False when it is none, or when there is nothing that fits.

    It does not fit when it has seen migrations that the installed libraries do not have.
    """
    packed = file_for(settings.LANGUAGE_CODE)
    if connection.vendor != "sqlite" or connection.introspection.table_names() or not packed.exists():
        return False
    with closing(sqlite3.connect(":memory:")) as source:
        source.deserialize(lzma.decompress(packed.read_bytes()))
        seen = set(source.execute("SELECT app, name FROM django_migrations"))
        if not seen <= set(MigrationLoader(None).disk_migrations):
            return False
        connection.ensure_connection()
        source.backup(cast(sqlite3.Connection, connection.connection))
    _renew()
    return True


def _renew() -> None:
    """What was made with the database was made now, and has keys that no other installation has."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND c.type = 'datetime'"
        )
        for table, column in map(_quoted, cursor.fetchall()):
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} IS NOT NULL", [now])  # noqa: S608
        cursor.execute("UPDATE wagtailcore_page SET translation_key = lower(hex(randomblob(16)))")


def _quoted(names: tuple[str, str]) -> tuple[str, str]:
    table, column = names
    return connection.ops.quote_name(table), connection.ops.quote_name(column)
