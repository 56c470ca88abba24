"""Bars per week as numbers for an SVG: two values side by side, as agreed and with the draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT, PLOT, TOP = 180, 140, 12
_WIDTH, _LEFT = 720, 40


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; `series` 0 is agreed, 1 the draft."""

    x: float
    y: float
    width: float
    height: float
    value: int
    series: int


@dataclass(frozen=True, slots=True)
class Week:
    """The bars of a week; `label` only where there is room for it."""

    monday: date
    x: float
    bars: tuple[Bar, Bar]
    label: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """All weeks, and the lines of the scale as (y, value)."""

    weeks: Sequence[Week]
    lines: Sequence[tuple[float, int]]
    left: int = _LEFT
    width: int = _WIDTH
    height: int = HEIGHT
    base: int = TOP + PLOT


def week_chart(*, weeks: Mapping[date, Sequence[int]]) -> Chart | None:
    """The chart; None when nothing happened."""
    top = max((max(values) for values in weeks.values()), default=0)
    if top == 0:
        return None
    scale = _round_up(top)
    room = (_WIDTH - _LEFT) / len(weeks)
    bar = max(1.0, min(18.0, room * 0.36))
    every = max(1, -(-len(weeks) // 9))
    found = []
    for number, (monday, values) in enumerate(sorted(weeks.items())):
        middle = _LEFT + room * (number + 0.5)
        bars = [
            Bar(
                x=round(middle + (series - 1) * bar, 1), y=round(TOP + PLOT * (1 - value / scale), 1),
                width=round(bar * 0.92, 1), height=round(PLOT * value / scale, 1), value=value, series=series,
            )
            for series, value in enumerate(values)
        ]  # fmt: skip
        found.append(
            Week(monday=monday, x=round(middle, 1), bars=(bars[0], bars[1]), label=number % every == 0)
        )
    lines = [(TOP + PLOT - PLOT * part / 2, scale * part // 2) for part in (0, 1, 2)]
    return Chart(weeks=found, lines=lines)


def _round_up(value: int) -> int:
    """The next even 1, 2 or 5 times a power of ten."""
    step = 1
    while True:
        for factor in (2, 4, 10):
            if value <= factor * step:
                return factor * step
        step *= 10
