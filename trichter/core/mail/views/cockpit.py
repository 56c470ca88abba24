"""Is everything right for sending, what was sent, and what is unclear."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from trichter.core.jobs.actions import enqueue

from .. import jobs, labels, queries, readiness, receivers
from ..models import Delivery
from ..rules import rates
from .base import MailView

_ENOUGH = 30
_SHOWN = 200
_DOMAINS = 20


class CockpitView(MailView):
    """The twelve points, the states of all mails, bounces and complaints."""

    tab = "cockpit"
    permission_required = ("mail.view_mailsettings",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        now, house = timezone.now(), queries.mail_settings()
        points: list[dict[str, Any]] = [
            {"point": one, "label": labels.POINTS[one.key][0], "advice": labels.POINTS[one.key][1]}
            for one in readiness.points()
        ]
        found = queries.rates(now=now)
        context = self.context(
            points=points,
            open_points=len([one for one in points if not one["point"].ok]),
            leaves=queries.leaves_the_house(),
            house=house,
            states=_states(),
            rates=found,
            complaint_rate=_percent(found.complaint_rate, n=found.sent),
            bounce_rate=_percent(found.bounce_rate, n=found.sent),
            level=rates.complaint_level(sent=found.sent, complained=found.complained),
            holds=queries.holds(now=now),
            shares=queries.machine_shares(now=now),
            receivers=_receivers(now=now),
            held_back=queries.held_back(),
            held_url=f"{reverse('mail:delivery_list')}?state=due&reason=too_often",
            own_server=queries.holds(now=now).filter(domain="").first(),
        )
        return render(request, "mail/cockpit.html", context)


def _states() -> list[dict[str, Any]]:
    counts = queries.states()
    return [
        {"state": state, "label": label, "count": counts[state], "tone": labels.TONES[state],
         "url": f"{reverse('mail:delivery_list')}?state={state}"}
        for state, label in Delivery.State.choices
    ]  # fmt: skip


def _receivers(*, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "row": one,
            "opens": _percent(one.machine_opens / (one.opens or 1), n=one.opens),
            "clicks": _percent(one.machine_clicks / (one.clicks or 1), n=one.clicks),
            "by": [(name, one.by[key]) for key, name in receivers.MACHINES.items() if one.by.get(key)],
        }
        for one in receivers.receivers(now=now, most=_DOMAINS)
    ]


def _percent(rate: float, *, n: int) -> str:
    """Two decimals, or nothing while there are too few cases to speak of a rate."""
    return f"{number_format(round(rate * 100, 2), decimal_pos=2)} %" if n >= _ENOUGH else ""


class CheckView(MailView):
    """Ask the name service again, in the worker."""

    permission_required = ("mail.view_mailsettings", "mail.change_mailsettings")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        enqueue(name=jobs.CHECK, user=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The name service is being asked. Load this page again in a moment."))
        return redirect("mail:cockpit")


class ProveView(MailView):
    """Send the test mail that must come back."""

    permission_required = ("mail.view_mailsettings", "mail.change_mailsettings")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not queries.mail_settings().bounce_address:
            messages.error(request, _("Enter the bounce address in the settings first."))
            return redirect("mail:settings")
        enqueue(name=jobs.PROVE, user=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The test mail is on its way. It is looked for every five minutes."))
        return redirect("mail:cockpit")


class UnclearView(MailView):
    """Mails of which nobody knows whether they left: a colleague decides."""

    tab = "unclear"
    permission_required = ("mail.view_delivery", "mail.decide_delivery")
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = queries.unclear(user=request.user)
        lines = [(row, labels.REASONS.get(row.reason, row.reason)) for row in rows[:_SHOWN]]
        return render(request, "mail/unclear.html", self.context(lines=lines, total=rows.count()))
