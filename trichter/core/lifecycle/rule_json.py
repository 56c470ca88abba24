"""Reads a stage's rule from JSON of any origin and says what is wrong with it: code, place, sentence."""

import re
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Final

from trichter.core.events import registry
from trichter.core.events.conditions import MESSAGES as MATCH_MESSAGES
from trichter.core.events.conditions import Malformed, Problem, read_match
from trichter.core.events.problems import at, read_object, text_problems
from trichter.core.events.problems import problem as any_problem

from .rule import BehaviourClause, Clause, EventClause, PointsClause, PointsRule, ReachedClause, Rule

MAX_CLAUSES: Final = 20
MAX_POINTS_RULES: Final = 40
MAX_TIMES: Final = 1_000
MAX_DAYS: Final = 3_650
MAX_POINTS: Final = 1_000
MAX_THRESHOLD: Final = 100_000

MESSAGES: Final[dict[str, str]] = MATCH_MESSAGES | {
    "mode_missing": "Say whether one or all of the conditions must hold.",
    "clauses_missing": "“All of” needs at least one condition.",
    "clause_unknown": "A condition is an event, any behaviour, points or a stage reached.",
    "too_many_clauses": "There may be at most %(limit)s conditions in a rule.",
    "behaviour_not_true": "“behaviour” can only be true.",
    "times_invalid": "Enter how often, from 1 to %(limit)s.",
    "within_days_invalid": "Enter a number of days from 1 to %(limit)s, or nothing.",
    "at_least_invalid": "Enter how many points are needed, from 1 to %(limit)s.",
    "points_missing": "Add at least one row that gives points.",
    "points_invalid": "Enter points from -%(limit)s to %(limit)s, but not 0.",
    "cap_invalid": "Enter how many times count at most, from 1 to %(limit)s, or nothing.",
    "key_invalid": "A key consists of small letters, digits and hyphens.",
    "key_twice": "The key “%(key)s” is used twice.",
    "label_missing": "Enter a name under which the points are explained.",
    "stage_unknown": "There is no stage with the key “%(stage)s”.",
    "stage_not_below": "A rule can only build on an earlier stage.",
    "too_many_points_rules": "There may be at most %(limit)s rows that give points.",
}
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_CLAUSES = ("event", "behaviour", "points", "stage_reached")

problem = partial(any_problem, messages=MESSAGES)


def read_rule(
    data: object,
    *,
    below: Sequence[str] | None = None,
    stages: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
) -> Rule:
    """The rule in JSON `data`; raises `Malformed`, and nothing else, when it is unsound.

    stages: the keys that exist, below: those before the rule's own stage, kinds: the event kinds that
    exist; None leaves each unchecked.
    """  # fmt: skip
    found: list[Problem] = []
    rule = _read(data, found=found)
    if rule is not None and not found:
        found += _semantics(rule, below=below, stages=stages, kinds=kinds)
    if rule is None or found:
        raise Malformed(found)
    return rule


def existing_kinds() -> frozenset[str]:
    """The kinds a new rule may look at: all that are stored in the journal."""
    return frozenset(registry) - {"lifecycle.entered"}


def _read(data: object, *, found: list[Problem]) -> Rule | None:
    fields = read_object(data, path="", known=("any_of", "all_of"), found=found)
    if fields is None:
        return None
    if len(fields) != 1:
        found.append(problem("mode_missing", ""))
        return None
    mode, items = next(iter(fields.items()))
    if not isinstance(items, list):
        found.append(problem("not_a_list", mode))
        return None
    if len(items) > MAX_CLAUSES:
        found.append(problem("too_many_clauses", mode, limit=MAX_CLAUSES))
        return None
    if mode == "all_of" and not items:
        found.append(problem("clauses_missing", mode))
    clauses = [_clause(item, path=at(mode, number), found=found) for number, item in enumerate(items)]
    return Rule(
        mode="all_of" if mode == "all_of" else "any_of",
        clauses=tuple(clause for clause in clauses if clause is not None),
    )


