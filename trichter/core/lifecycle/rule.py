"""The machine rule of a stage: what must have happened for somebody to enter it. Pure data; no framework.

A rule is a list of clauses, of which one (`any_of`) or each (`all_of`) must hold:

* `{"event": {"kind": …, "where": […]}, "times": 2, "within_days": 30}`: that many matching events; with
  `within_days` all of them inside that many times 24 hours before the moment looked at, ends included.
* `{"behaviour": true}`: something the actor did (any kind with `behaviour`), machine opens and clicks
  excluded; `times` and `within_days` as above.
* `{"points": {"at_least": 40, "rules": [{"key", "label", "match", "points", "cap"}]}}`: the sum of points;
  of each points rule at most `cap` events count (none: all), `points` may be negative.
* `{"stage_reached": "lead"}`: the actor stands at that stage or beyond it.

`{"any_of": []}` never holds by itself: a stage that is entered by hand only. What is read from JSON is
checked in `rule_json`; the only error is `Malformed`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from trichter.core.events.conditions import EventMatch

Mode = Literal["any_of", "all_of"]


@dataclass(frozen=True, slots=True)
class EventClause:
    """At least `times` matching events, with `within_days` all of them in that window."""

    match: EventMatch
    times: int = 1
    within_days: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The clause as JSON data."""
        return {"event": self.match.to_json()} | _amount(self.times, self.within_days)


@dataclass(frozen=True, slots=True)
class BehaviourClause:
    """At least `times` events of any behaviour, with `within_days` all of them in that window."""

    times: int = 1
    within_days: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The clause as JSON data."""
        return {"behaviour": True} | _amount(self.times, self.within_days)


@dataclass(frozen=True, slots=True)
class PointsRule:
    """Every matching event gives `points`; at most `cap` of them count."""

    key: str
    label: str
    match: EventMatch
    points: int
    cap: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The points rule as JSON data."""
        data = {"key": self.key, "label": self.label, "match": self.match.to_json(), "points": self.points}
        return data if self.cap is None else data | {"cap": self.cap}


@dataclass(frozen=True, slots=True)
class PointsClause:
    """The points of `rules` add up to `at_least`."""

    at_least: int
    rules: tuple[PointsRule, ...]

    def to_json(self) -> dict[str, Any]:
        """The clause as JSON data."""
        return {"points": {"at_least": self.at_least, "rules": [rule.to_json() for rule in self.rules]}}


@dataclass(frozen=True, slots=True)
class ReachedClause:
    """The actor stands at `stage` or beyond it."""

    stage: str

    def to_json(self) -> dict[str, Any]:
        """The clause as JSON data."""
        return {"stage_reached": self.stage}


Clause = EventClause | BehaviourClause | PointsClause | ReachedClause


@dataclass(frozen=True, slots=True)
class Rule:
    """One (`any_of`) or each (`all_of`) of the clauses must hold; without clauses: by hand only."""

    mode: Mode = "any_of"
    clauses: tuple[Clause, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON data; `rule_json.read_rule` turns it back into an equal rule."""
        return {self.mode: [clause.to_json() for clause in self.clauses]}

    def points(self) -> PointsClause | None:
        """The first clause that counts points."""
        return next((clause for clause in self.clauses if isinstance(clause, PointsClause)), None)

    def matches(self) -> Iterator[EventMatch]:
        """Every matcher the rule looks at."""
        for clause in self.clauses:
            if isinstance(clause, EventClause):
                yield clause.match
            elif isinstance(clause, PointsClause):
                yield from (rule.match for rule in clause.rules)


BY_HAND = Rule()


def _amount(times: int, within_days: int | None) -> dict[str, Any]:
    data: dict[str, Any] = {} if times == 1 else {"times": times}
    return data if within_days is None else data | {"within_days": within_days}
