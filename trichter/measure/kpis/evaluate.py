"""KPIs evaluated: value, n, interval, change against the period before, sparkline, rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from trichter.kit.stats import ENOUGH, wilson

from .dictionary import KPIS, Kpi
from .measures import Measure
from .scope import Scope


@dataclass(frozen=True, kw_only=True)
class Result:
    """A KPI's answer for one scope.

    value: count, minor units, seconds, or a ratio (0.25 is 25 %); None when the denominator is 0.
    few: a rate with fewer than 30 cases, shown as “3 of 12”. low, high: Wilson 95 % interval of a share.
    change: relative change against the period before (0.1 is +10 %); None when it cannot be told.
    spark: the numerator per day of the period, missing days as 0.
    """

    kpi: Kpi
    scope: Scope
    numerator: int
    denominator: int | None
    value: float | None
    before: float | None = None
    low: float | None = None
    high: float | None = None
    spark: tuple[int, ...] = ()

    @property
    def few(self) -> bool:
        """Too few cases for a rate."""
        return self.kpi.share and self.denominator is not None and self.denominator < ENOUGH

    @property
    def change(self) -> float | None:
        """Relative change against the period before."""
        if self.value is None or not self.before or self.few:
            return None
        return (self.value - self.before) / abs(self.before)

    @property
    def better(self) -> bool | None:
        """True for an improvement, False for a deterioration, None when neither can be said."""
        if not self.change or self.kpi.good is None:
            return None
        return (self.change > 0) == (self.kpi.good == "up")


class _Totals:
    """Totals by measure, so that “leads” is asked once although five KPIs need it."""

    def __init__(self, scope: Scope) -> None:
        self._scope, self._known = scope, dict[Measure, int]()

    def __getitem__(self, measure: Measure) -> int:
        if measure not in self._known:
            self._known[measure] = measure.total(self._scope)
        return self._known[measure]


def _value(kpi: Kpi, totals: _Totals) -> tuple[int, int | None, float | None]:
    numerator = totals[kpi.numerator]
    if kpi.denominator is None:
        return numerator, None, numerator
    denominator = totals[kpi.denominator]
    return numerator, denominator, numerator / denominator if denominator else None


def evaluate(
    *, keys: Iterable[str], scope: Scope, compare: bool = True, sparks: bool = True
) -> dict[str, Result]:
    """Answer several KPIs at once. Raises KeyError for an unknown key."""
    now, before = _Totals(scope), _Totals(scope.previous)
    found: dict[str, Result] = {}
    days = scope.period.each_day()
    for key in keys:
        kpi = KPIS[key]
        numerator, denominator, value = _value(kpi, now)
        low = high = None
        if kpi.share and denominator:
            interval = wilson(numerator, denominator)
            low, high = (interval.low, interval.high) if interval else (None, None)
        spark: tuple[int, ...] = ()
        if sparks and kpi.denominator is None:
            by_day = kpi.numerator.by_day(scope)
            spark = tuple(by_day.get(day, 0) for day in days)
        found[key] = Result(
            kpi=kpi,
            scope=scope,
            numerator=numerator,
            denominator=denominator,
            value=value,
            before=_value(kpi, before)[2] if compare else None,
            low=low,
            high=high,
            spark=spark,
        )
    return found