def _clause(data: object, *, path: str, found: list[Problem]) -> Clause | None:
    if not isinstance(data, dict):
        found.append(problem("not_an_object", path))
        return None
    which = [name for name in _CLAUSES if name in data]
    if len(which) != 1:
        found.append(problem("clause_unknown", path))
        return None
    name = which[0]
    known = (name, "times", "within_days") if name in ("event", "behaviour") else (name,)
    if read_object(data, path=path, known=known, found=found) is None:
        return None
    if name == "points":
        return _points(data["points"], path=at(path, "points"), found=found)
    if name == "stage_reached":
        stage = data["stage_reached"]
        if isinstance(stage, str):
            return ReachedClause(stage=stage)
        found.append(problem("stage_unknown", at(path, "stage_reached"), stage=""))
        return None
    times = _whole(data.get("times", 1), 1, MAX_TIMES, "times_invalid", at(path, "times"), found)
    days = data.get("within_days")
    if days is not None:
        days = _whole(days, 1, MAX_DAYS, "within_days_invalid", at(path, "within_days"), found)
    if name == "behaviour":
        if data["behaviour"] is not True:
            found.append(problem("behaviour_not_true", at(path, "behaviour")))
        return BehaviourClause(times=times, within_days=days)
    match = read_match(data["event"], path=at(path, "event"), found=found)
    return None if match is None else EventClause(match=match, times=times, within_days=days)


def _points(data: object, *, path: str, found: list[Problem]) -> PointsClause | None:
    fields = read_object(data, path=path, known=("at_least", "rules"), found=found)
    if fields is None:
        return None
    least = _whole(fields.get("at_least"), 1, MAX_THRESHOLD, "at_least_invalid", at(path, "at_least"), found)
    rows = fields.get("rules")
    if not isinstance(rows, list):
        found.append(problem("not_a_list", at(path, "rules")))
        return None
    if not rows:
        found.append(problem("points_missing", at(path, "rules")))
    if len(rows) > MAX_POINTS_RULES:
        found.append(problem("too_many_points_rules", at(path, "rules"), limit=MAX_POINTS_RULES))
        return None
    rules = [_points_rule(row, path=at(path, "rules", n), found=found) for n, row in enumerate(rows)]
    return PointsClause(at_least=least, rules=tuple(rule for rule in rules if rule is not None))


def _points_rule(data: object, *, path: str, found: list[Problem]) -> PointsRule | None:
    known = ("key", "label", "match", "points", "cap")
    fields = read_object(data, path=path, known=known, found=found)
    if fields is None:
        return None
    key, label, cap = fields.get("key"), fields.get("label"), fields.get("cap")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        found.append(problem("key_invalid", at(path, "key")))
        key = ""
    if not isinstance(label, str) or not label.strip():
        found.append(problem("label_missing", at(path, "label")))
        label = ""
    found += text_problems(label, at(path, "label"), limit=100)
    points = _whole(
        fields.get("points"), -MAX_POINTS, MAX_POINTS, "points_invalid", at(path, "points"), found
    )
    if cap is not None:
        cap = _whole(cap, 1, MAX_TIMES, "cap_invalid", at(path, "cap"), found)
    match = read_match(fields.get("match"), path=at(path, "match"), found=found)
    if match is None:
        return None
    return PointsRule(key=key, label=label.strip(), match=match, points=points, cap=cap)


def _whole(value: Any, low: int, high: int, code: str, path: str, found: list[Problem]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        found.append(problem(code, path, limit=high))
        return low
    if code == "points_invalid" and value == 0:
        found.append(problem(code, path, limit=high))
    return value


def _semantics(
    rule: Rule, *, below: Sequence[str] | None, stages: Collection[str] | None, kinds: Collection[str] | None
) -> list[Problem]:
    found: list[Problem] = []
    for number, clause in enumerate(rule.clauses):
        path = at(rule.mode, number)
        if isinstance(clause, EventClause):
            found += clause.match.problems(path=at(path, "event"), kinds=kinds)
        elif isinstance(clause, PointsClause):
            found += _points_semantics(clause, path=at(path, "points.rules"), kinds=kinds)
        elif isinstance(clause, ReachedClause):
            if stages is not None and clause.stage not in stages:
                found.append(problem("stage_unknown", at(path, "stage_reached"), stage=clause.stage))
            elif below is not None and clause.stage not in below:
                found.append(problem("stage_not_below", at(path, "stage_reached")))
    return found


def _points_semantics(clause: PointsClause, *, path: str, kinds: Collection[str] | None) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for number, rule in enumerate(clause.rules):
        if rule.key in seen:
            found.append(problem("key_twice", at(path, number, "key"), key=rule.key))
        seen.add(rule.key)
        found += rule.match.problems(path=at(path, number, "match"), kinds=kinds)
    return found
