"""What a score model consists of. Pure data; no framework.

* A behaviour rule gives `points` (negative ones too) for events that match: for `each`, `once`, once per
  `day` of the company's zone, or once per distinct `value` of a field. Of what counts once, the newest event
  counts. At most `cap` events count, the newest. What a machine did counts only with `machine`.
* A group adds up its rules to a sum of its own, at most `cap` points: a product, a channel.
* A fit rule gives points when a profile matches: a matcher of `profile.noted`, whose fields are employees,
  industry, role, country and mail. The sum makes the grade: A from `grades.a` points on, B, C, below them D.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from trichter.core.events.conditions import EventMatch

from .steps import Decay

Per = Literal["each", "once", "day", "value"]
PROFILE_KIND: Final = "profile.noted"
PROFILE_FIELDS: Final = ("employees", "industry", "role", "country", "mail")
GRADES: Final = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourRule:
    """Points for what somebody did. `field`: for `per` value, whose distinct values count."""

    key: str
    label: str
    match: EventMatch
    points: int
    per: Per = "each"
    field: str = ""
    cap: int | None = None
    decay: Decay | None = None
    group: str = ""
    machine: bool = False

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON data; what is at its default is left out."""
        data: dict[str, Any] = {
            "key": self.key,
            "label": self.label,
            "match": self.match.to_json(),
            "points": self.points,
        }
        if self.per != "each":
            data["per"] = self.per
        if self.field:
            data["field"] = self.field
        if self.cap is not None:
            data["cap"] = self.cap
        if self.decay is not None:
            data["decay"] = self.decay.to_json()
        if self.group:
            data["group"] = self.group
        return data | ({"machine": True} if self.machine else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rules that add up to a sum of their own; at most `cap` points of it count."""

    key: str
    label: str
    cap: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The group as JSON data."""
        data: dict[str, Any] = {"key": self.key, "label": self.label}
        return data if self.cap is None else data | {"cap": self.cap}


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRule:
    """Points for what somebody is."""

    key: str
    label: str
    match: EventMatch
    points: int

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON data."""
        where = self.match.to_json()["where"]
        return {"key": self.key, "label": self.label, "where": where, "points": self.points}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """Fit points from which on a profile is graded A, B and C."""

    a: int
    b: int
    c: int

    def letter(self, points: int) -> str:
        """The grade of so many fit points."""
        return "A" if points >= self.a else "B" if points >= self.b else "C" if points >= self.c else "D"

    def to_json(self) -> dict[str, Any]:
        """The grades as JSON data."""
        return {"a": self.a, "b": self.b, "c": self.c}


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Both axes."""

    behaviour: tuple[BehaviourRule, ...] = ()
    fit: tuple[FitRule, ...] = ()
    groups: tuple[Group, ...] = ()
    grades: Grades = Grades(a=35, b=20, c=-15)

    def to_json(self) -> dict[str, Any]:
        """The model as JSON data; `model_json.read_model` turns it back into an equal model."""
        return {
            "groups": [group.to_json() for group in self.groups],
            "behaviour": [rule.to_json() for rule in self.behaviour],
            "fit": [rule.to_json() for rule in self.fit],
            "grades": self.grades.to_json(),
        }

    def matches(self) -> Iterator[EventMatch]:
        """Every matcher of behaviour."""
        for rule in self.behaviour:
            yield rule.match


def at_least_as_good(*, grade: str, wanted: str) -> bool:
    """Whether `grade` is `wanted` or better; letters only."""
    return grade <= wanted
