"""A report as a mail: the figures, the head of the page's table, and all of it once more as a file."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell.queries import installation
from trichter.kit.clock import Period
from trichter.kit.money import Money
from trichter.kit.tables.writing import Value
from trichter.measure.funnels import display as house

from .dimensions import in_words
from .display import cards, factor
from .export import Table, csv_bytes
from .figures import figures
from .models import Report
from .queries import comparable, counted, traffic_of
from .reporting import OVERVIEW, place_of, question_of, table_of
from .views.base import days_text

_ROWS = 15
_LOCAL = ("localhost", "127.", "[", "*", ".")


def compose(*, report: Report, recipient: User, period: Period) -> EmailMultiAlternatives:
    """The mail for one recipient, with the figures that this user may see, in his language."""
    with translation.override(recipient.language or settings.LANGUAGE_CODE):
        place, question = place_of(report.page) or OVERVIEW, question_of(report.query, period=period)
        goals, currency = counted(only=question.goal), installation().currency
        traffic = traffic_of(question=question, goals=goals, user=recipient)
        earlier = question.earlier
        before = None
        if earlier is not None and comparable(earlier):
            before = figures(traffic_of(question=question, goals=goals, user=recipient, period=earlier))
        table = table_of(place, report.query, question=question, user=recipient)
        columns = table.mailed or tuple(range(len(table.headers)))
        context = {
            "report": report,
            "page": place.label,
            "days": days_text(period),
            "earlier": days_text(earlier) if before is not None and earlier is not None else "",
            "cards": [
                replace(card, delta="" if _nothing(card.delta) else card.delta)
                for card in cards(figures(traffic), before, currency=currency, url=lambda *args, **more: "")
            ],
            "filters": [in_words(one) for one in question.filters],
            "heads": [{"text": table.headers[number], "right": _right(table, number)} for number in columns],
            "rows": [
                [{"text": _shown(table, row[number], number), "right": _right(table, number),
                  "label": table.headers[number]} for number in columns]
                for row in table.rows[:_ROWS]
            ],
            "more": max(0, len(table.rows) - _ROWS),
            "url": base_url() + reverse("traffic:report_detail", args=[report.pk]) if base_url() else "",
        }  # fmt: skip
        message = EmailMultiAlternatives(
            subject=_("%(report)s: %(days)s") % {"report": report.name, "days": days_text(period)},
            body=render_to_string("traffic/mail.txt", context),
            to=[recipient.email],
        )
        message.attach_alternative(render_to_string("traffic/mail.html", context), "text/html")
        german = translation.get_language() == "de"
        file = csv_bytes(table.headers, table.rows, german=german)
        message.attach(f"{period.first_day}-{period.last_day}.csv", file, "text/csv")
        return message


def _nothing(delta: str) -> bool:
    """Whether a change is none: “+0 %” says less than nothing."""
    return not any(one in "123456789" for one in delta)


def _right(table: Table, number: int) -> bool:
    """Whether the column has numbers."""
    return any(isinstance(row[number], int | float | Money) for row in table.rows[:_ROWS])


def _shown(table: Table, value: Value, number: int) -> str:
    """A value of a file as people read it."""
    shown: Any = value
    if shown is None or shown == "":
        return "–"
    if number in table.rates:
        return house.percent(shown)
    if isinstance(shown, Money):
        return house.money(shown.minor, shown.currency)
    if isinstance(shown, bool):
        return _("yes") if shown else _("no")
    if isinstance(shown, float):
        return factor(shown)
    if isinstance(shown, int):
        return house.count(shown)
    if isinstance(shown, datetime):
        return date_format(shown, "SHORT_DATETIME_FORMAT")
    return date_format(shown, "SHORT_DATE_FORMAT") if isinstance(shown, date) else str(shown)


def base_url() -> str:
    """https:// and the first public name this server answers to; "" where it has none."""
    names = [name for name in settings.ALLOWED_HOSTS if not name.startswith(_LOCAL)]
    return f"https://{names[0]}" if names else ""
