"""Reading columns of many rows quickly: the database joins each into one text, which is taken apart here.

A row that passes through a driver costs a tuple and an object per value; a million of them more than all that
is done with them afterwards. Whoever reads more rows than fit into memory at once asks part by part.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, cast

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from trichter.core.journal.models import Event

Ints = NDArray[np.int64]
Texts = list[str]
_FETCH = 50_000
_SEPARATOR = "\x1f"


def numbers(rows: QuerySet[Any, Any]) -> Ints:
    """One column of whole numbers, none of them NULL."""
    return cast(Ints, table(rows, "n")[0])


def pairs(rows: QuerySet[Any, Any]) -> tuple[Ints, Ints]:
    """Two columns of whole numbers, none of them NULL."""
    first, second = table(rows, "nn")
    return first, second


def table(rows: QuerySet[Any, Any], kinds: str) -> list[Any]:
    """A column for each letter of `kinds`: n for numbers (an array), t for texts (a list).

    The first holds numbers. No number may be NULL; a text that is NULL comes as an empty one.
    """
    joined = _joined(rows, kinds)
    count = joined[0].count(",") + 1 if joined[0] else 0
    found: list[Any] = [
        _numbers(text) if kind == "n" else text.split(_SEPARATOR) if count else []
        for kind, text in zip(kinds, joined, strict=True)
    ]
    if all(len(column) == count for column in found):
        return found
    # Some text holds the separator itself: read row by row.
    plain = list(zip(*chain.from_iterable(fetched(rows)), strict=True))
    return [
        np.array(column, dtype=np.int64)
        if kind == "n"
        else ["" if value is None else str(value) for value in column]
        for kind, column in zip(kinds, plain, strict=True)
    ]


def fetched(rows: QuerySet[Any, Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of plain values as the database gives them: no objects, no conversion."""
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while part := cursor.fetchmany(_FETCH):
            yield part


def _numbers(text: str) -> Ints:
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.zeros(0, dtype=np.int64)


def _joined(rows: QuerySet[Any, Any], kinds: str) -> Sequence[str]:
    """Per column of numbers (n) or text (t) its values in one text, all in the same order."""
    try:
        statement, values = rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        return [""] * len(kinds)
    names = [f"c{n}" for n in range(len(kinds))]
    join = _join_postgresql if connection.vendor == "postgresql" else _join_sqlite
    wanted = ", ".join(join(name, kind) for name, kind in zip(names, kinds, strict=True))
    whole = f"WITH packed ({', '.join(names)}) AS ({statement}) SELECT {wanted} FROM packed"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(whole, values)
        return [text or "" for text in cursor.fetchone()]


def _join_sqlite(name: str, kind: str) -> str:
    return f"group_concat({name})" if kind == "n" else f"group_concat(coalesce({name}, ''), char(31))"


def _join_postgresql(name: str, kind: str) -> str:
    if kind == "n":
        return f"string_agg({name}::text, ',')"
    return f"string_agg(coalesce({name}::text, ''), chr(31))"


# Parts ----------------------------------------------------------------------


def by_number(rows: QuerySet[Any, Any], size: int) -> Iterator[QuerySet[Any, Any]]:
    """Rows in parts of at most `size` successive primary keys."""
    everything = rows.model._base_manager.values_list("pk", flat=True)
    low, high = everything.order_by("pk").first(), everything.order_by("-pk").first()
    if low is None or high is None:
        return
    if high - low < size:
        yield rows
        return
    for start in range(low, high + 1, size):
        yield rows.filter(pk__gte=start, pk__lt=start + size)


def by_time(
    rows: QuerySet[Any, Any], kind: str, first: datetime | None, end: datetime | None, size: int
) -> Iterator[QuerySet[Any, Any]]:
    """Those of some events that are of a kind and in a span, in parts of at most `size`.

    A part holds more only when as many share one instant.
    """
    while True:
        # Where to stop is looked up among all of the kind, which is a walk along an index.
        inside = Event.objects.filter(between("at", first, end), kind=kind).order_by("at")
        moments = inside.values_list("at", flat=True)
        stop = moments[size : size + 1].first()
        if stop is not None and first is not None and stop <= first:
            stop = moments.filter(at__gt=first).first()
        yield rows.filter(between("at", first, stop or end), kind=kind)
        if stop is None:
            return
        first = stop


def between(name: str, first: datetime | None, end: datetime | None) -> Q:
    """The field lies in a span that may be open at either end."""
    found = Q()
    if first is not None:
        found &= Q(**{f"{name}__gte": first})
    if end is not None:
        found &= Q(**{f"{name}__lt": end})
    return found


class Coder(dict[str, int]):
    """Numbers texts, and asks of every new one all `tests`; `answers` are by test and number.

    make: what a test is given for a text.
    """

    def __init__(self, *, make: Callable[[str], Any], tests: Sequence[Callable[[Any], bool]]) -> None:
        super().__init__()
        self._make, self._tests = make, tests
        self.answers = [bytearray() for _test in tests]

    def __missing__(self, text: str) -> int:
        made = self._make(text)
        for answers, test in zip(self.answers, self._tests, strict=True):
            answers.append(test(made))
        code = self[text] = len(self)
        return code

    def codes(self, texts: Texts) -> NDArray[np.int32]:
        """The number of each text."""
        return np.fromiter(map(self.__getitem__, texts), np.int32, len(texts))

    def holding(self, test: int, codes: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of these numbers stand for texts that pass a test."""
        return np.frombuffer(bytes(self.answers[test]), dtype=np.bool_)[codes]

    def shrink(self, most: int) -> None:
        """Forget everything when there are more than `most` texts."""
        if len(self) > most:
            self.clear()
            for answers in self.answers:
                answers.clear()
