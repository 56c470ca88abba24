"""Which threshold would have served best: counted from who won later. Pure.

For each threshold, somebody counts from the moment the score first reached it, and only if that was before
the success (a score that rises because somebody buys has forecast nothing). Recent crossings are left out:
they have not had `RIPE_DAYS` days to succeed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from trichter.kit.stats import ENOUGH, Interval, wilson

from ..occurrence import Occurrence
from .ledger import Compiled, Ledger
from .model import PROFILE_KIND, at_least_as_good

RIPE_DAYS = 60
THRESHOLDS = tuple(range(10, 101, 10))


@dataclass(slots=True)
class Tally:
    """For each threshold: who crossed it, of those who was accepted and who won later; `won` in all."""

    thresholds: tuple[int, ...] = THRESHOLDS
    crossed: list[int] = field(default_factory=list)
    accepted: list[int] = field(default_factory=list)
    later_won: list[int] = field(default_factory=list)
    people: int = 0
    won: int = 0

    def __post_init__(self) -> None:
        """Zero for each threshold."""
        for name in ("crossed", "accepted", "later_won"):
            if not getattr(self, name):
                setattr(self, name, [0] * len(self.thresholds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """When somebody was accepted by sales and when he won; None: not yet."""

    accepted: datetime | None
    won: datetime | None


def count(
    *, tally: Tally, occurrences: Sequence[Occurrence], outcome: Outcome, model: Compiled, wanted: str,
    start: datetime, end: datetime,
) -> None:  # fmt: skip
    """Add one actor. wanted: the grade the rule asks for; start, end: between these a crossing counts."""
    tally.people += 1
    if outcome.won is not None and start <= outcome.won:
        tally.won += 1
    ledger = Ledger(model)
    facts: Mapping[str, object] = next((e.data for e in occurrences if e.kind == PROFILE_KIND), {})
    place = 0
    for event in occurrences:
        if outcome.won is not None and event.at >= outcome.won:
            break
        if event.kind == PROFILE_KIND:
            facts = event.data
        elif not ledger.add(event, event.at):
            continue
        if wanted and not at_least_as_good(grade=model.fit(facts).grade, wanted=wanted):
            continue
        points = ledger.sums(event.at)[0]
        while place < len(tally.thresholds) and points >= tally.thresholds[place]:
            if start <= event.at < end:
                tally.crossed[place] += 1
                tally.accepted[place] += outcome.accepted is not None and outcome.accepted >= event.at
                tally.later_won[place] += outcome.won is not None
            place += 1
        if place == len(tally.thresholds):
            break


@dataclass(frozen=True, slots=True)
class Advice:
    """One threshold. accepted and won: shares of `crossed`, with 95 % intervals (Wilson)."""

    threshold: int
    crossed: int
    per_month: float
    accepted: Interval | None
    accepted_count: int
    won: Interval | None
    won_count: int
    recall: float | None
    f1: float | None
    enough: bool

    @property
    def accepted_low(self) -> int:
        """Lower end of the interval in per cent."""
        return round(100 * self.accepted.low) if self.accepted else 0

    @property
    def accepted_high(self) -> int:
        """Upper end."""
        return round(100 * self.accepted.high) if self.accepted else 0

    @property
    def won_low(self) -> int:
        """Lower end of the interval in per cent."""
        return round(100 * self.won.low) if self.won else 0

    @property
    def won_high(self) -> int:
        """Upper end."""
        return round(100 * self.won.high) if self.won else 0


def table(*, tally: Tally, months: float) -> list[Advice]:
    """A line per threshold."""
    lines = []
    for place, threshold in enumerate(tally.thresholds):
        crossed, won = tally.crossed[place], tally.later_won[place]
        precision = won / crossed if crossed else 0.0
        recall = won / tally.won if tally.won else None
        f1 = None if not recall or not precision else 2 * precision * recall / (precision + recall)
        lines.append(
            Advice(
                threshold=threshold, crossed=crossed, per_month=crossed / months if months else 0.0,
                accepted=wilson(tally.accepted[place], crossed), accepted_count=tally.accepted[place],
                won=wilson(won, crossed), won_count=won, recall=recall, f1=f1, enough=crossed >= ENOUGH,
            )
        )  # fmt: skip
    return lines


def recommended(lines: Sequence[Advice]) -> Advice | None:
    """The threshold with the best balance of precision and recall (F1) of success; of equals the lower.

    None when no threshold with enough cases has any success.
    """
    able = [line for line in lines if line.enough and line.f1 is not None]
    return max(able, key=lambda line: (round(line.f1 or 0, 6), -line.threshold), default=None)
