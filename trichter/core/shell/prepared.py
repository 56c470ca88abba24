"""Queries that are asked again and again with other ids, without having the ORM write their SQL every time.

For one person that takes ten times as long as the database needs for its answer.

    _LINKS = Prepared(lambda ids: Link.objects.filter(person_id__in=ids).values_list("identity_id"))

    list(_LINKS.rows([3, 4]))
"""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

MOST = 2_048
_FEW = 64
_FETCH = 2_000
# Stand for the ids when the SQL is written; nothing has such a number.
_MARK = -(2**40)


class Prepared:
    """A query of plain values for a list of ids; nothing else about it may change from one time to the next.

    make: gives the query for a list of ids, which stands in it once (or not at all: then the list is empty).
    """

    def __init__(self, make: Callable[[list[int]], QuerySet[Any, Any]]) -> None:
        self._make = make
        self._known: dict[tuple[str, int], tuple[Any, str, tuple[Any, ...], int, Any]] = {}

    def rows(self, ids: Collection[int] | None = None) -> Iterator[tuple[Any, ...]]:
        """The rows for these ids, at most `MOST`, as the ORM gives them; None for a query without ids."""
        if ids is not None and not ids:
            return
        wanted = list(ids or ())
        # Lengths are rounded up, so that there are few different statements; an id may stand there twice.
        size = 1 << (len(wanted) - 1).bit_length() if wanted else 0
        if size > MOST:
            raise ValueError("too many ids at once")
        key = (connection.vendor, size)
        compiler, sql, params, place, converters = self._known.get(key) or self._written(key, size)
        wanted += wanted[-1:] * (size - len(wanted))
        values = (*params[:place], *wanted, *params[place + size :])
        with connection.cursor() if size <= _FEW else connection.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            while part := cursor.fetchmany(_FETCH):
                if converters:
                    yield from map(tuple, compiler.apply_converters(part, converters))
                else:
                    yield from part

    def _written(self, key: tuple[str, int], size: int) -> tuple[Any, str, tuple[Any, ...], int, Any]:
        marks = [_MARK - number for number in range(size)]
        compiler = self._make(marks).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        place = params.index(marks[0]) if marks else 0
        if list(params[place : place + size]) != marks:
            raise ValueError("the ids do not stand in the query one after the other")
        converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
        found = self._known[key] = (compiler, sql, tuple(params), place, converters)
        return found
