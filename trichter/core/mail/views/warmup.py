"""The plan of the warm-up: what each day allows, what was sent, what waits and until when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from trichter.core.shell.queries import company_zone

from .. import queries, readiness, warmup
from .base import MailView

_AHEAD = 14


class WarmupView(MailView):
    """Day by day, back and ahead."""

    tab = "warmup"
    permission_required = ("mail.view_mailsettings",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        house = queries.mail_settings()
        found = warmup.overview(house=house, zone=company_zone(), now=timezone.now())
        # Once nothing waits any more, two weeks tell how the plan goes on; behind its end nothing is said.
        told = (one.allowed is None or (n >= _AHEAD and not one.waits) for n, one in enumerate(found.ahead))
        shown = next((n for n, last in enumerate(told) if last), len(found.ahead))
        context = self.context(
            house=house, found=found, ahead=found.ahead[1 : max(shown, 1) + 1], blocked=readiness.blocking()
        )
        return render(request, "mail/warmup.html", context)
