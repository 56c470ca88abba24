"""Reads a segment's rule from JSON of any origin and says what is wrong with it: code, place, sentence."""

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial
from typing import Any, Final, cast, get_args

from trichter.core.events import DERIVED, registry
from trichter.core.events.conditions import MESSAGES as MATCH_MESSAGES
from trichter.core.events.conditions import Malformed, Problem, read_match
from trichter.core.events.problems import at, read_object, text_problems
from trichter.core.events.problems import problem as any_problem

from .fields import NUMBER_OPS, OPS, TYPES, WHEN_OPS
from .model import (
    Consented,
    Field,
    Group,
    Happened,
    Leaf,
    Mail,
    Mailed,
    Measure,
    Member,
    Mode,
    Ordered,
    Pick,
    When,
    WhenOp,
)

MAX_DEPTH: Final = 5
MAX_PARTS: Final = 60
MAX_DAYS: Final = 3_650
MAX_TIMES: Final = 100_000
MAX_LIST: Final = 200
MAX_NUMBER: Final = 2**53

MESSAGES: Final[dict[str, str]] = MATCH_MESSAGES | {
    "group_invalid": "A group is “all”, “any” or “none” with a list of conditions.",
    "leaf_unknown": "A condition is about a field, an event, mail, orders, a consent or a segment.",
    "too_deep": "Groups may be nested at most %(limit)s deep.",
    "too_many_parts": "There may be at most %(limit)s conditions in a rule.",
    "profile_field_unknown": "There is no field “%(name)s”.",
    "op_unfit": "“%(op)s” is not a comparison for this field.",
    "number_invalid": "Enter a whole number.",
    "list_invalid": "Enter one or more values.",
    "value_needed": "Enter a value to compare with.",
    "between_invalid": "Enter two values, the smaller one first.",
    "when_invalid": "Say which days are meant.",
    "days_invalid": "Enter a number of days from 1 to %(limit)s.",
    "date_invalid": "Enter a date as year-month-day.",
    "times_invalid": "Enter how often, from 0 to %(limit)s.",
    "pick_invalid": "“First” and “last” need a span of days and no number of times.",
    "mail_unknown": "Mail is sent, opened, clicked or bounced.",
    "order_unknown": "Of orders the number, the sum or the last one can be looked at.",
    "yes_no": "Only yes or no can stand here.",
    "consent_invalid": "Choose a purpose and a channel.",
    "segment_unknown": "This segment does not exist.",
}
problem = partial(any_problem, messages=MESSAGES)
_LEAVES: Final[dict[str, tuple[str, ...]]] = {
    "field": ("field", "op", "value"),
    "event": ("event", "at_least", "at_most", "when", "pick"),
    "mail": ("mail", "mailing", "at_least", "at_most", "when", "pick", "machine"),
    "order": ("order", "op", "value", "when"),
    "consent": ("consent", "given"),
    "segment": ("segment", "member"),
}


def read_rule(
    data: object, *, kinds: Collection[str] | None = None, segments: Collection[int] | None = None
) -> Group:
    """The rule in JSON `data`; raises `Malformed`, and nothing else, when it is unsound.

    kinds: event kinds that exist, segments: ids of segments that may be built on; None leaves it unchecked.
    """
    found: list[Problem] = []
    group = _group(data, path="", depth=1, found=found)
    if group is not None and not found:
        leaves = list(_placed(group, ""))
        if len(leaves) > MAX_PARTS:
            found.append(problem("too_many_parts", "", limit=MAX_PARTS))
        for path, leaf in leaves:
            if isinstance(leaf, Happened):
                found += leaf.match.problems(path=at(path, "event"), kinds=kinds)
            elif isinstance(leaf, Member) and segments is not None and leaf.segment not in segments:
                found.append(problem("segment_unknown", at(path, "segment")))
    if group is None or found:
        raise Malformed(found)
    return group


def _placed(group: Group, path: str) -> Iterator[tuple[str, Leaf]]:
    for number, part in enumerate(group.parts):
        here = at(path, group.mode, number)
        if isinstance(part, Group):
            yield from _placed(part, here)
        else:
            yield here, part


def existing_kinds() -> frozenset[str]:
    """Kinds a rule may look at: all that are recorded, but not the memberships of segments themselves."""
    return frozenset(kind for kind in registry if kind not in DERIVED and not kind.startswith("segment."))


