"""Which rows are meant, in SQL: the rules of `events.comparison`, one by one."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from trichter.core.events.comparison import as_text, plain_path
from trichter.core.events.conditions import AnyOf, Condition, EventMatch

_NEGATED: Final = {"is_not": "is", "not_contains": "contains", "not_in": "in", "not_exists": "exists"}
_COMPARED: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_NUMBER: Final = r"'^[+-]?[0-9]{1,18}(\\.[0-9]{1,18})?\\z'"


def quoted(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def listed(texts: Iterable[str]) -> str:
    """Texts as an array literal."""
    return "[" + ", ".join(quoted(one) for one in texts) + "]"


def mask(matches: Sequence[EventMatch]) -> str:
    """A number with bit m for match m, 0 for rows that are none of them."""
    if not matches:
        return "toUInt64(0)"
    return " + ".join(f"if({condition(one)}, toUInt64({1 << bit}), 0)" for bit, one in enumerate(matches))


def condition(match: EventMatch) -> str:
    """Whether a row is meant, as an expression that is never NULL."""
    clauses = [_clause(one) for one in match.where]
    return "(" + " AND ".join([f"kind = {quoted(match.kind)}", *clauses]) + ")"


def of_kinds(kinds: Iterable[str]) -> str:
    """Whether a row is of one of these kinds."""
    return f"kind IN {listed(sorted(set(kinds)))}"


def _clause(clause: Condition | AnyOf) -> str:
    if isinstance(clause, AnyOf):
        return "(" + " OR ".join(_test(one.field, one.op, one.value) for one in clause.conditions) + ")"
    return _test(clause.field, clause.op, clause.value)


def _test(field: str, op: str, wanted: Any) -> str:
    if op in _NEGATED:
        return f"NOT {_test(field, _NEGATED[op], wanted)}"
    if field.startswith("data."):
        return _of_facts(quoted(field[5:]), op, wanted)
    if field == "value":
        if op == "exists":
            return "isNotNull(value)"
        if op in _COMPARED:
            return f"ifNull(value {_COMPARED[op]} {_number(wanted)}, 0)"
        return f"ifNull({_text('toString(value)', op, wanted)}, 0)"
    if op == "exists":
        return f"({field} != '')"
    if op in _COMPARED:
        plain = f"trimBoth(toString({field}))"
        return f"(match({plain}, {_NUMBER}) AND toFloat64OrZero({plain}) {_COMPARED[op]} {_number(wanted)})"
    return f"({field} != '' AND {_text(f'toString({field})', op, wanted)})"


def _of_facts(name: str, op: str, wanted: Any) -> str:
    """A list fulfils a condition when one of its entries does."""
    if op == "exists":
        return f"mapContains(texts, {name})"
    if op in _COMPARED:
        return f"arrayExists(x -> x {_COMPARED[op]} {_number(wanted)}, numbers[{name}])"
    if op == "is":
        return f"has(texts[{name}], {quoted(as_text(wanted))})"
    return f"arrayExists(x -> {_text('x', op, wanted)}, texts[{name}])"


def _text(value: str, op: str, wanted: Any) -> str:
    match op:
        case "is":
            return f"{value} = {quoted(as_text(wanted))}"
        case "in":
            return f"has({listed(as_text(one) for one in wanted)}, {value})"
        case "contains":
            return f"position({value}, {quoted(wanted)}) > 0"
        case "starts_with":
            return f"startsWith({value}, {quoted(wanted)})"
        case "ends_with":
            return f"endsWith({value}, {quoted(wanted)})"
        case "matches_path":
            return f"{_path(value)} LIKE {_like(wanted)}"
    raise ValueError(f"unknown comparison: {op}")


def _number(wanted: Any) -> str:
    return f"toFloat64({float(wanted)!r})" if isinstance(wanted, float) else str(int(wanted))


def _path(value: str) -> str:
    """The path alone: no host, no query, no fragment, no final slash."""
    behind = f"substring({value}, position({value}, '://') + 3)"
    without_host = f"if(position({behind}, '/') > 0, substring({behind}, position({behind}, '/')), '/')"
    is_whole = f"position(substringIndex({value}, '?', 1), '://') > 0"
    path = f"substringIndex(substringIndex(if({is_whole}, {without_host}, {value}), '#', 1), '?', 1)"
    bare = f"replaceRegexpOne({path}, '/+\\\\z', '')"
    return f"if(endsWith({path}, '/'), if({bare} = '', '/', {bare}), {path})"


def _like(pattern: str) -> str:
    pieces = plain_path(pattern).split("*")
    escaped = (one.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for one in pieces)
    return quoted("%".join(escaped))
