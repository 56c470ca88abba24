"""Values as people read them, and as a spreadsheet takes them."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from trichter.kit.money import Money
from trichter.kit.tables.writing import Value

from .columns import Column, follow, read
from .templatetags.shell_ui import initials, tint

NOTHING = mark_safe('<span class="tr-none" aria-hidden="true">–</span>')


def locale() -> str:
    """The reader's language as Babel names it."""
    return (get_language() or "en").replace("-", "_")


def relative(change: float) -> str:
    """A relative change: +12 %, and ±0 % when it rounds to nothing."""
    if round(100 * change) == 0:
        return str(format_percent(0, format="±#,##0 %", locale=locale()))
    return str(format_percent(change, format="+#,##0 %;−#,##0 %", locale=locale()))


def money(minor: int | None, currency: str, *, short: bool = False) -> str:
    """“1.234,56 €”; empty for None. `short` drops the decimals of a whole sum, for cards and totals."""
    if minor is None:
        return ""
    try:
        sum_ = Money(int(minor), currency)
    except ValueError:
        return f"{minor} {currency}"
    if short and sum_.amount == sum_.amount.to_integral_value():
        return format_currency(
            sum_.amount, currency, locale=locale(), currency_digits=False, format=whole_money(locale())
        )
    return sum_.format(locale())


@lru_cache(maxsize=16)
def whole_money(name: str) -> str:
    """The locale's pattern for money without decimals."""
    pattern = Locale.parse(name).currency_formats["standard"].pattern
    return re.sub(r"\.0+", "", pattern)


def day(value: date) -> str:
    """“31.12.2026” or “Dec 31, 2026”."""
    return format_date(value, "dd.MM.yyyy" if locale().startswith("de") else "medium", locale=locale())


def moment(value: datetime) -> str:
    """Day and minute in the company's zone."""
    pattern = "dd.MM.yyyy HH:mm" if locale().startswith("de") else "medium"
    return format_datetime(timezone.localtime(value), pattern, locale=locale())


def text_of(*, column: Column, row: Any) -> str:
    """The value as plain words, for cells, titles and chips."""
    value = read(column=column, row=row)
    if value is None or value == "":
        return ""
    match column.kind:
        case "money":
            return money(value, follow(row=row, path=column.currency) or "EUR")
        case "number" | "meter":
            return str(format_decimal(value, locale=locale()))
        case "percent":
            return str(format_percent(Decimal(value) / 100, locale=locale()))
        case "day":
            return day(value)
        case "time":
            return moment(value)
        case "bool":
            return gettext("yes") if value else gettext("no")
        case "tags":
            return ", ".join(str(tag) for tag in value.all())
    return str(_display(column=column, row=row, value=value))


def render(*, column: Column, row: Any, link: str = "") -> SafeString:
    """The cell's HTML. `link` opens the row and belongs to the leading column."""
    value = read(column=column, row=row)
    text = text_of(column=column, row=row)
    shown: str = escape(text) if text else NOTHING
    match column.kind:
        case "badge" if text:
            shown = format_html(
                '<span class="badge bg-{}-lt">{}</span>', column.tones.get(str(value)) or "gray", text
            )
        case "time" if text:
            iso = value.isoformat()
            shown = format_html('<time datetime="{}">{}</time>', iso, day(timezone.localtime(value)))
        case "meter" if text:
            shown = format_html(
                '<span class="tr-meter"><meter min="0" max="{}" low="{}" high="{}" optimum="{}" value="{}"'
                ' aria-hidden="true"></meter><span class="tr-num">{}</span></span>',
                *(
                    str(part)
                    for part in (
                        column.high,
                        column.high * 34 // 100,
                        column.high * 67 // 100,
                        column.high,
                        value,
                    )
                ),
                text,
            )
        case "tags" if text:
            shown = format_html_join(
                " ", '<span class="badge bg-gray-lt">{}</span>', ((t,) for t in value.all())
            )
    url = link or (column.url(row) if column.url and text else "")
    if link:
        shown = format_html(
            '<a class="tr-row-link" href="{}" data-row-link>{}</a>', link, text or f"#{row.pk}"
        )
    elif url:
        shown = format_html('<a href="{}">{}</a>', url, shown)
    sub = column.sub(row) if column.sub else ""
    if sub:
        shown = format_html('{}<span class="tr-sub">{}</span>', shown, sub)
    if column.avatar and text:
        face = (tint(text), initials(text), shown)
        shown = format_html(
            '<span class="tr-who"><span class="tr-avatar tr-avatar-sm tr-tint-{}"'
            ' aria-hidden="true">{}</span><span>{}</span></span>',
            *face,
        )
    return SafeString(shown)


def raw(*, column: Column, row: Any) -> Value:
    """The value for an export: numbers, sums, days and moments keep their type, the rest is text."""
    value = read(column=column, row=row)
    if value is None or value == "":
        return None
    match column.kind:
        case "money":
            return Money(int(value), follow(row=row, path=column.currency) or "EUR")
        case "number" | "meter" | "percent" | "day" | "time":
            return value  # type: ignore[no-any-return]
    return text_of(column=column, row=row)


def _display(*, column: Column, row: Any, value: Any) -> Any:
    """A choice's label instead of its stored value."""
    owner: Any = row
    *path, last = column.name.split("__")
    if column.value is None:
        for part in path:
            owner = getattr(owner, part, None)
        display = getattr(owner, f"get_{last}_display", None)
        if display is not None:
            return display()
    return value