def _group(data: object, *, path: str, depth: int, found: list[Problem]) -> Group | None:
    if not isinstance(data, dict) or len(data) != 1 or next(iter(data)) not in get_args(Mode):
        found.append(problem("group_invalid", path))
        return None
    mode, items = next(iter(data.items()))
    inside = at(path, mode)
    if not isinstance(items, list):
        found.append(problem("not_a_list", inside))
        return None
    if depth > MAX_DEPTH or len(items) > MAX_PARTS:
        code, limit = ("too_deep", MAX_DEPTH) if depth > MAX_DEPTH else ("too_many_parts", MAX_PARTS)
        found.append(problem(code, inside, limit=limit))
        return None
    parts: list[Group | Leaf] = []
    for number, item in enumerate(items):
        here = at(inside, number)
        grouped = isinstance(item, dict) and len(item) == 1 and next(iter(item)) in get_args(Mode)
        part: Group | Leaf | None = (
            _group(item, path=here, depth=depth + 1, found=found)
            if grouped
            else _leaf(item, path=here, found=found)
        )
        if part is not None:
            parts.append(part)
    return Group(mode=cast(Mode, mode), parts=tuple(parts))


def _leaf(data: object, *, path: str, found: list[Problem]) -> Leaf | None:
    if not isinstance(data, dict):
        found.append(problem("not_an_object", path))
        return None
    which = [name for name in _LEAVES if name in data]
    if len(which) != 1:
        found.append(problem("leaf_unknown", path))
        return None
    name = which[0]
    fields = read_object(data, path=path, known=_LEAVES[name], found=found)
    if fields is None:
        return None
    match name:
        case "field":
            return _field(fields, path=path, found=found)
        case "event":
            match = read_match(fields["event"], path=at(path, "event"), found=found)
            return None if match is None else Happened(match, **_amount(fields, path, found))
        case "mail":
            return _mail(fields, path=path, found=found)
        case "order":
            return _order(fields, path=path, found=found)
        case "consent":
            return _consent(fields, path=path, found=found)
    segment = _whole(fields["segment"], 1, 2**62, "segment_unknown", at(path, "segment"), found)
    return Member(segment, _yes(fields.get("member", True), at(path, "member"), found))


def _field(fields: dict[str, Any], *, path: str, found: list[Problem]) -> Field | None:
    name, op, value = fields["field"], fields.get("op"), fields.get("value")
    here = at(path, "value")
    if not isinstance(name, str) or name not in TYPES:
        found.append(problem("profile_field_unknown", at(path, "field"), name=str(name)))
        return None
    kind = TYPES[name]
    if not isinstance(op, str) or op not in OPS[kind]:
        found.append(problem("op_unfit", at(path, "op"), op=str(op)))
        return None
    if op in ("empty", "not_empty"):
        if value is not None:
            found.append(problem("value_unexpected", here))
        return Field(name, op)
    if op == "within":
        return Field(name, op, read_when(value, path=here, found=found))
    if op == "anniversary":
        return Field(name, op, _whole(value, 0, 366, "number_invalid", here, found))
    if kind == "number":
        return Field(name, op, _numbers(op, value, -MAX_NUMBER, here, found))
    if op in ("in", "not_in"):
        if not isinstance(value, list) or not value or len(value) > MAX_LIST:
            found.append(problem("list_invalid", here))
            return None
        return Field(name, op, tuple(_scalar(one, at(here, n), found) for n, one in enumerate(value)))
    return Field(name, op, _scalar(value, here, found))


def _mail(fields: dict[str, Any], *, path: str, found: list[Problem]) -> Mailed | None:
    what, mailing = fields["mail"], fields.get("mailing", "")
    if what not in get_args(Mail):
        found.append(problem("mail_unknown", at(path, "mail")))
        return None
    if not isinstance(mailing, str):
        found.append(problem("value_not_text", at(path, "mailing")))
        return None
    found += text_problems(mailing, at(path, "mailing"), limit=200)
    machine = _yes(fields.get("machine", False), at(path, "machine"), found)
    return Mailed(cast(Mail, what), mailing, machine=machine, **_amount(fields, path, found))


