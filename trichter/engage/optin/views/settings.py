"""What holds for all confirmations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import ShellView

from .. import actions, queries
from ..forms import SettingsForm

_INVALID = 422


class SettingsView(ShellView):
    """The form."""

    permission_required = ("optin.view_optinsettings", "optin.change_optinsettings")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, SettingsForm(instance=queries.optin_settings()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST, instance=queries.optin_settings())
        if not form.is_valid():
            return self.page(request, form, status=_INVALID)
        actions.save_settings(saved=form.save(commit=False))
        messages.success(request, _("The settings were saved."))
        return redirect("optin:settings")

    def page(self, request: HttpRequest, form: SettingsForm, *, status: int = 200) -> HttpResponse:
        """The page."""
        return render(request, "optin/settings.html", {"form": form}, status=status)
