"""Purposes and wordings, and a look at the banner."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from .. import actions, banner, queries
from ..forms import NewPurposeForm, PurposeForm, WordingForm
from ..models import Purpose
from .base import INVALID, PrivacyView

CHANGE = ("consent.view_purpose", "consent.change_purpose")


class PurposeListView(PrivacyView):
    """What people are asked for."""

    tab = "purposes"
    permission_required = ("consent.view_purpose",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = queries.current_wordings()
        rows = [
            (one, [word for (pk, _language), word in sorted(newest.items()) if pk == one.pk])
            for one in queries.purposes()
        ]
        return render(request, "consent/purposes.html", self.context(rows=rows))


class PurposeView(PrivacyView):
    """One purpose with all versions of its wordings."""

    tab = "purposes"
    permission_required = ("consent.view_purpose",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        purpose = get_object_or_404(Purpose, pk=pk)
        wordings = list(queries.wordings(purpose=purpose))
        return render(request, "consent/purpose.html", self.context(purpose=purpose, wordings=wordings))


class PurposeNewView(PrivacyView):
    """A new purpose."""

    tab = "purposes"
    permission_required = CHANGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(NewPurposeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewPurposeForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=INVALID)
        purpose = actions.save_purpose(form.save(commit=False))
        messages.success(request, _("The purpose was saved. Now write down what people agree to."))
        return redirect("consent:purpose_wording", pk=purpose.pk)

    def page(self, form: PurposeForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        context = self.context(form=form, heading=_("New purpose"))
        return render(self.request, "consent/form.html", context, status=status)


class PurposeEditView(PrivacyView):
    """Name, duration, use."""

    tab = "purposes"
    permission_required = CHANGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(PurposeForm(instance=get_object_or_404(Purpose, pk=pk)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = PurposeForm(request.POST, instance=get_object_or_404(Purpose, pk=pk))
        if not form.is_valid():
            return self.page(form, status=INVALID)
        actions.save_purpose(form.save(commit=False))
        messages.success(request, _("The purpose was saved."))
        return redirect("consent:purpose_detail", pk=pk)

    def page(self, form: PurposeForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        context = self.context(form=form, heading=form.instance.name, purpose=form.instance)
        return render(self.request, "consent/form.html", context, status=status)


class WordingNewView(PrivacyView):
    """A new version of a wording, beginning with the present one."""

    tab = "purposes"
    permission_required = CHANGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        purpose = get_object_or_404(Purpose, pk=pk)
        language = "en" if request.GET.get("language") == "en" else "de"
        last = queries.wordings(purpose=purpose, language=language).first()
        form = WordingForm(initial={"language": language, "text": last.text if last else ""})
        return self.page(form, purpose=purpose)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        purpose = get_object_or_404(Purpose, pk=pk)
        form = WordingForm(request.POST)
        if not form.is_valid():
            return self.page(form, purpose=purpose, status=INVALID)
        saved = actions.add_wording(purpose=purpose, **form.cleaned_data)
        messages.success(request, _("Version %(n)s is in use from now on.") % {"n": saved.version})
        return redirect("consent:purpose_detail", pk=pk)

    def page(self, form: WordingForm, *, purpose: Purpose, status: int = 200) -> HttpResponse:
        """The form."""
        context = self.context(form=form, heading=_("New version of the wording"), purpose=purpose)
        return render(self.request, "consent/form.html", context, status=status)


class BannerView(PrivacyView):
    """What visitors see, and the line that puts it on a website."""

    tab = "banner"
    permission_required = ("consent.view_purpose",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        found = banner.config()
        context = self.context(asked=found["purposes"], base=f"{request.scheme}://{request.get_host()}")
        return render(request, "consent/banner.html", context)
