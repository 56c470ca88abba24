"""Triggers that refuse to change the ledger, whoever asks, on SQLite and on PostgreSQL.

Records and wordings cannot be changed or deleted, personal parts cannot be changed. SQLite loses a table's
triggers when a migration rebuilds the table, so they are put back after every migration, and the check of
the ledger tells when they are missing. TRUNCATE on PostgreSQL is left to the owner of the database: what it
would take away is missed by the check, since the end of the ledger is kept apart.
"""

from collections.abc import Iterator

from django.db import connection, models

from .models import ConsentPart, ConsentRecord, Wording

_LOCKED: tuple[tuple[type[models.Model], str], ...] = (
    (ConsentRecord, "UPDATE"), (ConsentRecord, "DELETE"), (Wording, "UPDATE"), (Wording, "DELETE"),
    (ConsentPart, "UPDATE"),
)  # fmt: skip
_REFUSAL = "the ledger of consents is append-only"
_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION consent_refuse() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$ LANGUAGE plpgsql
"""


def _triggers() -> Iterator[tuple[str, str, str]]:
    """Name, table, event."""
    for model, event in _LOCKED:
        table = model._meta.db_table
        yield f"{table}_no_{event.lower()}", table, event


def missing() -> list[str]:
    """Triggers that should be there and are not (on PostgreSQL also those switched off)."""
    known = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(known)
        found = {row[0] for row in cursor.fetchall()}
    return [name for name, _table, _event in _triggers() if name not in found]


def install() -> None:
    """Put the missing ones in place."""
    absent = set(missing())
    if not absent:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, table, event in _triggers():
            if name in absent and connection.vendor == "postgresql":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
                cursor.execute(
                    f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" '
                    "FOR EACH ROW EXECUTE FUNCTION consent_refuse()"
                )
            elif name in absent:
                cursor.execute(
                    f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" '
                    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
                )


def remove() -> None:
    """Take them away: for tests that tamper."""
    with connection.cursor() as cursor:
        for name, table, _event in _triggers():
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')
