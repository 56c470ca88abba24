"""From SQLite to PostgreSQL: every row of every table, in one transaction.

Tables are compared by name: both were migrated by the same release. What the release itself wrote into the
new database when it was made (stages, presets, roles) gives way to what is in the old one.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from .language import gettext as _

# Belongs to a database itself, or is made anew: the search index differs, and the cache may be forgotten.
_LEFT: Final = frozenset({"django_migrations", "trichter_cache"})
_OWN_KIND: Final = ("modelsearch_", "wagtailsearch_")
_PART: Final = 2_000
# SQLite keeps these as text or numbers; PostgreSQL reads them with a cast.
_CASTS: Final = {
    "boolean": "%s::int::boolean",
    "timestamp with time zone": "(%s || '+00')::timestamptz",
    "date": "%s::date",
    "time without time zone": "%s::time",
    "uuid": "%s::text::uuid",
    "jsonb": "%s::text::jsonb",
    "numeric": "%s::text::numeric",
    "interval": "%s::bigint * interval '1 microsecond'",
}


class MoveError(Exception):
    """The rows cannot be moved; the message says why. Nothing was changed."""


def move(*, source: Path, tell: Callable[[str, int], None] = lambda table, rows: None) -> int:
    """Copy everything from a SQLite file into the PostgreSQL database of the settings; how many rows.

    tell: called after each table. Raises MoveError.
    """
    if connection.vendor != "postgresql":
        raise MoveError(_("database_url must name the PostgreSQL database to move into"))
    total = 0
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, transaction.atomic():
        tables = _tables(old)
        _refuse_unlike(old)
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM journal_event)")
            if cursor.fetchone()[0]:
                raise MoveError(_("there are events in the PostgreSQL database; move into a new one"))
            cursor.execute(f"TRUNCATE {', '.join(map(_named, tables))} CASCADE")
            # What triggers once wrote is among the rows, under the numbers that they would give again.
            for table in tables:
                cursor.execute(f"ALTER TABLE {_named(table)} DISABLE TRIGGER USER")
            for table in tables:
                rows = _copy(old, cursor, table)
                tell(table, rows)
                total += rows
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table can be altered before
            for table in tables:
                cursor.execute(f"ALTER TABLE {_named(table)} ENABLE TRIGGER USER")
            for sql in connection.ops.sequence_reset_sql(
                no_style(), apps.get_models(include_auto_created=True)
            ):
                cursor.execute(sql)
    return total


def _tables(old: sqlite3.Connection) -> list[str]:
    known = set(connection.introspection.table_names())
    found = old.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    names = [str(name) for (name,) in found]
    return [name for name in names if name in known and name not in _LEFT and not name.startswith(_OWN_KIND)]


def _refuse_unlike(old: sqlite3.Connection) -> None:
    """Both databases must have been brought up to date by the same release."""
    try:
        theirs = set(old.execute("SELECT app, name FROM django_migrations").fetchall())
    except sqlite3.DatabaseError as error:
        raise MoveError(_("this is no database of Trichter: {reason}").format(reason=error)) from None
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        ours = set(cursor.fetchall())
    if theirs != ours:
        app, name = sorted(theirs ^ ours)[0]
        raise MoveError(
            _("the databases are of different releases ({migration}); run `trichter migrate` on both").format(
                migration=f"{app} {name}"
            )
        )


def _copy(old: sqlite3.Connection, cursor: Any, table: str) -> int:
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    columns = dict(cursor.fetchall())
    names = ", ".join(map(_named, columns))
    casts = ", ".join(_CASTS.get(kind, "%s") for kind in columns.values())
    total = 0
    for rows in _parts(old, f"SELECT {names} FROM {_named(table)}"):  # noqa: S608
        cursor.executemany(f"INSERT INTO {_named(table)} ({names}) VALUES ({casts})", rows)  # noqa: S608
        total += len(rows)
    return total


def _parts(old: sqlite3.Connection, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    found = old.execute(sql)
    while rows := found.fetchmany(_PART):
        yield rows


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
