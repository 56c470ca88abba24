"""Numbers as people read them, in the language of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_currency, format_decimal, format_percent
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from trichter.core.lifecycle.changes import RuleChange
from trichter.core.shell.cells import locale, relative, whole_money
from trichter.kit.money import exponent

from .dictionary import Kpi, Unit
from .evaluate import Result
from .measures.stages import StageConversion, StageMeasure


def show(*, value: float | None, unit: Unit, currency: str) -> str:
    """A value in its unit: 12.345 · 1.234,50 € · 12,3 % · 2:05 min · 3,4; “–” for none."""
    if value is None:
        return "–"
    if unit == "money":
        amount = value / 10 ** exponent(currency)
        whole = abs(amount) >= 1000 or not amount
        return str(format_currency(amount, currency, format=whole_money(locale()) if whole else None,
                                   locale=locale(), currency_digits=not whole))  # fmt: skip
    if unit == "percent":
        return str(format_percent(value, format="#,##0.0 %", locale=locale()))
    if unit == "seconds":
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes}:{seconds:02d} min"
    if unit == "factor":
        return str(format_decimal(value, format="#,##0.00", locale=locale()))
    return str(format_decimal(round(value), locale=locale()))


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A day of the sparkline on which a rule changed: `x` from 0 to 100."""

    x: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """A result ready for the template."""

    key: str
    label: str | Promise
    value: str
    delta: str
    direction: str
    good: str
    note: str
    spark: str
    spark_label: str
    marks: tuple[Mark, ...]
    formula: str | Promise
    basis: str | Promise
    excludes: str | Promise
    version: int
    cases: str


# From eleven times as much on, per cent say nothing: there was hardly anything before.
_TELLING = 10


def _delta(result: Result) -> str:
    """The change against the period before: of a share in points, of all else in per cent; "" for none."""
    if result.change is None or result.value is None or result.before is None:
        return ""
    if result.kpi.unit == "percent":
        points = format_decimal(
            (result.value - result.before) * 100, format="+#,##0.0;−#,##0.0", locale=locale()
        )
        return _("%(points)s points") % {"points": points}
    if result.change >= _TELLING:
        before = show(value=result.before, unit=result.kpi.unit, currency=result.scope.currency)
        return _("before: %(value)s") % {"value": before}
    return relative(result.change)


def card(result: Result, changes: Sequence[RuleChange] = ()) -> Card:
    """Everything a KPI card says, as text. changes: of rules, marked where they move this KPI."""
    kpi, currency = result.kpi, result.scope.currency
    change = result.change
    if result.few:
        value = _("%(n)d of %(total)d") % {"n": result.numerator, "total": result.denominator}
        note = _("too few cases for a rate")
    else:
        value = show(value=result.value, unit=kpi.unit, currency=currency)
        note = _interval(result)
    return Card(
        key=kpi.key,
        label=kpi.label,
        value=value,
        delta=_delta(result),
        direction="flat" if not change or abs(change) < 0.005 else "up" if change > 0 else "down",
        good="" if result.better is None else "yes" if result.better else "no",
        note=note,
        spark=points(result.spark),
        spark_label=_spark_label(result),
        marks=_marks(result, changes),
        formula=kpi.formula,
        basis=kpi.basis,
        excludes=kpi.excludes,
        version=kpi.version,
        cases=show(value=result.denominator, unit="count", currency=currency)
        if result.denominator is not None
        else "",
    )


def _interval(result: Result) -> str:
    if result.low is None or result.high is None:
        return ""
    low, high = (show(value=side, unit="percent", currency="") for side in (result.low, result.high))
    return _("95 %% interval %(low)s to %(high)s") % {"low": low, "high": high}


def _spark_label(result: Result) -> str:
    if not result.spark:
        return ""
    return _("%(label)s per day, from %(low)d to %(high)d") % {
        "label": result.kpi.label, "low": min(result.spark), "high": max(result.spark),
    }  # fmt: skip


def _marks(result: Result, changes: Sequence[RuleChange]) -> tuple[Mark, ...]:
    last, stages = len(result.spark) - 1, stages_of(result.kpi)
    first = result.scope.period.first_day
    return tuple(
        Mark(x=f"{100 * (one.day - first).days / last:.1f}", title=f"{short_day(one.day)}: {one.label}")
        for one in changes
        if last > 0 and one.stages & stages
    )


def short_day(value: date) -> str:
    """A day as dates are written in lists."""
    return str(formats.date_format(value, "SHORT_DATE_FORMAT"))


def stages_of(kpi: Kpi) -> frozenset[str]:
    """The stages whose rules decide what a KPI counts; empty where none does."""
    if isinstance(kpi.numerator, StageConversion):
        return frozenset([kpi.numerator.stage, kpi.numerator.then])
    return frozenset([kpi.numerator.stage]) if isinstance(kpi.numerator, StageMeasure) else frozenset()


def points(series: tuple[int, ...]) -> str:
    """A polyline in a box of 100 × 28, y downwards; "" for fewer than two values."""
    if len(series) < 2:
        return ""
    low, high = min(0, *series), max(1, *series)
    step = 100 / (len(series) - 1)
    return " ".join(
        f"{index * step:.1f},{27 - 26 * (value - low) / (high - low):.1f}"
        for index, value in enumerate(series)
    )
