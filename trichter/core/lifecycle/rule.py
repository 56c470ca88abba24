"""The machine rule of a stage: what must have happened for somebody to enter it. Pure data; no framework.

A rule is a list of clauses, of which one (`any_of`) or each (`all_of`) must hold:

* `{"event": {"kind": …, "where": […]}, "times": 2, "within_days": 30}`: that many matching events; with
  `within_days` all of them inside that many times 24 hours before the moment looked at, ends included.
* `{"behaviour": true}`: something the actor did (any kind with `behaviour`), machine opens and clicks
  excluded; `times` and `within_days` as above.
* `{"score": {"behaviour_at_least": 40, "fit_at_least": "B", "group": "cloud"}}`: both axes of the score
  under the model in force; each may be left out, `group` means the points of that group alone.
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
class ScoreClause:
    """The score reaches both: `behaviour` points (of `group` alone, if named) and the grade `fit`."""

    behaviour: int | None = None
    fit: str = ""
    group: str = ""

    def to_json(self) -> dict[str, Any]:
        """The clause as JSON data."""
        data: dict[str, Any] = {} if self.behaviour is None else {"behaviour_at_least": self.behaviour}
        if self.fit:
            data["fit_at_least"] = self.fit
        return {"score": data | ({"group": self.group} if self.group else {})}


@dataclass(frozen=True, slots=True)
class ReachedClause:
    """The actor stands at `stage` or beyond it."""

    stage: str

    def to_json(self) -> dict[str, Any]:
        """The clause as JSON data."""
        return {"stage_reached": self.stage}


Clause = EventClause | BehaviourClause | ScoreClause | ReachedClause


@dataclass(frozen=True, slots=True)
class Rule:
    """One (`any_of`) or each (`all_of`) of the clauses must hold; without clauses: by hand only."""

    mode: Mode = "any_of"
    clauses: tuple[Clause, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON data; `rule_json.read_rule` turns it back into an equal rule."""
        return {self.mode: [clause.to_json() for clause in self.clauses]}

    def score(self) -> ScoreClause | None:
        """The first clause about the score."""
        return next((clause for clause in self.clauses if isinstance(clause, ScoreClause)), None)

    def matches(self) -> Iterator[EventMatch]:
        """Every matcher the rule itself looks at; the score looks at those of its model."""
        for clause in self.clauses:
            if isinstance(clause, EventClause):
                yield clause.match


BY_HAND = Rule()


def _amount(times: int, within_days: int | None) -> dict[str, Any]:
    data: dict[str, Any] = {} if times == 1 else {"times": times}
    return data if within_days is None else data | {"within_days": within_days}
