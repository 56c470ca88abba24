"""Words for days and reasons."""

from datetime import date
from typing import Any

from babel.dates import format_date
from django import template
from django.utils.translation import gettext as _

from trichter.core.shell.cells import locale
from trichter.core.shell.queries import company_today

from ..panels import Panel
from ..resources.common import readable

register = template.Library()


@register.simple_tag(takes_context=True)
def show_panel(context: Any, panel: Panel) -> str:
    """A panel of a feature above: its template with its own context on top of the page's."""
    template = context.template.engine.get_template(panel.template)
    with context.push(panel=panel.context, **panel.context):
        return str(template.render(context))


@register.filter
def day_label(day: date) -> str:
    """“Today”, “Yesterday”, or the weekday and date in the reader's language."""
    today = company_today()
    distance = (today - day).days
    if distance == 0:
        return _("Today")
    if distance == 1:
        return _("Yesterday")
    skeleton = "EEEEdMMMM" if day.year == today.year else "EEEEdMMMMy"
    pattern = {"EEEEdMMMM": "EEEE, d. MMMM", "EEEEdMMMMy": "EEEE, d. MMMM y"}[skeleton]
    if not locale().startswith("de"):
        pattern = pattern.replace("d. MMMM", "d MMMM")
    return str(format_date(day, pattern, locale=locale()))


@register.filter
def readable_number(number: str) -> str:
    """A stored number as people read it."""
    return readable(number)


@register.filter
def reason_label(reason: str) -> str:
    """Why two records look like one."""
    labels = {
        "identity": _("same address or key"),
        "email": _("same mailbox, written differently"),
        "phone": _("same phone number"),
        "name_company": _("same name and company"),
        "name_place": _("same name and place"),
        "similar_place": _("similar name, same place"),
        "name": _("same name without legal form"),
        "domain": _("same domain"),
    }
    return labels.get(reason, reason)
