"""The funnel as rows ready to be drawn: lengths in per cent, numbers as text, addresses of the lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.kit.stats import compare

from . import display
from .analysis.bands import BandCount
from .analysis.counts import StepCount
from .analysis.rates import Rate
from .analysis.report import Report
from .definition import Band
from .question import Scale

PeopleUrl = Callable[[int, str], str]  # (step, what) → address of the list
BAND_LABELS: Mapping[Band, Promise] = {
    "tofu": gettext_lazy("TOFU · attract"),
    "mofu": gettext_lazy("MOFU · qualify"),
    "bofu": gettext_lazy("BOFU · decide"),
    "after": gettext_lazy("After the sale"),
}
_LEAST, _ALPHA = 0.25, 0.05  # a bar that holds somebody is at least a hair wide (per cent)


@dataclass(frozen=True, kw_only=True)
class Change:
    """Against the period before. `sure`: beyond chance at 5 %; only then it is coloured."""

    text: str
    direction: str
    good: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a bar: where it starts and how long it is, in per cent of the track."""

    kind: str
    x: str
    width: str
    url: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The way from a step to the next."""

    rate: str
    interval: str
    few: bool
    cases: str
    change: Change | None
    dropped: str
    dropped_share: str
    dropped_url: str
    open: str
    open_url: str
    median: str
    median_cases: str
    leak: bool
    shape: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A step with its bar; `gap` leads to the next one."""

    number: int
    label: str
    rule: str
    reached: str
    url: str
    share: str
    share_interval: str
    change: Change | None
    median: str
    money: str
    parts: tuple[Part, ...]
    gap: Gap | None


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A band with its steps. `rate`: share of those at the first step of the band before, "" in the first.

    whole: what the full width stands for. lens: the outline between the scale of the zone before and this
    zone's own, in a box of 100 × 100; "" where the scale goes on.
    """

    band: Band
    label: str
    rows: tuple[Row, ...]
    before: str
    rate: str
    interval: str
    cases: str
    whole: str = ""
    lens: str = ""


def zones(
    *,
    report: Report,
    earlier: Report | None,
    rules: Mapping[int, str],
    scale: Scale,
    url: PeopleUrl,
    ordered: bool = True,
) -> list[Zone]:
    """Everything the drawing shows, from the top down.

    earlier: the same funnel a period before. rules: each step's rule in words. ordered False (steps in any
    order): one zone without a band, because bar k stands for no certain step.
    """
    wholes = _wholes(report, scale, ordered=ordered)
    rows = [
        _row(index, report=report, earlier=earlier, rules=rules, whole=whole, url=url)
        for index, whole in enumerate(wholes)
    ]
    if not ordered:
        rows = [replace(row, label=_("at least %(n)s steps") % {"n": row.number}, rule="") for row in rows]
        return [Zone(band="tofu", label="", rows=tuple(rows), before="", rate="", interval="", cases="")]
    counts = {band.band: band for band in report.bands}
    found: list[Zone] = []
    for index, (count, row) in enumerate(zip(report.steps, rows, strict=True)):
        if found and found[-1].band == count.band:
            found[-1] = replace(found[-1], rows=(*found[-1].rows, row))
            continue
        zone = _zone(counts[count.band], row, before=found[-1].label if found else "")
        if scale == "phase" and found and count.reached and wholes[index - 1]:
            share = max(100 * count.reached / wholes[index - 1], _LEAST)
            zone = replace(zone, lens=f"0,0 {share:.2f},0 100,100 0,100")
        found.append(replace(zone, whole=display.count(wholes[index]) if scale != "entry" else ""))
    return found


def _wholes(report: Report, scale: Scale, *, ordered: bool) -> list[int]:
    """For each step what the full width stands for: the entry, its phase's first step, or itself."""
    if scale == "step":
        return [count.reached for count in report.steps]
    if scale == "entry" or not ordered:
        return [report.entered] * len(report.steps)
    first = {band.band: band.reached for band in report.bands}
    return [first[count.band] for count in report.steps]


def _zone(count: BandCount, row: Row, *, before: str) -> Zone:
    between = count.from_previous
    return Zone(
        band=count.band,
        label=str(BAND_LABELS[count.band]),
        rows=(row,),
        before=before,
        rate="" if between is None else display.rate(between),
        interval="" if between is None else display.interval(between),
        cases="" if between is None else _cases(between),
    )


