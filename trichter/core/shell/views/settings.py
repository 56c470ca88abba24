"""The company's settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ..actions import save_installation
from ..forms import CompanySettingsForm
from ..queries import installation
from .base import ShellView


class CompanySettingsView(ShellView):
    """Name, zone, currency, own domains, phone region; for administrators."""

    permission_required = ("shell.change_installation",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request=request, form=CompanySettingsForm(instance=installation()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CompanySettingsForm(request.POST, instance=installation())
        if not form.is_valid():
            return self._page(request=request, form=form, status=422)
        save_installation(installation=form.save(commit=False))
        messages.success(request, _("The company settings were saved."))
        return redirect("shell:company_settings")

    def _page(self, *, request: HttpRequest, form: CompanySettingsForm, status: int = 200) -> HttpResponse:
        return render(request, "shell/pages/company_settings.html", {"form": form}, status=status)
