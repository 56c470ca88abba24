"""Reads a score model from JSON of any origin and says what is wrong with it: code, place, sentence."""

import re
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any, Final, cast, get_args

from trichter.core.events.conditions import MESSAGES as MATCH_MESSAGES
from trichter.core.events.conditions import (
    AnyOf,
    Condition,
    EventMatch,
    Malformed,
    Problem,
    field_is_known,
    read_match,
)
from trichter.core.events.problems import at, read_object, text_problems
from trichter.core.events.problems import problem as any_problem

from .model import PROFILE_FIELDS, PROFILE_KIND, BehaviourRule, FitRule, Grades, Group, Model, Per
from .steps import Decay

MAX_RULES: Final = 60
MAX_GROUPS: Final = 12
MAX_POINTS: Final = 1_000
MAX_CAP: Final = 1_000
MAX_DAYS: Final = 3_650
MAX_THRESHOLD: Final = 100_000
DECAYS: Final = ("half_life", "linear")

MESSAGES: Final[dict[str, str]] = MATCH_MESSAGES | {
    "too_many_rules": "There may be at most %(limit)s rows of one kind.",
    "points_invalid": "Enter points from -%(limit)s to %(limit)s, but not 0.",
    "cap_invalid": "Enter how many times count at most, from 1 to %(limit)s, or nothing.",
    "group_cap_invalid": "Enter how many points count at most, from 1 to %(limit)s, or nothing.",
    "key_invalid": "A key consists of small letters, digits and hyphens.",
    "key_twice": "The key “%(key)s” is used twice.",
    "label_missing": "Enter a name under which the points are explained.",
    "per_unknown": "Choose how often the points count.",
    "per_field_missing": "Choose the field whose distinct values count.",
    "decay_unknown": "Points fade by half-life or evenly.",
    "decay_invalid": "Enter a number of days from 1 to %(limit)s.",
    "group_unknown": "There is no group with the key “%(key)s”.",
    "machine_invalid": "Whether machines count is yes or no.",
    "profile_field_unknown": "“%(field)s” is no field of a profile.",
    "grades_invalid": "Enter a whole number from -%(limit)s to %(limit)s.",
    "grades_order": "A needs more points than B, and B more than C.",
}
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_LOWER: Final = frozenset({"data.industry", "data.role", "data.mail"})

problem = partial(any_problem, messages=MESSAGES)


def read_model(data: object, *, kinds: Collection[str] | None = None) -> Model:
    """The model in JSON `data`; raises `Malformed`, and nothing else, when it is unsound.

    kinds: the event kinds that exist; None leaves that unchecked.
    """
    found: list[Problem] = []
    fields = read_object(data, path="", known=("groups", "behaviour", "fit", "grades"), found=found)
    if fields is None:
        raise Malformed(found)
    groups = [
        _group(item, path=path, found=found) for path, item in _rows(fields, "groups", MAX_GROUPS, found)
    ]
    behaviour = [
        _behaviour(item, path=path, found=found)
        for path, item in _rows(fields, "behaviour", MAX_RULES, found)
    ]
    fit = [_fit(item, path=path, found=found) for path, item in _rows(fields, "fit", MAX_RULES, found)]
    grades = _grades(fields.get("grades"), found=found)
    if found:
        raise Malformed(found)
    model = Model(
        behaviour=tuple(rule for rule in behaviour if rule is not None),
        fit=tuple(rule for rule in fit if rule is not None),
        groups=tuple(group for group in groups if group is not None), grades=grades,
    )  # fmt: skip
    found = _semantics(model, kinds=kinds)
    if found:
        raise Malformed(found)
    return model


def _rows(fields: dict[str, Any], name: str, limit: int, found: list[Problem]) -> list[tuple[str, Any]]:
    items = fields.get(name, [])
    if not isinstance(items, list):
        found.append(problem("not_a_list", name))
        return []
    if len(items) > limit:
        found.append(problem("too_many_rules", name, limit=limit))
        return []
    return [(at(name, number), item) for number, item in enumerate(items)]


def _named(fields: dict[str, Any], *, path: str, found: list[Problem]) -> tuple[str, str]:
    key, label = fields.get("key"), fields.get("label")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        found.append(problem("key_invalid", at(path, "key")))
        key = ""
    if not isinstance(label, str) or not label.strip():
        found.append(problem("label_missing", at(path, "label")))
        label = ""
    found += text_problems(label, at(path, "label"), limit=100)
    return key, label.strip()


def _group(data: object, *, path: str, found: list[Problem]) -> Group | None:
    fields = read_object(data, path=path, known=("key", "label", "cap"), found=found)
    if fields is None:
        return None
    key, label = _named(fields, path=path, found=found)
    cap = fields.get("cap")
    if cap is not None:
        cap = _whole(cap, 1, MAX_THRESHOLD, "group_cap_invalid", at(path, "cap"), found)
    return Group(key=key, label=label, cap=cap)


