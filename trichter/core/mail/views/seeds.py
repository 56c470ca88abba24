"""Seed tests: the own mailboxes, sending to them, and where it arrived."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import seeds
from ..errors import MailError
from ..forms import SeedBoxForm, SeedSendForm
from ..labels import REASONS, TONES
from ..models import SeedBox, SeedResult, SeedTest
from .base import INVALID, MailView

_SEE = ("mail.view_seedtest",)
_SHOWN = 30


class _SeedsPage(MailView):
    """Tests so far, a new one, the mailboxes: all on one page, which the forms come back to."""

    tab = "seeds"

    def page(self, *, box: SeedBoxForm, send: SeedSendForm, status: int = 200) -> HttpResponse:
        """The page with these forms."""
        context = self.context(box=box, send=send, boxes=seeds.boxes(), tests=seeds.tests(most=_SHOWN))
        return render(self.request, "mail/seeds.html", context, status=status)


class SeedListView(_SeedsPage):
    """Look at it."""

    permission_required = _SEE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(box=SeedBoxForm(), send=SeedSendForm())


class SeedSendView(_SeedsPage):
    """Send a test."""

    permission_required = (*_SEE, "mail.add_seedtest")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SeedSendForm(request.POST)
        if not form.is_valid():
            return self.page(box=SeedBoxForm(), send=form, status=INVALID)
        user: Any = request.user
        try:
            test = seeds.send(mail=form.cleaned_data["mail"], by=user, now=timezone.now())
        except seeds.NoBoxes:
            form.add_error(None, _("Enter a test mailbox first."))
        except seeds.OfAContact as error:
            form.add_error(None, _of_a_contact(error))
        except MailError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The test is on its way. Look into the mailboxes in a few minutes."))
            return redirect("mail:seed", test.pk)
        return self.page(box=SeedBoxForm(), send=form, status=INVALID)


class SeedBoxView(_SeedsPage):
    """Enter a mailbox."""

    permission_required = (*_SEE, "mail.add_seedbox")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SeedBoxForm(request.POST)
        if form.is_valid():
            try:
                seeds.add_box(**form.cleaned_data)
                return redirect("mail:seeds")
            except seeds.OfAContact as error:
                form.add_error("address", _of_a_contact(error))
        return self.page(box=form, send=SeedSendForm(), status=INVALID)


class SeedAsideView(MailView):
    """Put a mailbox aside."""

    permission_required = (*_SEE, "mail.change_seedbox")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        seeds.put_aside(box=get_object_or_404(SeedBox, pk=pk))
        return redirect("mail:seeds")


class SeedView(MailView):
    """One test: what the ledger knows of each mailbox, and where somebody has found the mail."""

    tab = "seeds"
    permission_required = _SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        test = get_object_or_404(SeedTest, pk=pk)
        rows = seeds.results(test)
        lines = [
            {
                "row": row, "state": row.delivery.get_state_display() if row.delivery else "–",
                "tone": TONES.get(row.delivery.state, "") if row.delivery else "",
                "reason": REASONS.get(row.delivery.reason, "") if row.delivery else "",
                "detail": row.delivery.detail if row.delivery else "",
            }
            for row in rows
        ]  # fmt: skip
        context = self.context(
            test=test, lines=lines, found=seeds.found_in(rows), places=SeedResult.Place.choices
        )
        return render(request, "mail/seed.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        test = get_object_or_404(SeedTest, pk=pk)
        if not request.user.has_perm("mail.change_seedtest"):
            return self.handle_no_permission()
        places = {row.pk: str(request.POST.get(f"place-{row.pk}", row.place)) for row in test.results.all()}
        user: Any = request.user
        seeds.note(test=test, places=places, by=user, now=timezone.now())
        messages.success(request, _("Written down."))
        return redirect("mail:seed", pk)


def _of_a_contact(error: seeds.OfAContact) -> str:
    text = _("This address belongs to a contact. A test goes to your own mailboxes only: %(address)s")
    return text % {"address": error}
