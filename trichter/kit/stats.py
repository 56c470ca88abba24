"""Statistics for rates and durations: intervals, differences, tests and quantiles. Pure Python, no arrays.

Rates are given as counts (``hits`` out of ``n``), never as percentages, so that no rounding gets in.
Functions return ``None`` where the question has no answer (no cases), never a made-up number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, floor, sqrt
from statistics import NormalDist

# Below so many cases a rate says little: the two counts are shown instead.
ENOUGH = 30


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval around an estimate."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TwoRates:
    """Two rates compared: ``difference`` first minus second with interval, ``z``, two-sided ``p``, ``lift``.

    ``lift`` is the relative difference (0.05 is +5 %), ``None`` when the second rate is zero.
    """

    first: float
    second: float
    difference: float
    interval: Interval
    z: float
    p: float
    lift: float | None


@lru_cache(maxsize=16)
def _z(confidence: float) -> float:
    """Return the two-sided normal quantile of a confidence level (0.95 → 1.95996)."""
    if not 0 < confidence < 1:
        raise ValueError("confidence lies between 0 and 1")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _checked(hits: int, n: int) -> None:
    if not 0 <= hits <= n:
        raise ValueError("hits lie between 0 and n")


def rate(hits: int, n: int) -> float | None:
    """Return ``hits / n``, or ``None`` without cases."""
    return hits / n if n else None


def wilson(hits: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Return the score interval of a rate (Wilson 1927), uncorrected; ``None`` without cases.

    Stays within 0 and 1 and is usable for small counts, unlike the plain normal interval.
    """
    _checked(hits, n)
    if n == 0:
        return None
    z = _z(confidence)
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if hits == n else min(1.0, middle + half))


def newcombe(hits_1: int, n_1: int, hits_2: int, n_2: int, *, confidence: float = 0.95) -> Interval | None:
    """Return the interval of the difference of two independent rates (Newcombe 1998, method 10).

    Combines the Wilson intervals of both rates; first minus second; ``None`` when one side has no cases.
    """
    one, two = wilson(hits_1, n_1, confidence=confidence), wilson(hits_2, n_2, confidence=confidence)
    if one is None or two is None:
        return None
    p_1, p_2 = hits_1 / n_1, hits_2 / n_2
    below = sqrt((p_1 - one.low) ** 2 + (two.high - p_2) ** 2)
    above = sqrt((one.high - p_1) ** 2 + (p_2 - two.low) ** 2)
    return Interval(p_1 - p_2 - below, p_1 - p_2 + above)


def compare(hits_1: int, n_1: int, hits_2: int, n_2: int, *, confidence: float = 0.95) -> TwoRates | None:
    """Compare two independent rates by the pooled z test; ``None`` when one side has no cases.

    When all or none of the pooled cases are hits there is nothing to tell apart: ``z`` is 0 and ``p`` is 1.
    The normal approximation wants about five hits and five misses on each side.
    """
    interval = newcombe(hits_1, n_1, hits_2, n_2, confidence=confidence)
    if interval is None:
        return None
    p_1, p_2 = hits_1 / n_1, hits_2 / n_2
    pooled = (hits_1 + hits_2) / (n_1 + n_2)
    error = sqrt(pooled * (1 - pooled) * (1 / n_1 + 1 / n_2))
    z = (p_1 - p_2) / error if error else 0.0
    return TwoRates(
        first=p_1,
        second=p_2,
        difference=p_1 - p_2,
        interval=interval,
        z=z,
        p=erfc(abs(z) / sqrt(2)),
        lift=lift(p_1, p_2),
    )


def lift(value: float, base: float) -> float | None:
    """Return the relative change from ``base`` to ``value`` (0.05 is +5 %); ``None`` when the base is
    zero.
    """
    return value / base - 1 if base else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the ``share`` quantile (0.5 is the median) of ``values``; ``None`` when there are none.

    Type 7 of Hyndman & Fan (1996): linear between the two nearest order statistics, position
    ``(n - 1) * share``. The default of R, NumPy and Excel's QUANTIL.INKL.
    """
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * share
    below = floor(position)
    weight = position - below
    if weight == 0:
        return float(ordered[below])
    return ordered[below] + weight * (ordered[below + 1] - ordered[below])


def median(values: Sequence[float]) -> float | None:
    """Return the 0.5 quantile."""
    return quantile(values, 0.5)
