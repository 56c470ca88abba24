"""Shares with their uncertainty."""

from dataclasses import dataclass

from trichter.kit import stats


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `cases`. `low` and `high` are the 95 % Wilson interval; all three are None without a case.

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
        return self.cases >= stats.ENOUGH


def rate(hits: int, cases: int) -> Rate:
    """The share of `hits` among `cases`, 0 <= hits <= cases."""
    interval = stats.wilson(hits, cases)
    if interval is None:
        return Rate(hits, cases, None, None, None)
    return Rate(hits, cases, stats.rate(hits, cases), interval.low, interval.high)
