"""A person's points and where they come from. Pure; the explanation adds up to the score exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trichter.core.events.conditions import EventLike, Predicate

from .program import compiled
from .rule import PointsClause


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """`times` matching events, of which `counted` count (the cap), give `points` together."""

    key: str
    label: str
    times: int
    counted: int
    each: int
    points: int

    @property
    def capped(self) -> bool:
        """Whether the cap left events uncounted."""
        return self.counted < self.times


@dataclass(frozen=True, slots=True)
class Explanation:
    """“Why 73?”: the lines add up to `total`; `needed` is the threshold of the stage."""

    total: int
    needed: int
    lines: tuple[ScoreLine, ...]


def explain(*, occurrences: Iterable[EventLike], points: PointsClause | None) -> Explanation:
    """Every points rule with what it counted, those that counted nothing included."""
    if points is None:
        return Explanation(total=0, needed=0, lines=())
    counts = count(occurrences=occurrences, points=points)
    lines = []
    for rule, times in zip(points.rules, counts, strict=True):
        counted = times if rule.cap is None else min(times, rule.cap)
        lines.append(
            ScoreLine(
                key=rule.key, label=rule.label, times=times, counted=counted, each=rule.points,
                points=counted * rule.points,
            )
        )  # fmt: skip
    return Explanation(total=sum(line.points for line in lines), needed=points.at_least, lines=tuple(lines))


def count(*, occurrences: Iterable[EventLike], points: PointsClause) -> Sequence[int]:
    """How many events each points rule matches, in the order of the rules."""
    watch: dict[str, list[tuple[int, Predicate | None]]] = {}
    for number, rule in enumerate(points.rules):
        watch.setdefault(rule.match.kind, []).append((number, compiled(rule.match)))
    counts = [0] * len(points.rules)
    for event in occurrences:
        for number, test in watch.get(event.kind, ()):
            if test is None or test(event):
                counts[number] += 1
    return counts


def score(*, occurrences: Iterable[EventLike], points: PointsClause | None) -> int:
    """The sum of points, as `explain` gives it."""
    return explain(occurrences=occurrences, points=points).total
