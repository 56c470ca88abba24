"""A line over time as geometry for SVG, in a box of 720 × 220 units: now, the period before, notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trichter.kit.clock import Period
from trichter.measure.funnels import display
from trichter.measure.funnels.plots import day, nice

from .hours import Hour
from .models import Annotation

Span = Period | Hour

LEFT, RIGHT, TOP, BOTTOM = 48, 10, 14, 24
WIDTH, HEIGHT = 720, 220
_W, _H = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


@dataclass(frozen=True, kw_only=True)
class Point:
    """What is to be drawn for a span: `value` None where there are too few cases. text: what it says."""

    value: float | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A span's point with its title."""

    x: str
    y: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A grid line, a label of the axis, or a numbered note."""

    at: str
    label: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Pieces of lines (polyline points), dots, grid, days and notes; thin: nothing had cases enough."""

    lines: tuple[str, ...]
    before: tuple[str, ...]
    dots: tuple[Dot, ...]
    ticks: tuple[Mark, ...]
    days: tuple[Mark, ...]
    notes: tuple[Mark, ...]
    thin: bool


def draw(
    *,
    spans: Sequence[Span],
    now: Sequence[Point],
    before: Sequence[Point],
    notes: Sequence[Annotation],
    share: bool,
) -> Drawing:
    """Both series on one axis from 0, the earlier one laid over the present by its position.

    share: the values are shares of 1.
    """
    values = [one.value for one in (*now, *before) if one.value is not None]
    most = max(values, default=0.0)
    top = nice(most or 0.01) if share else float(max(1.0, most))
    xs = [_x(index, len(spans)) for index in range(len(spans))]
    dots = tuple(
        Dot(x=_n(x), y=_n(_y(point.value, top)), title=f"{span_text(span)}: {point.text}")
        for x, point, span in zip(xs, now, spans, strict=True)
        if point.value is not None
    )
    every = max(1, -(-len(spans) // 8))
    return Drawing(
        lines=_pieces(xs, now, top),
        before=_pieces(xs, before[: len(xs)], top),
        dots=dots,
        ticks=tuple(
            Mark(
                at=_n(_y(top * part, top)),
                label=display.percent(top * part) if share else display.count(round(top * part)),
            )
            for part in (0.0, 0.5, 1.0)
            if share or part in (0.0, 1.0) or top >= 4
        ),
        days=tuple(
            Mark(at=_n(x), label=_short(span))
            for index, (x, span) in enumerate(zip(xs, spans, strict=True))
            if index % every == 0
        ),
        notes=tuple(
            Mark(at=_n(xs[place]), label=str(number), title=note.text)
            for number, note in enumerate(notes, start=1)
            if (place := _place(spans, note.day)) is not None
        ),
        thin=not any(one.value is not None for one in now),
    )


def _pieces(xs: Sequence[float], points: Sequence[Point], top: float) -> tuple[str, ...]:
    """Runs of points with a value; a single one is a short line, so that it is seen."""
    found, running = [], list[str]()
    for x, point in zip(xs, points, strict=False):
        if point.value is None:
            found.append(running)
            running = []
        else:
            running.append(f"{_n(x)},{_n(_y(point.value, top))}")
    found.append(running)
    return tuple(" ".join(one) for one in found if len(one) > 1)


def _place(spans: Sequence[Span], at: date) -> int | None:
    return next((n for n, span in enumerate(spans) if span.first_day <= at <= span.last_day), None)


def _short(span: Span) -> str:
    return span.text if isinstance(span, Hour) else day(span.first_day)


def span_text(span: Span) -> str:
    """What the span is: an hour of a day, a day, or from when to when."""
    if isinstance(span, Hour):
        return f"{day(span.first_day)} {span.text}"
    return day(span.first_day) if span.days == 1 else f"{day(span.first_day)} – {day(span.last_day)}"


def _x(index: int, count: int) -> float:
    return LEFT + (_W * index / (count - 1) if count > 1 else _W / 2)


def _y(value: float, top: float) -> float:
    return TOP + _H * (1 - min(value / top, 1.0))


def _n(value: float) -> str:
    return f"{value:.1f}"