def _behaviour(data: object, *, path: str, found: list[Problem]) -> BehaviourRule | None:
    known = ("key", "label", "match", "points", "per", "field", "cap", "decay", "group", "machine")
    fields = read_object(data, path=path, known=known, found=found)
    if fields is None:
        return None
    key, label = _named(fields, path=path, found=found)
    points = _points(fields.get("points"), path=path, found=found)
    per, name, cap = fields.get("per", "each"), fields.get("field", ""), fields.get("cap")
    if not isinstance(per, str) or per not in get_args(Per):
        found.append(problem("per_unknown", at(path, "per")))
        per = "each"
    if not isinstance(name, str) or (per == "value" and not field_is_known(name)):
        found.append(problem("per_field_missing", at(path, "field")))
        name = ""
    if cap is not None:
        cap = _whole(cap, 1, MAX_CAP, "cap_invalid", at(path, "cap"), found)
    group, machine = fields.get("group", ""), fields.get("machine", False)
    if not isinstance(group, str):
        found.append(problem("group_unknown", at(path, "group"), key=""))
        group = ""
    if not isinstance(machine, bool):
        found.append(problem("machine_invalid", at(path, "machine")))
    decay = _decay(fields.get("decay"), path=at(path, "decay"), found=found)
    match = read_match(fields.get("match"), path=at(path, "match"), found=found)
    if match is None:
        return None
    return BehaviourRule(
        key=key, label=label, match=match, points=points, per=cast(Per, per),
        field=name if per == "value" else "", cap=cap, decay=decay, group=group, machine=machine is True,
    )  # fmt: skip


def _decay(data: object, *, path: str, found: list[Problem]) -> Decay | None:
    if data is None:
        return None
    fields = read_object(data, path=path, known=DECAYS, found=found)
    if fields is None:
        return None
    if len(fields) != 1:
        found.append(problem("decay_unknown", path))
        return None
    shape, days = next(iter(fields.items()))
    days = _whole(days, 1, MAX_DAYS, "decay_invalid", at(path, shape), found)
    return Decay("linear" if shape == "linear" else "half_life", days)


def _fit(data: object, *, path: str, found: list[Problem]) -> FitRule | None:
    fields = read_object(data, path=path, known=("key", "label", "where", "points"), found=found)
    if fields is None:
        return None
    key, label = _named(fields, path=path, found=found)
    points = _points(fields.get("points"), path=path, found=found)
    raw = {"kind": PROFILE_KIND, "where": fields.get("where", [])}
    match = read_match(raw, path=path, found=found)
    if match is None:
        return None
    match = EventMatch(match.kind, tuple(_folded(clause) for clause in match.where))
    return FitRule(key=key, label=label, match=match, points=points)


def _folded(clause: Condition | AnyOf) -> Condition | AnyOf:
    """Industry and role are noted in small letters, so they are compared in small letters."""
    if isinstance(clause, AnyOf):
        return AnyOf(tuple(cast(Condition, _folded(condition)) for condition in clause.conditions))
    if clause.field not in _LOWER:
        return clause
    value = clause.value
    if isinstance(value, tuple):
        value = tuple(item.lower() if isinstance(item, str) else item for item in value)
    elif isinstance(value, str):
        value = value.lower()
    return replace(clause, value=value)


def _grades(data: object, *, found: list[Problem]) -> Grades:
    default = Model().grades
    if data is None:
        return default
    fields = read_object(data, path="grades", known=("a", "b", "c"), found=found)
    if fields is None:
        return default
    a, b, c = (
        _whole(fields.get(name), -MAX_THRESHOLD, MAX_THRESHOLD, "grades_invalid", at("grades", name), found)
        for name in ("a", "b", "c")
    )
    if not found and not a > b > c:
        found.append(problem("grades_order", "grades"))
    return Grades(a=a, b=b, c=c)


def _points(value: Any, *, path: str, found: list[Problem]) -> int:
    points = _whole(value, -MAX_POINTS, MAX_POINTS, "points_invalid", at(path, "points"), found)
    if value == 0 and not isinstance(value, bool):
        found.append(problem("points_invalid", at(path, "points"), limit=MAX_POINTS))
    return points


def _whole(value: Any, low: int, high: int, code: str, path: str, found: list[Problem]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        found.append(problem(code, path, limit=high))
        return low
    return value


def _semantics(model: Model, *, kinds: Collection[str] | None) -> list[Problem]:
    found: list[Problem] = []
    groups = {group.key for group in model.groups}
    named: tuple[tuple[str, list[str]], ...] = (
        ("groups", [group.key for group in model.groups]),
        ("behaviour", [rule.key for rule in model.behaviour]),
        ("fit", [rule.key for rule in model.fit]),
    )
    for name, keys in named:
        for number, key in enumerate(keys):
            if key in keys[:number]:
                found.append(problem("key_twice", at(name, number, "key"), key=key))
    for number, rule in enumerate(model.behaviour):
        path = at("behaviour", number)
        found += rule.match.problems(path=at(path, "match"), kinds=kinds)
        if rule.group and rule.group not in groups:
            found.append(problem("group_unknown", at(path, "group"), key=rule.group))
    for number, row in enumerate(model.fit):
        path = at("fit", number)
        found += row.match.problems(path=path)
        for condition in _conditions(row.match):
            if condition.field.removeprefix("data.") not in PROFILE_FIELDS or "." not in condition.field:
                found.append(problem("profile_field_unknown", at(path, "where"), field=condition.field))
    return found


def _conditions(match: EventMatch) -> list[Condition]:
    return [
        condition
        for clause in match.where
        for condition in (clause.conditions if isinstance(clause, AnyOf) else (clause,))
    ]