def _order(fields: dict[str, Any], *, path: str, found: list[Problem]) -> Ordered | None:
    measure, op = fields["order"], fields.get("op", "gte")
    if measure not in get_args(Measure):
        found.append(problem("order_unknown", at(path, "order")))
        return None
    when = read_when(fields["when"], path=at(path, "when"), found=found) if "when" in fields else None
    if measure == "last":
        if when is None or "op" in fields or "value" in fields:
            found.append(problem("when_invalid", at(path, "when")))
        return Ordered("last", when=when)
    if op not in NUMBER_OPS:
        found.append(problem("op_unfit", at(path, "op"), op=str(op)))
        return None
    value = _numbers(op, fields.get("value"), -MAX_NUMBER, at(path, "value"), found)
    return Ordered(cast(Measure, measure), op, value, when)


def _consent(fields: dict[str, Any], *, path: str, found: list[Problem]) -> Consented | None:
    here = at(path, "consent")
    inner = read_object(fields["consent"], path=here, known=("purpose", "channel"), found=found)
    if inner is None:
        return None
    purpose, channel = inner.get("purpose"), inner.get("channel")
    if not (isinstance(purpose, str) and isinstance(channel, str) and purpose and channel):
        found.append(problem("consent_invalid", here))
        return None
    for text in (purpose, channel):
        found += text_problems(text, here, limit=40)
    return Consented(purpose, channel, _yes(fields.get("given", True), at(path, "given"), found))


def read_when(data: object, *, path: str, found: list[Problem]) -> When | None:
    """The span of days in JSON `data`; what is wrong with it is appended to `found`."""
    if not isinstance(data, dict) or len(data) != 1 or next(iter(data)) not in WHEN_OPS:
        found.append(problem("when_invalid", path))
        return None
    op, value = next(iter(data.items()))
    here = at(path, op)
    if op in ("last_days", "older_days"):
        return When(cast(WhenOp, op), _whole(value, 1, MAX_DAYS, "days_invalid", here, found, limit=MAX_DAYS))
    if op != "between":
        return When(cast(WhenOp, op), first=_date(value, here, found))
    if not isinstance(value, list) or len(value) != 2:
        found.append(problem("between_invalid", here))
        return None
    first, until = (_date(one, here, found) for one in value)
    if first is not None and until is not None and first > until:
        found.append(problem("between_invalid", here))
    return When("between", first=first, until=until)


def _amount(fields: dict[str, Any], path: str, found: list[Problem]) -> dict[str, Any]:
    read: dict[str, Any] = {"pick": fields.get("pick", "any")}
    for name, low in (("at_least", 1), ("at_most", 0)):
        if name in fields:
            here = at(path, name)
            read[name] = _whole(fields[name], low, MAX_TIMES, "times_invalid", here, found, limit=MAX_TIMES)
    if "when" in fields:
        read["when"] = read_when(fields["when"], path=at(path, "when"), found=found)
    alone = not read.keys() & {"at_least", "at_most"} and "when" in fields
    both = {"at_least", "at_most"} <= read.keys()
    if read["pick"] not in get_args(Pick) or (read["pick"] != "any" and not alone):
        found.append(problem("pick_invalid", at(path, "pick")))
    if both:
        found.append(problem("times_invalid", at(path, "at_most"), limit=MAX_TIMES))
    return read


def _numbers(op: str, value: Any, low: int, path: str, found: list[Problem]) -> int | tuple[int, ...]:
    if op != "between":
        return _whole(value, low, MAX_NUMBER, "number_invalid", path, found)
    if not isinstance(value, list) or len(value) != 2:
        found.append(problem("between_invalid", path))
        return (0, 0)
    first, last = (_whole(one, low, MAX_NUMBER, "number_invalid", path, found) for one in value)
    if first > last:
        found.append(problem("between_invalid", path))
    return (first, last)


def _whole(
    value: Any, low: int, high: int, code: str, path: str, found: list[Problem], *, limit: int | None = None
) -> int:  # fmt: skip
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        found.append(problem(code, path) if limit is None else problem(code, path, limit=limit))
        return low
    return value


def _scalar(value: Any, path: str, found: list[Problem]) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        found.append(problem("value_needed", path))
        return ""
    if isinstance(value, str):
        found += text_problems(value, path) if value.strip() else [problem("value_needed", path)]
    elif abs(value) > MAX_NUMBER:
        found.append(problem("number_too_large", path))
    return value


def _yes(value: Any, path: str, found: list[Problem]) -> bool:
    if not isinstance(value, bool):
        found.append(problem("yes_no", path))
    return value is True


def _date(value: Any, path: str, found: list[Problem]) -> date | None:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        day = None
    if day is None or len(value) != 10 or not 1900 <= day.year <= 2200:
        found.append(problem("date_invalid", path))
        return None
    return day
