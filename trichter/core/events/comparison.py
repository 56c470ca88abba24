"""How one property of an event compares with a fixed value. The rules are those told in `conditions`."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, Protocol

Scalar = str | int | float | bool
Op = Literal[
    "is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "matches_path",
    "in", "not_in", "gt", "gte", "lt", "lte", "exists", "not_exists",
]  # fmt: skip
Predicate = Callable[["EventLike"], bool]

_NEGATED: Final[dict[str, Op]] = {
    "is_not": "is", "not_contains": "contains", "not_in": "in", "not_exists": "exists",
}  # fmt: skip
_REMEMBERED: Final = 5_000
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)


class EventLike(Protocol):
    """What conditions read: an event with the journal's envelope as attributes and its fields in `data`.

    Envelope attributes other than these two are looked up when needed; one that is absent counts as not set.
    """

    @property
    def kind(self) -> str: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


def field_value(event: EventLike, name: str) -> Any:
    """The raw value of an envelope or `data.` field; None when it is absent."""
    if name.startswith("data."):
        return (event.data or {}).get(name[5:])
    return getattr(event, name, None)


def as_text(value: object) -> str:
    """The text under which a plain value is compared and shown in a breakdown."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def predicate(*, name: str, op: Op, wanted: Scalar | tuple[Scalar, ...] | None) -> Predicate:
    """The comparison of the field `name` with `wanted` as a function of an event."""
    if op in _NEGATED:
        positive = predicate(name=name, op=_NEGATED[op], wanted=wanted)
        return lambda event: not positive(event)
    if op == "exists":
        return lambda event: field_value(event, name) not in (None, "", [], (), {})
    test = _scalar_test(op, wanted)
    key = name.removeprefix("data.") if name.startswith("data.") else None
    known: dict[str, bool] = {"": False}

    def matches(event: EventLike) -> bool:
        value = getattr(event, name, None) if key is None else (event.data or {}).get(key)
        if isinstance(value, str):
            # The same few pages and sources come again and again.
            held = known.get(value)
            if held is None:
                if len(known) >= _REMEMBERED:
                    known.clear()
                    known[""] = False
                held = known[value] = test(value)
            return held
        if isinstance(value, list | tuple):
            return any(test(item) for item in value if isinstance(item, str | int | float) and item != "")
        return isinstance(value, int | float) and test(value)

    return matches


def _scalar_test(op: str, wanted: Any) -> Callable[[Any], bool]:
    match op:
        case "is":
            text = as_text(wanted)
            return lambda value: as_text(value) == text
        case "in":
            texts = frozenset(as_text(item) for item in wanted)
            return lambda value: as_text(value) in texts
        case "contains":
            return lambda value: wanted in as_text(value)
        case "starts_with":
            return lambda value: as_text(value).startswith(wanted)
        case "ends_with":
            return lambda value: as_text(value).endswith(wanted)
        case "matches_path":
            return _path_test(wanted)
        case "gt":
            return lambda value: (number := number_of(value)) is not None and number > wanted
        case "gte":
            return lambda value: (number := number_of(value)) is not None and number >= wanted
        case "lt":
            return lambda value: (number := number_of(value)) is not None and number < wanted
        case "lte":
            return lambda value: (number := number_of(value)) is not None and number <= wanted
    raise ValueError(f"unknown comparison: {op}")


def number_of(value: object) -> int | float | None:
    """The number that a plain value is compared as; None for what is none."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if value == value else None  # not-a-number compares with nothing


def _path_test(pattern: str) -> Callable[[Any], bool]:
    # Searched piece by piece instead of by a regular expression: `*a*a*a*…` must not cost exponential time.
    first, *rest = plain_path(pattern).split("*")

    def matches(value: object) -> bool:
        path = plain_path(as_text(value))
        if not rest:
            return path == first
        *middle, last = rest
        if not path.startswith(first):
            return False
        position = len(first)
        for piece in middle:
            position = path.find(piece, position)
            if position < 0:
                return False
            position += len(piece)
        return len(path) - position >= len(last) and path.endswith(last)

    return matches


def plain_path(address: str) -> str:
    """The path of an address: no host, no query, no fragment, no final slash."""
    path = address
    if "://" in path.partition("?")[0]:
        path = path.partition("://")[2]
        path = path[path.find("/") :] if "/" in path else "/"
    path = path.partition("#")[0].partition("?")[0]
    return path.rstrip("/") or "/" if path.endswith("/") else path
