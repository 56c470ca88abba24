"""What of the rights of data subjects shows on the start page: requests that must be answered soon."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.shell.attention import Attention
from trichter.core.shell.queries import company_today

from . import deadlines, queries


def points(user: Any) -> Iterator[Attention]:
    """Overdue requests, and those due within the week, for whoever handles them."""
    if not user.has_perm("rights.handle_requests"):
        return
    today = company_today()
    late = Q(received_on__lte=deadlines.received_until(today - deadlines.DAY))
    found = queries.due(today=today).order_by().aggregate(late=Count("pk", filter=late), all=Count("pk"))
    pressing, soon = found["late"], found["all"] - found["late"]
    lists = reverse("rights:request_list")
    if pressing:
        yield Attention(
            level="danger", icon="shield-lock",
            text=ngettext(
                "%(n)d request of a data subject is overdue", "%(n)d requests of data subjects are overdue",
                pressing,
            ) % {"n": pressing},
            why=_("Art. 12 (3) GDPR gives one month from the day it arrived."),
            url=f"{lists}?show=late",
        )  # fmt: skip
    if soon:
        yield Attention(
            level="warning", icon="shield-lock",
            text=ngettext(
                "%(n)d request of a data subject is due within a week",
                "%(n)d requests of data subjects are due within a week",
                soon,
            ) % {"n": soon},
            why=_("Art. 12 (3) GDPR gives one month from the day it arrived."),
            url=f"{lists}?show=soon",
        )  # fmt: skip
