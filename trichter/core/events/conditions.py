"""Which events are meant: a kind and conditions on its properties; for funnel steps and lifecycle rules.

A condition compares one field with a fixed value. Fields are those of the journal's envelope (`page`,
`source`, `value` …) or `data.<name>` for a field of the kind. How values compare, the same everywhere:

* Text is compared exactly, capitals included, because a number on a screen must equal the list behind it.
* A number and its text are the same value (`5`, `5.0`, `"5"`); yes and no are the texts `true` and `false`.
* An absent field, an empty text and an empty list are *not set*. A list fulfils a condition when one of its
  entries does. `is_not`, `not_contains`, `not_in` and `not_exists` are exactly the negation of their partner,
  so they also hold for a field that is not set.
* `matches_path` looks at the path alone (no host, no `?…`, no `#…`, no final slash); `*` stands for any text.

Money (`value`) is compared in minor units. What is read from JSON is checked; the only error is `Malformed`.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast, get_args

from .comparison import EventLike, Op, Predicate, Scalar, as_text, field_value, predicate
from .problems import SHAPE_MESSAGES, Malformed, Problem, at, read_object, text_problems
from .problems import problem as any_problem

__all__ = [
    "ENVELOPE_FIELDS", "MESSAGES", "OPS", "AnyOf", "Clause", "Condition", "EventLike", "EventMatch",
    "Malformed", "Op", "Predicate", "Problem", "Scalar", "as_text", "field_is_known", "field_value",
    "read_match",
]  # fmt: skip

ENVELOPE_FIELDS: Final = (
    "source", "medium", "campaign", "content", "term", "page", "country", "device", "channel",
    "value", "currency",
)  # fmt: skip
OPS: Final[tuple[str, ...]] = get_args(Op)
TEXT_OPS: Final = frozenset({"contains", "not_contains", "starts_with", "ends_with", "matches_path"})
NUMBER_OPS: Final = frozenset({"gt", "gte", "lt", "lte"})
LIST_OPS: Final = frozenset({"in", "not_in"})
BARE_OPS: Final = frozenset({"exists", "not_exists"})

MAX_LIST: Final = 200
MAX_CONDITIONS: Final = 20
MAX_NUMBER: Final = 2**63 - 1

MESSAGES: Final[dict[str, str]] = SHAPE_MESSAGES | {
    "kind_invalid": "Choose the kind of event.",
    "kind_unknown": "There is no event of the kind “%(kind)s”.",
    "field_unknown": "“%(field)s” is not a field conditions can look at.",
    "op_unknown": "“%(op)s” is not a comparison.",
    "value_missing": "Enter a value to compare with.",
    "value_unexpected": "“Is set” and “is not set” take no value.",
    "value_not_text": "Enter a text to compare with.",
    "value_not_number": "Enter a number to compare with.",
    "value_not_list": "Enter one or more values.",
    "value_not_plain": "A value must be a text, a number, or yes or no.",
    "number_too_large": "The number is too large.",
    "too_many_values": "A list may have at most %(limit)s values.",
    "too_many_conditions": "There may be at most %(limit)s conditions here.",
    "group_empty": "A group needs at least one condition.",
    "group_nested": "A group cannot contain another group.",
}

_KIND = re.compile(r"[a-z][a-z_]{0,30}\.[a-z][a-z_]{0,30}", re.ASCII)
_DATA_FIELD = re.compile(r"data\.[A-Za-z_][A-Za-z0-9_]{0,60}", re.ASCII)

problem = partial(any_problem, messages=MESSAGES)


def field_is_known(name: str) -> bool:
    """Whether conditions and breakdowns can look at the field `name`."""
    return name in ENVELOPE_FIELDS or _DATA_FIELD.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Condition:
    """`field` `op` `value`; the value of `in` and `not_in` is a tuple, of `exists` and `not_exists` None."""

    field: str
    op: Op
    value: Scalar | tuple[Scalar, ...] | None = None

    def matches(self, event: EventLike) -> bool:
        """Whether `event` fulfils the condition."""
        return self.compiled()(event)

    def compiled(self) -> Predicate:
        """The condition as a function, for use on many events."""
        return predicate(name=self.field, op=self.op, wanted=self.value)

    def problems(self, *, path: str = "") -> list[Problem]:
        """What is wrong with the condition; empty when it is sound."""
        found: list[Problem] = []
        if not field_is_known(self.field):
            found.append(problem("field_unknown", at(path, "field"), field=self.field))
        if self.op not in OPS:
            found.append(problem("op_unknown", at(path, "op"), op=self.op))
        else:
            found += _value_problems(self.op, self.value, at(path, "value"))
        return found

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON data."""
        if self.op in BARE_OPS:
            return {"field": self.field, "op": self.op}
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"field": self.field, "op": self.op, "value": value}


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one of its conditions does; groups do not nest."""

    conditions: tuple[Condition, ...]

    def matches(self, event: EventLike) -> bool:
        """Whether `event` fulfils one of the conditions."""
        return self.compiled()(event)

    def compiled(self) -> Predicate:
        """The group as a function, for use on many events."""
        tests = tuple(condition.compiled() for condition in self.conditions)
        return lambda event: any(test(event) for test in tests)

    def problems(self, *, path: str = "") -> list[Problem]:
        """What is wrong with the group; empty when it is sound."""
        inside = at(path, "any_of")
        if not self.conditions:
            return [problem("group_empty", inside)]
        found = _too_many(self.conditions, inside)
        for number, condition in enumerate(self.conditions):
            found += condition.problems(path=at(inside, number))
        return found

    def to_json(self) -> dict[str, Any]:
        """The group as JSON data."""
        return {"any_of": [condition.to_json() for condition in self.conditions]}


Clause = Condition | AnyOf


@dataclass(frozen=True, slots=True)
class EventMatch:
    """Events of one `kind` for which every clause of `where` holds."""

    kind: str
    where: tuple[Clause, ...] = ()

    def matches(self, event: EventLike) -> bool:
        """Whether `event` is meant."""
        return event.kind == self.kind and all(clause.matches(event) for clause in self.where)

    def where_compiled(self) -> Predicate | None:
        """The clauses as one function that expects an event of the right kind; None when there are none."""
        tests = tuple(clause.compiled() for clause in self.where)
        if not tests:
            return None
        if len(tests) == 1:
            return tests[0]
        return lambda event: all(test(event) for test in tests)

    def problems(self, *, path: str = "", kinds: Collection[str] | None = None) -> list[Problem]:
        """What is wrong with the matcher; `kinds` are the kinds that exist, None leaves that unchecked."""
        found: list[Problem] = []
        if not _KIND.fullmatch(self.kind):
            found.append(problem("kind_invalid", at(path, "kind")))
        elif kinds is not None and self.kind not in kinds:
            found.append(problem("kind_unknown", at(path, "kind"), kind=self.kind))
        found += _too_many(self.where, at(path, "where"))
        for number, clause in enumerate(self.where):
            found += clause.problems(path=at(path, "where", number))
        return found

    def to_json(self) -> dict[str, Any]:
        """The matcher as JSON data; `from_json` turns it back into an equal matcher."""
        return {"kind": self.kind, "where": [clause.to_json() for clause in self.where]}

    @classmethod
    def from_json(cls, data: object, *, path: str = "", kinds: Collection[str] | None = None) -> "EventMatch":
        """The matcher in JSON `data` of any origin; raises `Malformed`, and nothing else, when unsound."""
        found: list[Problem] = []
        match = read_match(data, path=path, found=found)
        if match is not None and not found:
            found += match.problems(path=path, kinds=kinds)
        if match is None or found:
            raise Malformed(found)
        return match


def read_match(data: object, *, path: str, found: list[Problem]) -> EventMatch | None:
    """The shape of a matcher, values unchecked; what is wrong with the shape is appended to `found`."""
    fields = read_object(data, path=path, known=("kind", "where"), found=found)
    if fields is None:
        return None
    kind = fields.get("kind")
    if not isinstance(kind, str):
        found.append(problem("kind_invalid", at(path, "kind")))
        return None
    where = _read_clauses(fields.get("where", []), path=at(path, "where"), found=found, groups=True)
    return EventMatch(kind=kind, where=where)


def _read_clauses(data: object, *, path: str, found: list[Problem], groups: bool) -> tuple[Any, ...]:
    if not isinstance(data, list):
        found.append(problem("not_a_list", path))
        return ()
    if len(data) > MAX_CONDITIONS:
        found.append(problem("too_many_conditions", path, limit=MAX_CONDITIONS))
        return ()
    clauses: list[Clause] = []
    for number, item in enumerate(data):
        here = at(path, number)
        if not isinstance(item, dict) or "any_of" not in item:
            condition = _read_condition(item, path=here, found=found)
            clauses += [] if condition is None else [condition]
        elif not groups:
            found.append(problem("group_nested", here))
        elif read_object(item, path=here, known=("any_of",), found=found) is not None:
            inside = _read_clauses(item["any_of"], path=at(here, "any_of"), found=found, groups=False)
            clauses.append(AnyOf(inside))
    return tuple(clauses)


def _read_condition(data: object, *, path: str, found: list[Problem]) -> Condition | None:
    fields = read_object(data, path=path, known=("field", "op", "value"), found=found)
    if fields is None:
        return None
    name, op, value = fields.get("field"), fields.get("op"), fields.get("value")
    if not isinstance(name, str):
        found.append(problem("field_unknown", at(path, "field"), field=""))
    elif not isinstance(op, str) or op not in OPS:
        found.append(problem("op_unknown", at(path, "op"), op=op if isinstance(op, str) else ""))
    elif op in LIST_OPS and not isinstance(value, list):
        found.append(problem("value_not_list", at(path, "value")))
    else:
        plain = tuple(value) if isinstance(value, list) else value
        return Condition(name, cast(Op, op), plain)
    return None


def _value_problems(op: str, value: object, path: str) -> list[Problem]:
    if op in BARE_OPS:
        return [] if value is None else [problem("value_unexpected", path)]
    if op in LIST_OPS:
        if not isinstance(value, tuple) or not value:
            return [problem("value_not_list", path)]
        if len(value) > MAX_LIST:
            return [problem("too_many_values", path, limit=MAX_LIST)]
        entries = enumerate(value)
        return [found for number, item in entries for found in _scalar_problems(item, at(path, number))]
    if value is None or value == "":
        return [problem("value_missing", path)]
    if op in TEXT_OPS and not isinstance(value, str):
        return [problem("value_not_text", path)]
    if op in NUMBER_OPS and (isinstance(value, bool) or not isinstance(value, int | float)):
        return [problem("value_not_number", path)]
    return _scalar_problems(value, path)


def _scalar_problems(value: object, path: str) -> list[Problem]:
    if isinstance(value, str):
        return text_problems(value, path) if value else [problem("value_missing", path)]
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        sound = math.isfinite(value) if isinstance(value, float) else True
        return [] if sound and abs(value) <= MAX_NUMBER else [problem("number_too_large", path)]
    return [problem("value_not_plain", path)]


def _too_many(clauses: Collection[object], path: str) -> list[Problem]:
    over = len(clauses) > MAX_CONDITIONS
    return [problem("too_many_conditions", path, limit=MAX_CONDITIONS)] if over else []
