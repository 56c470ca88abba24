"""Adding to counters that may not exist yet: one statement per table, however many rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

_VALUES = 10_000


def add(
    model: type[models.Model],
    keys: Sequence[str],
    counts: Sequence[str],
    rows: Mapping[tuple[Any, ...], Sequence[int]],
) -> None:
    """Add `rows` (key → numbers) to the counters. `keys` are columns with a unique constraint.

    Rows are written in a steady order, so that two machines never wait for each other in a circle.
    """
    if not rows:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [*keys, *counts]
    mark = f"({', '.join(['%s'] * len(columns))})"
    more = ", ".join(f'"{name}" = {table}."{name}" + excluded."{name}"' for name in counts)
    listed = [(*key, *numbers) for key, numbers in sorted(rows.items(), key=lambda row: row[0])]
    size = max(1, _VALUES // len(columns))
    with connection.cursor() as cursor:
        for start in range(0, len(listed), size):
            part = listed[start : start + size]
            cursor.execute(
                f"INSERT INTO {table} ({_names(columns)}) VALUES {', '.join([mark] * len(part))} "  # noqa: S608
                f"ON CONFLICT ({_names(keys)}) DO UPDATE SET {more}",
                [value for row in part for value in row],
            )


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
