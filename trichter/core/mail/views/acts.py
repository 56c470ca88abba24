"""What colleagues do with mails, mailings and suppressed addresses."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import done, local_path

from .. import actions, queries, returns
from ..errors import MailError
from ..forms import SuppressForm
from ..models import Delivery, Mailing, Suppression
from .base import INVALID, MailView


class DecideView(MailView):
    """An unclear mail arrived, or shall be sent again."""

    permission_required = ("mail.view_delivery", "mail.decide_delivery")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = _visible(request, pk)
        choice = request.POST.get("choice")
        if choice not in ("sent", "again"):
            messages.error(request, _("Choose what became of the mail."))
            return redirect("mail:unclear")
        try:
            actions.decide(delivery=row, sent=choice == "sent", by=request.user)  # type: ignore[arg-type]
        except MailError as error:
            messages.error(request, str(error))
        else:
            text = _("Marked as sent.") if choice == "sent" else _("The mail will be sent again.")
            messages.success(request, text)
        return redirect("mail:unclear")


class CancelView(MailView):
    """Call a waiting mail off."""

    permission_required = ("mail.view_delivery", "mail.change_delivery")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = _visible(request, pk)
        url = local_path(value=f"/app/mail/sent/{row.pk}/", fallback="/app/")
        if not actions.cancel(delivery=row.pk):
            return done(
                request=request, text=_("It does not wait any more, so nothing was changed."), url=url
            )
        return done(request=request, text=_("The mail was called off."), url=url)


class SwitchView(MailView):
    """Pause, go on, or end a mailing."""

    permission_required = ("mail.view_mailing", "mail.change_mailing")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mailing = get_object_or_404(Mailing, pk=pk)
        what = request.GET.get("to", "")
        texts = {
            "pause": _("The mailing is paused."),
            "resume": _("The mailing goes on."),
            "stop": _("The mailing has ended; what waited was called off."),
        }
        if what == "pause":
            actions.pause(mailing=mailing, why=_("by %(user)s") % {"user": request.user})
        elif what == "resume":
            actions.resume(mailing=mailing)
        elif what == "stop":
            actions.stop(mailing=mailing, why=_("by %(user)s") % {"user": request.user})
        else:
            raise Http404
        return done(request=request, text=texts[what], url=f"/app/mail/mailings/{pk}/")


class SuppressView(MailView):
    """Enter an address that gets no more advertising."""

    tab = "suppressed"
    permission_required = ("mail.view_suppression", "mail.add_suppression")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(SuppressForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SuppressForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=INVALID)
        data = form.cleaned_data
        if queries.suppression(address=data["address"].lower()) is None:
            returns.suppress(
                address=data["address"].lower(), why="manual", detail=data["detail"], at=timezone.now()
            )
        messages.success(request, _("This address gets no more advertising."))
        return redirect("mail:suppression_list")

    def page(self, form: SuppressForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        return render(self.request, "mail/suppress.html", self.context(form=form), status=status)


class LiftView(MailView):
    """The address may be written to again."""

    permission_required = ("mail.view_suppression", "mail.change_suppression")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Suppression, pk=pk)
        returns.lift(suppression=row, at=timezone.now())
        text = _("The address may be written to again. Advertising still needs its consent.")
        return done(request=request, text=text, url=f"/app/mail/suppressed/{pk}/")


def _visible(request: HttpRequest, pk: int) -> Delivery:
    return get_object_or_404(Delivery.objects.visible_to(request.user), pk=pk)
