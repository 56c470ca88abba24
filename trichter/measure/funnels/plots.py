"""Small charts as geometry for SVG: histograms of times, weekly lines. Boxes are 360 × 150 units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from django.utils.translation import get_language

from . import display
from .analysis.counts import StepCount
from .analysis.timing import Timing
from .analysis.trend import Week

WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 10, 22
_PLOT_W, _PLOT_H = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


@dataclass(frozen=True, kw_only=True)
class Column:
    """A bar of a histogram with what it says."""

    x: str
    y: str
    width: str
    height: str
    title: str
    label: str
    label_x: str


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A line of the grid."""

    at: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A week's point; `few`: too few cases for a rate."""

    x: str
    y: str
    title: str
    few: bool


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Columns, grid lines, and the places of median and 90th percentile (or "")."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A weekly line: pieces without gaps, dots, hatched weeks in which people at this step are still open.

    thin: no week has cases enough for a rate, so nothing is drawn. marks: days on which rules changed.
    """

    pieces: tuple[str, ...]
    dots: tuple[Dot, ...]
    hatched: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    days: tuple[Tick, ...]
    thin: bool = False
    marks: tuple[Tick, ...] = ()


def _n(value: float) -> str:
    return f"{value:.1f}"


def histogram(timing: Timing) -> Histogram:
    """The bins of one way as columns of equal width (the bins themselves grow, seconds to months)."""
    most = max((bin_.count for bin_ in timing.bins), default=0)
    if not most:
        return Histogram(columns=(), ticks=())
    step = _PLOT_W / len(timing.bins)
    every = max(1, -(-len(timing.bins) // 7))
    columns = []
    for index, bin_ in enumerate(timing.bins):
        height = _PLOT_H * bin_.count / most
        low = display.edge(bin_.low)
        title = f"{low} – {display.edge(bin_.high)}" if bin_.high is not None else f"≥ {low}"
        columns.append(
            Column(
                x=_n(LEFT + index * step + 1),
                y=_n(TOP + _PLOT_H - height),
                width=_n(step - 2),
                height=_n(height),
                title=f"{title}: {display.count(bin_.count)}",
                label=low if index % every == 0 else "",
                label_x=_n(LEFT + index * step),
            )
        )
    return Histogram(columns=tuple(columns), ticks=_ticks(0, most, count=True))


def _ticks(low: float, high: float, *, count: bool) -> tuple[Tick, ...]:
    return tuple(
        Tick(
            at=_n(TOP + _PLOT_H * (1 - share)),
            label=display.count(round(high * share)) if count else display.percent(high * share),
        )
        for share in (0.0, 0.5, 1.0)
        if not count or share in (0.0, 1.0) or high >= 4
    )


def nice(share: float) -> float:
    """The next round share above, as the top of an axis."""
    for top in (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8):
        if share <= top:
            return top
    return 1.0


def day(value: date) -> str:
    """A day without the year, short."""
    language = get_language() or "de"
    return str(format_date(value, "d.M." if language.startswith("de") else "MMM d", locale=language[:2]))


def line(weeks: Sequence[Week], step: int, marked: Sequence[date] = ()) -> Line:
    """The share of those at `step` who reached the next, by week of entry. step 0: how many entered.

    marked: days to mark with their number in this order, those outside of the weeks are left out.
    """
    if not weeks:
        return Line(pieces=(), dots=(), hatched=(), ticks=(), days=())
    slot = _PLOT_W / len(weeks)
    centre = [LEFT + slot * (index + 0.5) for index in range(len(weeks))]
    values: list[tuple[float | None, str, bool]] = []
    if step == 0:
        top = float(max(1, *(week.entered for week in weeks)))
        values = [(float(week.entered), display.count(week.entered), False) for week in weeks]
    else:
        rates = [_rate(week.counts, step) for week in weeks]
        top = nice(max((share for share, _text, few in rates if share is not None and not few), default=0.01))
        values = rates
        if all(few for _share, _text, few in rates):
            return Line(pieces=(), dots=(), hatched=(), ticks=(), days=(), thin=True)
    dots, pieces, running = [], [], list[str]()
    for week, x, (value, text, few) in zip(weeks, centre, values, strict=True):
        if value is not None:
            y = TOP + _PLOT_H * (1 - min(value / top, 1.0))
            title = f"{week.name} ({day(week.monday)}): {text}"
            dots.append(Dot(x=_n(x), y=_n(y), title=title, few=few))
        if value is None or few:
            pieces.append(" ".join(running))
            running = []
        else:
            running.append(f"{_n(x)},{_n(y)}")
    pieces.append(" ".join(running))
    hatched = tuple(
        Column(
            x=_n(x - slot / 2), y=_n(TOP), width=_n(slot), height=_n(_PLOT_H), label="", label_x="", title=""
        )
        for week, x in zip(weeks, centre, strict=True)
        if step and week.counts[step - 1].still_open
    )
    every = max(1, -(-len(weeks) // 6))
    return Line(
        pieces=tuple(piece for piece in pieces if " " in piece),
        dots=tuple(dots),
        hatched=hatched,
        ticks=_ticks(0, top, count=step == 0),
        days=tuple(
            Tick(at=_n(x), label=day(week.monday))
            for index, (week, x) in enumerate(zip(weeks, centre, strict=True))
            if index % every == 0
        ),
        marks=tuple(
            Tick(at=_n(LEFT + slot * (one - weeks[0].monday).days / 7), label=str(number))
            for number, one in enumerate(marked, start=1)
            if 0 <= (one - weeks[0].monday).days < 7 * len(weeks)
        ),
    )


def _rate(counts: Sequence[StepCount], step: int) -> tuple[float | None, str, bool]:
    rate = counts[step].from_previous
    if rate is None or rate.share is None:
        return None, "", True
    return rate.share, display.rate(rate), not rate.enough
