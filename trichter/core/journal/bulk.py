"""Plain inserts of many rows: several times faster than building a model object for each."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

_NUMBERS = 50_000  # rows per statement where only one column differs
_VALUES = 10_000  # values per statement, below the limit of SQLite (32,766) and PostgreSQL (65,535)

_TO_WRITE_OUT = (models.DateField, models.UUIDField, models.JSONField)
_AS_IS = frozenset({type(None), str, int, bool})


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, ignore: bool = False
) -> int:
    """Insert rows of plain values (instants, uids, texts, numbers; dict and list as JSON) into `columns`.

    ignore: rows that are there already are passed over. Returns how many were inserted.
    """
    end = " ON CONFLICT DO NOTHING" if ignore else ""
    inserted = 0
    with connection.cursor() as cursor:
        for _part in _statements(cursor, model, columns, rows, end=end):
            inserted += cursor.rowcount
    return inserted


def insert_for(
    model: type[models.Model], column: str, numbers: Sequence[int], values: Mapping[str, Any], *,
    ignore: bool = False,
) -> int:  # fmt: skip
    """Insert a row for each of some numbers, which goes into `column`; `values` are the same in all rows.

    The numbers travel as one value, which is several times faster again than rows of values. `ignore` and
    what is returned are as for `insert`.
    """
    plain = _plain_values()
    names = ", ".join(f'"{name}"' for name in (column, *values))
    marks = ", %s" * len(values)
    source = "unnest(%s::bigint[]) AS n(value)" if connection.vendor == "postgresql" else "json_each(%s) AS n"
    # WHERE keeps SQLite from taking ON CONFLICT for the ON of a join.
    statement = (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT n.value{marks} FROM {source} WHERE true'  # noqa: S608
    )
    statement += " ON CONFLICT DO NOTHING" if ignore else ""
    same, inserted = [plain(value) for value in values.values()], 0
    with connection.cursor() as cursor:
        for start in range(0, len(numbers), _NUMBERS):
            part = list(numbers[start : start + _NUMBERS])
            cursor.execute(
                statement, [*same, part if connection.vendor == "postgresql" else json.dumps(part)]
            )
            inserted += cursor.rowcount
    return inserted


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write `columns` of records that exist; each row is (id, value, …). One prepared statement for all."""
    if not rows:
        return
    plain = _plain_values()
    changes = ", ".join(f'"{column}" = %s' for column in columns)
    statement = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "id" = %s'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[*map(plain, values), pk] for pk, *values in rows])


def insert_records(records: Sequence[models.Model]) -> None:
    """Insert new records of one model and give them their ids; without signals.

    As Django's own bulk insert does, it trusts both databases to return the ids in the order of the rows.
    """
    if not records:
        return
    fields = [field for field in records[0]._meta.concrete_fields if not field.primary_key]
    rows = [[getattr(record, field.attname) for field in fields] for record in records]
    with connection.cursor() as cursor:
        columns = [str(field.column) for field in fields]
        for part in _statements(cursor, type(records[0]), columns, rows, end=' RETURNING "id"'):
            for record, (pk,) in zip(records[part], cursor.fetchall(), strict=True):
                record.pk = pk
                record._state.adding = False
                record._state.db = connection.alias


def _statements(
    cursor: Any, model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, end: str
) -> Iterator[slice]:
    """Insert part after part; yields which rows have just been inserted."""
    names = ", ".join(f'"{column}"' for column in columns)
    head = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES '  # noqa: S608
    mark = f"({', '.join(['%s'] * len(columns))})"
    size, written_out = max(1, _VALUES // len(columns)), _written_out(model, columns)
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        values = written_out(rows[part])
        if connection.vendor == "postgresql":
            # Its driver looks for thousands of placeholders one by one, but remembers those of one row.
            cursor.execute(head + ", ".join(cursor.cursor.mogrify(mark, row) for row in values) + end)
        elif "RETURNING" in end:
            cursor.execute(
                head + ", ".join([mark] * len(values)) + end, [one for row in values for one in row]
            )
        else:
            cursor.executemany(head + mark + end, values)
        yield part


def _written_out(
    model: type[models.Model], columns: Sequence[str]
) -> Callable[[Sequence[Sequence[Any]]], list[list[Any]]]:
    """How rows of these columns go into this database. Only columns that hold instants, uids or JSON are
    looked at, as most of the millions of values go in as they are.
    """
    plain = _plain_values()
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    special = [place for place, column in enumerate(columns) if isinstance(fields[column], _TO_WRITE_OUT)]

    def write_out(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        found = [list(row) for row in rows]
        for place in special:
            before = written = None
            for row in found:
                if row[place] is not before:  # many rows in a row often share one object
                    before = row[place]
                    written = plain(before)
                row[place] = written
        return found

    return write_out


def refresh_statistics(*models: type[models.Model]) -> None:
    """Let the database look at tables again that have just grown by a lot.

    PostgreSQL does so by itself about a minute later; until then it takes them for empty and reads them
    from end to end for every batch of a follower.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def as_json(value: Any) -> str:
    """How JSON is written into a column."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain_values() -> Callable[[Any], Any]:
    """How values of Python go into this database; a function made once per statement, as it is called
    millions of times.
    """
    moment, day = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
    naive = connection.vendor == "sqlite" and connection.timezone is UTC
    native_uuid = connection.features.has_native_uuid_field

    def plain(value: Any) -> Any:
        if type(value) in _AS_IS:
            return value
        if isinstance(value, datetime):
            if naive and value.tzinfo is UTC:  # the same, without asking for each what it is
                return value.isoformat(" ")[:-6]
            return moment(value)
        if isinstance(value, date):
            return day(value)
        if isinstance(value, UUID):
            return value if native_uuid else value.hex
        if isinstance(value, dict | list):
            return as_json(value)
        return value

    return plain
