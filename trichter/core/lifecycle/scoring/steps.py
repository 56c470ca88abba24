"""How points fade: whole points, falling by one at exact moments. Pure.

The one rounding of the score: the points of a single event times the share that is left, rounded to the
nearest whole number, half up in amount (−2.5 becomes −3). As ages, that is a list of moments at which the
amount falls by one; everything else only adds whole numbers.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import log2
from typing import Any, Final, Literal

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Decay:
    """`half_life`: half is left after `days` times 24 hours; `linear`: nothing is left after them."""

    shape: Literal["half_life", "linear"]
    days: int

    def to_json(self) -> dict[str, Any]:
        """The decay as JSON data."""
        return {self.shape: self.days}


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exact."""
    delta = moment - EPOCH
    return (delta.days * DAY + delta.seconds) * SECOND + delta.microseconds


@lru_cache(maxsize=4096)
def drops(*, points: int, decay: Decay | None) -> tuple[int, ...]:
    """The ages in microseconds, ascending, at which the amount falls by one; empty without decay."""
    if decay is None:
        return ()
    whole, amount = decay.days * DAY, abs(points)
    ages = []
    for left in range(amount, 0, -1):  # `left` points are there while amount × share ≥ left − ½
        if decay.shape == "linear":
            last = whole * (2 * amount - 2 * left + 1) // (2 * amount)
        else:
            last = int(whole * log2(2 * amount / (2 * left - 1)))
        ages.append((last + 1) * SECOND)
    return tuple(ages)


def left(*, points: int, ages: Sequence[int], age: int) -> int:
    """The points of one event at that age (microseconds); an age below zero is the full number."""
    if not ages:
        return points
    gone = bisect_right(ages, age)
    return points - gone if points > 0 else points + gone
