"""Shares with their uncertainty."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

ENOUGH: Final = 30
_Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `cases`. `low` and `high` are the 95 % Wilson interval; all three shares are None for no
    case.

    Under 30 cases (`enough` is False) a screen says so instead of showing the share.
    """

    hits: int
    cases: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def enough(self) -> bool:
        """Whether there are cases enough to show the share."""
        return self.cases >= ENOUGH


def rate(hits: int, cases: int) -> Rate:
    """The share of `hits` among `cases`, 0 <= hits <= cases."""
    if not cases:
        return Rate(hits, cases, None, None, None)
    low, high = wilson(hits, cases)
    return Rate(hits, cases, hits / cases, low, high)


def wilson(hits: int, cases: int, *, z: float = _Z95) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927), 95 % by default; `cases` must be positive."""
    share, square = hits / cases, z * z
    middle = (share + square / (2 * cases)) / (1 + square / cases)
    reach = z / (1 + square / cases) * sqrt(share * (1 - share) / cases + square / (4 * cases * cases))
    # At the edges the interval ends exactly at 0 or 1; rounding must not move it off.
    return (0.0 if hits == 0 else middle - reach, 1.0 if hits == cases else middle + reach)
