"""A report as a mail: figures and sources as a table, the sources once more as a file."""

from dataclasses import replace

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell.queries import installation
from trichter.kit.clock import Period
from trichter.measure.funnels import display as house

from .breakdown import rows_of
from .dimensions import LABELS, in_words
from .display import cards
from .export import csv_bytes
from .figures import figures
from .models import Report
from .queries import comparable, counted, traffic_of
from .question import read_question
from .views.breakdown import headers, line

_ROWS = 15
_LOCAL = ("localhost", "127.", "[", "*", ".")


def compose(*, report: Report, recipient: User, period: Period) -> EmailMultiAlternatives:
    """The mail for one recipient, with the figures that this user may see, in his language."""
    with translation.override(recipient.language or settings.LANGUAGE_CODE):
        question = replace(
            read_question(query=QueryDict(report.query), today=period.last_day), period=period, preset=""
        )
        goals, currency = counted(only=question.goal), installation().currency
        traffic = traffic_of(question=question, goals=goals, user=recipient)
        earlier = question.earlier
        before = None
        if earlier is not None and comparable(earlier):
            before = figures(traffic_of(question=question, goals=goals, user=recipient, period=earlier))
        rows = rows_of(traffic, dimension="source")
        context = {
            "report": report,
            "period": period,
            "earlier": earlier if before is not None else None,
            "cards": cards(figures(traffic), before, currency=currency, url=lambda *args, **more: ""),
            "filters": [in_words(one) for one in question.filters],
            "rows": [
                {"label": row.label, "visits": house.count(row.figures.visits),
                 "visitors": house.count(row.figures.visitors), "goals": house.count(row.figures.converted),
                 "rate": house.rate(row.figures.conversion)}
                for row in rows[:_ROWS]
            ],
            "more": max(0, len(rows) - _ROWS),
            "url": base_url() + reverse("traffic:report_detail", args=[report.pk]) if base_url() else "",
        }  # fmt: skip
        message = EmailMultiAlternatives(
            subject=_("%(report)s: %(first)s to %(last)s")
            % {"report": report.name, "first": period.first_day, "last": period.last_day},
            body=render_to_string("traffic/mail.txt", context),
            to=[recipient.email],
        )
        message.attach_alternative(render_to_string("traffic/mail.html", context), "text/html")
        german = translation.get_language() == "de"
        lines = [[row.label, *line(row.figures, currency)] for row in rows]
        file = csv_bytes([str(LABELS["source"]), *headers()], lines, german=german)
        message.attach(f"{period.first_day}-{period.last_day}.csv", file, "text/csv")
        return message


def base_url() -> str:
    """https:// and the first public name this server answers to; "" where it has none."""
    names = [name for name in settings.ALLOWED_HOSTS if not name.startswith(_LOCAL)]
    return f"https://{names[0]}" if names else ""
