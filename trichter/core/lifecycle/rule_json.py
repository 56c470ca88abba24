"""Reads a stage's rule from JSON of any origin and says what is wrong with it: code, place, sentence."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Final

from trichter.core.events import registry
from trichter.core.events.conditions import MESSAGES as MATCH_MESSAGES
from trichter.core.events.conditions import Malformed, Problem, read_match
from trichter.core.events.problems import at, read_object, text_problems
from trichter.core.events.problems import problem as any_problem

from .rule import BehaviourClause, Clause, EventClause, ReachedClause, Rule, ScoreClause
from .scoring.model import GRADES

MAX_CLAUSES: Final = 20
MAX_TIMES: Final = 1_000
MAX_DAYS: Final = 3_650
MAX_THRESHOLD: Final = 100_000

MESSAGES: Final[dict[str, str]] = MATCH_MESSAGES | {
    "mode_missing": "Say whether one or all of the conditions must hold.",
    "clauses_missing": "“All of” needs at least one condition.",
    "clause_unknown": "A condition is an event, any behaviour, the score or a stage reached.",
    "too_many_clauses": "There may be at most %(limit)s conditions in a rule.",
    "behaviour_not_true": "“behaviour” can only be true.",
    "times_invalid": "Enter how often, from 1 to %(limit)s.",
    "within_days_invalid": "Enter a number of days from 1 to %(limit)s, or nothing.",
    "at_least_invalid": "Enter how many points are needed, from 1 to %(limit)s.",
    "grade_invalid": "Choose a grade from A to D.",
    "score_empty": "Say how many points or which grade the score must reach.",
    "group_invalid": "A group is named by its key.",
    "stage_unknown": "There is no stage with the key “%(stage)s”.",
    "stage_not_below": "A rule can only build on an earlier stage.",
}
_CLAUSES = ("event", "behaviour", "score", "stage_reached")

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
    if name == "score":
        return _score(data["score"], path=at(path, "score"), found=found)
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


def _score(data: object, *, path: str, found: list[Problem]) -> ScoreClause | None:
    known = ("behaviour_at_least", "fit_at_least", "group")
    fields = read_object(data, path=path, known=known, found=found)
    if fields is None:
        return None
    least, grade, group = (fields.get(name) for name in known)
    if least is not None:
        place = at(path, "behaviour_at_least")
        least = _whole(least, 1, MAX_THRESHOLD, "at_least_invalid", place, found)
    if grade is not None and (not isinstance(grade, str) or grade not in GRADES):
        found.append(problem("grade_invalid", at(path, "fit_at_least")))
        grade = None
    if least is None and grade is None:
        found.append(problem("score_empty", path))
    if group is not None and not isinstance(group, str):
        found.append(problem("group_invalid", at(path, "group")))
        group = None
    found += text_problems(group or "", at(path, "group"), limit=40)
    return ScoreClause(behaviour=least, fit=grade or "", group=group or "")


def _whole(value: Any, low: int, high: int, code: str, path: str, found: list[Problem]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        found.append(problem(code, path, limit=high))
        return low
    return value


def _semantics(
    rule: Rule, *, below: Sequence[str] | None, stages: Collection[str] | None, kinds: Collection[str] | None
) -> list[Problem]:
    found: list[Problem] = []
    for number, clause in enumerate(rule.clauses):
        path = at(rule.mode, number)
        if isinstance(clause, EventClause):
            found += clause.match.problems(path=at(path, "event"), kinds=kinds)
        elif isinstance(clause, ReachedClause):
            if stages is not None and clause.stage not in stages:
                found.append(problem("stage_unknown", at(path, "stage_reached"), stage=clause.stage))
            elif below is not None and clause.stage not in below:
                found.append(problem("stage_not_below", at(path, "stage_reached")))
    return found
