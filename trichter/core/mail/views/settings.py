"""How this house sends."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from .. import actions, dkim, queries
from ..forms import SettingsForm
from .base import INVALID, MailView

_CHANGE = ("mail.view_mailsettings", "mail.change_mailsettings")


class SettingsView(MailView):
    """Sender, returned mails, speed, quiet hours."""

    tab = "settings"
    permission_required = _CHANGE

    def get(self, request: HttpRequest) -> HttpResponse:
        house = queries.mail_settings()
        initial = {} if house.base_url else {"base_url": request.build_absolute_uri("/")[:-1]}
        return self.page(SettingsForm(instance=house, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST, instance=queries.mail_settings())
        if not form.is_valid():
            return self.page(form, status=INVALID)
        actions.save_settings(saved=form.save(commit=False))
        messages.success(request, _("The settings were saved. Check the points again now."))
        return redirect("mail:cockpit")

    def page(self, form: SettingsForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        context = self.context(form=form, has_key=bool(queries.mail_settings().dkim_key))
        return render(self.request, "mail/settings.html", context, status=status)


class KeyView(MailView):
    """Make the DKIM key, once."""

    permission_required = _CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        dkim.make_key()
        messages.success(request, _("The key is made. Publish the record shown here, then check again."))
        return redirect("mail:cockpit")
