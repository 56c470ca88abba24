"""Conditions on events as tables of codes, so that a kernel decides with a few look-ups.

Each condition looks at one coded column. It is asked once per distinct value, by the same function that
judges single events, so both can never disagree.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from trichter.core.events.conditions import AnyOf, Condition, EventMatch
from trichter.kit.channels import channel as channel_of

from .codebook import Codebook
from .columns import DIMS, I64, Array

_COLUMN: Final = {
    "source": "touch", "medium": "touch", "campaign": "touch", "content": "touch", "term": "touch",
    "channel": "touch", "page": "page", "country": "place", "device": "place", "value": "worth",
    "currency": "worth",
}  # fmt: skip
_NO_DATA: Final[Mapping[str, Any]] = {}


class Probe:
    """One distinct value of a column, dressed as an event."""

    __slots__ = (
        "campaign", "channel", "content", "country", "currency", "data", "device", "kind", "medium", "page",
        "source", "term", "value",
    )  # fmt: skip

    def __init__(self, column: str, value: Any) -> None:
        self.kind = ""
        self.data: Mapping[str, Any] = _NO_DATA
        self.page = self.channel = self.country = self.device = self.currency = ""
        self.value: int | None = None
        self.source = self.medium = self.campaign = self.content = self.term = ""
        if column == "touch":
            self.source, self.medium, self.campaign, self.content, self.term = value
            if self.source or self.medium:
                self.channel = channel_of(self.source, self.medium)
        elif column == "page":
            self.page = value
        elif column == "place":
            self.country, self.device = value
        elif column == "worth":
            self.value, self.currency = value
        else:
            self.data = json.loads(value[1])


def column_of(field: str) -> str:
    """The column that holds a field of the envelope or of the kind's own data."""
    return "facts" if field.startswith("data.") else _COLUMN[field]


@dataclass(frozen=True, slots=True)
class Program:
    """Matches 0 … m-1 for the kernels, as nested lists in plain arrays (each `…_from` has one entry more).

    Kind k is looked at by the matches match_of[match_from[k]:match_from[k + 1]]. Match m holds when each of
    its clauses does, a clause when one of its conditions does, a condition c when
    table[table_from[c] + code in column[c]] is 1.
    """

    match_from: I64
    match_of: I64
    clause_from: I64
    condition_from: I64
    column: I64
    table_from: I64
    table: Array

    def arrays(self) -> tuple[Array, ...]:
        """As the kernels take it."""
        return (
            self.match_from, self.match_of, self.clause_from, self.condition_from, self.column,
            self.table_from, self.table,
        )  # fmt: skip

    def by_kind(self) -> I64 | None:
        """For each kind the mask of its matches; None when conditions have a say in it."""
        if len(self.column):
            return None
        kinds = len(self.match_from) - 1
        found = np.zeros(kinds, np.int64)
        for kind in range(kinds):
            for match in self.match_of[self.match_from[kind] : self.match_from[kind + 1]].tolist():
                found[kind] |= 1 << match
        return found


class Tables:
    """The tables of one codebook; kept, because the same few conditions are asked again and again."""

    def __init__(self, book: Codebook) -> None:
        self.book = book
        self._known: dict[tuple[str, int], Array] = {}

    def program(self, matches: Sequence[EventMatch]) -> Program:
        """The matches, ready for the codes handed out so far. Later codes need a new program."""
        kinds = [self.book.kinds.known(match.kind) for match in matches]
        match_from, match_of = [0], []
        for kind in range(len(self.book.kinds)):
            match_of += [number for number, wanted in enumerate(kinds) if wanted == kind]
            match_from.append(len(match_of))
        clause_from, condition_from = [0], [0]
        column: list[int] = []
        table_from: list[int] = []
        tables: list[Array] = []
        size = 0
        for match, code in zip(matches, kinds, strict=True):
            for clause in match.where if code is not None else ():
                for condition in clause.conditions if isinstance(clause, AnyOf) else (clause,):
                    name = column_of(condition.field)
                    tables.append(self._table(condition, name, code or 0))
                    column.append(DIMS.index(name))
                    table_from.append(size)
                    size += len(tables[-1])
                condition_from.append(len(column))
            clause_from.append(len(condition_from) - 1)
        return Program(
            match_from=np.array(match_from, np.int64),
            match_of=np.array(match_of, np.int64),
            clause_from=np.array(clause_from, np.int64),
            condition_from=np.array(condition_from, np.int64),
            column=np.array(column, np.int64),
            table_from=np.array(table_from, np.int64),
            table=np.concatenate([*tables, np.zeros(1, np.uint8)]),
        )

    def _table(self, condition: Condition, name: str, kind: int) -> Array:
        """1 for each code whose value fulfils the condition; facts of other kinds are not looked at."""
        values = self.book.of(name).values
        key = repr(condition), kind if name == "facts" else 0
        table = self._known.get(key, np.empty(0, np.uint8))
        if len(table) < len(values):
            test = condition.compiled()
            fresh = np.zeros(len(values) - len(table), np.uint8)
            for number, value in enumerate(values[len(table) :]):
                # Code 0 stands for events of any kind without fields of their own.
                foreign = name == "facts" and value[0] not in (kind, 0)
                fresh[number] = not foreign and test(Probe(name, value))
            table = self._known[key] = np.concatenate([table, fresh])
        return table