def _row(
    index: int,
    *,
    report: Report,
    earlier: Report | None,
    rules: Mapping[int, str],
    whole: int,
    url: PeopleUrl,
) -> Row:
    count = report.steps[index]
    before = earlier.steps[index] if earlier is not None else None
    last = index == len(report.steps) - 1
    following = 0 if last else report.steps[index + 1].reached
    money = display.sums(dict(report.revenue[index])) if report.revenue[index] else ""
    way = None if index == 0 else report.timings[index - 1]
    return Row(
        number=count.number,
        label=count.label,
        rule=rules.get(count.number, ""),
        reached=display.count(count.reached),
        url=url(count.number, "reached"),
        share=display.percent(count.from_entry.share),
        share_interval=display.interval(count.from_entry),
        change=None if before is None else _count_change(count.reached, before.reached),
        median=display.duration(way.median) if way is not None and way.enough else "",
        money=money,
        parts=_parts(count, following, whole, last=last, url=url),
        gap=None if last else _gap(index, report=report, earlier=earlier, url=url, whole=whole),
    )


def _parts(count: StepCount, following: int, whole: int, *, last: bool, url: PeopleUrl) -> tuple[Part, ...]:
    """Went on, still open, dropped: together the whole bar."""
    number = count.number
    pieces = (
        [("pass", count.reached, _("reached"), url(number, "reached"))]
        if last
        else [
            ("pass", following, _("went on"), url(number + 1, "reached")),
            ("open", count.still_open, _("still open"), url(number, "open")),
            ("drop", count.dropped, _("dropped"), url(number, "dropped")),
        ]
    )
    found, at = [], 0.0
    for kind, many, title, address in pieces:
        if not many or not whole:
            continue
        width = min(max(100 * many / whole, _LEAST), 100 - at)
        place = {"x": f"{at:.3f}%", "width": f"{width:.3f}%"}
        found.append(Part(kind=kind, **place, url=address, title=f"{display.count(many)} {title}"))
        at += width
    return tuple(found)


def _gap(index: int, *, report: Report, earlier: Report | None, url: PeopleUrl, whole: int) -> Gap:
    count, following = report.steps[index], report.steps[index + 1]
    between = following.from_previous
    assert between is not None
    before = earlier.steps[index + 1].from_previous if earlier is not None else None
    way = report.timings[index]
    leak = report.leaks.largest
    return Gap(
        rate=display.rate(between),
        interval=display.interval(between),
        few=not between.enough,
        cases=_cases(between),
        change=None if before is None else _rate_change(between, before),
        dropped=display.count(count.dropped) if count.dropped else "",
        dropped_share=display.percent(count.dropped / count.reached) if between.enough else "",
        dropped_url=url(count.number, "dropped"),
        open=display.count(count.still_open) if count.still_open else "",
        open_url=url(count.number, "open"),
        median=display.duration(way.median) if way.enough else "",
        median_cases=display.count(way.cases),
        leak=leak is not None and leak.step == count.number,
        shape=_shape(count.reached, following.reached, whole),
    )


def _shape(upper: int, lower: int, whole: int) -> str:
    """The silhouette between two bars, in a box of 100 × 100."""
    if not whole:
        return ""
    top, bottom = max(100 * upper / whole, _LEAST), max(100 * lower / whole, _LEAST if lower else 0)
    return f"0,0 {top:.2f},0 {bottom:.2f},100 0,100"


def _cases(value: Rate) -> str:
    return _("%(hits)s of %(cases)s") % {
        "hits": display.count(value.hits),
        "cases": display.count(value.cases),
    }


def _count_change(now: int, before: int) -> Change | None:
    text = display.change(before, now)
    if not text:
        return None
    hint = _("%(before)s in the period before") % {"before": display.count(before)}
    return Change(text=text, direction=display.direction(before, now), good="", hint=hint)


def _rate_change(now: Rate, before: Rate) -> Change | None:
    """In percentage points; coloured only when the two rates differ beyond chance."""
    if not now.enough or not before.enough:
        return None
    both = compare(now.hits, now.cases, before.hits, before.cases)
    if both is None:
        return None
    sure = both.p < _ALPHA
    hint = _(
        "%(before)s in the period before; 95 %% interval of the difference %(low)s to %(high)s points"
    ) % {
        "before": display.percent(before.share),
        "low": display.points(both.interval.low),
        "high": display.points(both.interval.high),
    }
    if not sure:
        hint += " · " + _("may be chance")
    good = ("yes" if both.difference > 0 else "no") if sure else ""
    return Change(
        text=_("%(points)s pts") % {"points": display.points(both.difference)},
        direction=_direction(both.difference if sure else 0),
        good=good,
        hint=hint,
    )


def _direction(difference: float) -> str:
    return "up" if difference > 0 else "down" if difference < 0 else "flat"
