"""Numbers of a funnel as people read them, in the language of the page."""

from datetime import timedelta
from typing import Final

from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from django.utils.translation import gettext as _

from trichter.core.shell.cells import locale, relative
from trichter.measure.kpis.display import show

from .analysis.rates import Rate
from .analysis.revenue import NO_CURRENCY

_UNITS: Final = (
    (timedelta(seconds=90), timedelta(seconds=1), "duration-second"),
    (timedelta(minutes=90), timedelta(minutes=1), "duration-minute"),
    (timedelta(hours=36), timedelta(hours=1), "duration-hour"),
    (timedelta(days=3_660), timedelta(days=1), "duration-day"),
)
_WHOLE: Final = ((86_400, "duration-day"), (3_600, "duration-hour"), (60, "duration-minute"))


def count(value: int) -> str:
    """12.345"""
    return str(format_decimal(value, locale=locale()))


def percent(share: float | None) -> str:
    """12,3 %; below one per cent 0,42 %; “–” for none."""
    if share is None:
        return "–"
    pattern = "#,##0.00 %" if 0 < share < 0.01 else "#,##0.0 %"
    if share in (0, 1):
        pattern = "#,##0 %"
    return str(format_percent(share, format=pattern, locale=locale()))


def change(before: int, now: int) -> str:
    """The relative change of a count: +12 %; "" when there is (nearly) nothing to compare with."""
    if not before or now > 11 * before:
        return ""
    return relative(now / before - 1)


def direction(before: float, now: float) -> str:
    """Which way an arrow points: up, down, or flat for a change that rounds to nothing."""
    if not before or round(100 * (now / before - 1)) == 0:
        return "flat"
    return "up" if now > before else "down"


def points(difference: float) -> str:
    """A difference of two shares in percentage points: +0,8."""
    pattern = "+#,##0.00;−#,##0.00" if abs(difference) < 0.01 else "+#,##0.0;−#,##0.0"
    return str(format_decimal(100 * difference, format=pattern, locale=locale()))


def rate(value: Rate) -> str:
    """The share, or “3 of 12” when there are too few cases for one."""
    if value.enough:
        return percent(value.share)
    return _("%(hits)s of %(cases)s") % {"hits": count(value.hits), "cases": count(value.cases)}


def interval(value: Rate) -> str:
    """“3,8 % to 4,6 %”; "" without an interval or with too few cases."""
    if value.low is None or value.high is None or not value.enough:
        return ""
    return _("%(low)s to %(high)s") % {"low": percent(value.low), "high": percent(value.high)}


def duration(value: timedelta | None) -> str:
    """A measured time with about two digits: 45 s, 12 min, 5.2 hours, 12.4 days; “–” for none."""
    if value is None:
        return "–"
    for limit, unit, name in _UNITS:
        if value < limit or limit is _UNITS[-1][0]:
            amount = value / unit
            shown = round(amount, 1) if amount < 20 and name not in ("duration-second",) else round(amount)
            return str(format_unit(shown, name, length="short", locale=locale()))
    return "–"


def span(value: timedelta | None) -> str:
    """An agreed time limit, exact: 30 days, 36 hours, 90 seconds; “without limit” for none."""
    if value is None:
        return _("without limit")
    seconds = int(value.total_seconds())
    for size, name in _WHOLE:
        if seconds % size == 0:
            return str(format_unit(seconds // size, name, length="long", locale=locale()))
    return str(format_unit(seconds, "duration-second", length="long", locale=locale()))


def edge(value: timedelta) -> str:
    """The edge of a histogram's bin, short."""
    seconds = int(value.total_seconds())
    for size, name in _WHOLE:
        if seconds and seconds % size == 0:
            return str(format_unit(seconds // size, name, length="short", locale=locale()))
    return str(format_unit(seconds, "duration-second", length="short", locale=locale()))


def money(minor: int | None, currency: str) -> str:
    """123,50 €, from 1,000 on without decimals; the bare number where no currency was noted."""
    if minor is None:
        return "–"
    if currency in ("", NO_CURRENCY):
        return f"{count(minor)} (?)"
    return show(value=minor, unit="money", currency=currency)


def sums(by_currency: dict[str, int]) -> str:
    """Sums of several currencies side by side; “–” for none."""
    return " + ".join(money(minor, currency) for currency, minor in by_currency.items()) or "–"
