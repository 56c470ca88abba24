"""Building a form: fields, their order, what to paste into other sites, the figures."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.shell.queries import installation
from trichter.core.shell.views.base import ShellView, done

from .. import actions, queries
from ..forms import FieldForm, SettingsForm
from ..models import Form, FormField
from ..rendering import render_form

_CHANGE = ("webforms.view_form", "webforms.change_form")
_DAYS = 90
_INVALID = 422


def figures(form: Form) -> dict[str, Any]:
    """Of the last 90 days."""
    return {"days": _DAYS, "found": queries.figures(form=form, since=timezone.now() - timedelta(days=_DAYS))}


def embedding(form: Form) -> dict[str, Any]:
    """Whether the form can be pasted, and where it would be refused; the code needs the request's host."""
    return {"domains": installation().own_domains, "https": settings.CONF.https}


class PreviewView(ShellView):
    """The form as visitors see it, without sending; in both languages."""

    permission_required = ("webforms.view_form",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = get_object_or_404(Form, pk=pk)
        language = "en" if request.GET.get("lang") == "en" else "de"
        html = render_form(form, request, language=language, query={}, assets=False, preview=True, alone=True)
        context = {"form": form, "rendered": html, "title": form.name, "closed": False, "thanks": ""}
        return render(request, "forms/page.html", context)


class FieldView(ShellView):
    """A field's form in the slide-over; `kind` makes a new one."""

    permission_required = _CHANGE

    def row(self, pk: int, field: int | None, kind: str) -> FormField:
        """The field, or a new one of this kind."""
        form = get_object_or_404(Form, pk=pk)
        if field is not None:
            return get_object_or_404(FormField, pk=field, form=form)
        if kind not in FormField.Kind.values:
            raise Http404
        target = "person.email" if kind == FormField.Kind.EMAIL else ""
        return FormField(form=form, kind=kind, target=target)

    def get(self, request: HttpRequest, pk: int, field: int | None = None, kind: str = "") -> HttpResponse:
        row = self.row(pk, field, kind)
        return self.answer(request, row, FieldForm(instance=row))

    def post(self, request: HttpRequest, pk: int, field: int | None = None, kind: str = "") -> HttpResponse:
        row = self.row(pk, field, kind)
        form = FieldForm(request.POST, instance=row)
        if not form.is_valid():
            return self.answer(request, row, form, status=_INVALID)
        saved = actions.save_field(field=form.save(commit=False))
        url = reverse("webforms:form_detail", args=[pk])
        return done(request=request, text=_("“%(name)s” was saved.") % {"name": saved}, url=url, reload=True)

    def answer(
        self, request: HttpRequest, row: FormField, form: FieldForm, *, status: int = 200
    ) -> HttpResponse:
        """As panel or page."""
        from .resources import Forms

        back = reverse("webforms:form_detail", args=[row.form_id])
        context = {
            "resource": Forms.get(), "form": form, "object": row, "action": request.path, "back": back,
            "list_url": reverse("webforms:form_list"),
            "heading": f"{row.get_kind_display()}: {row}" if row.pk else row.get_kind_display(),
        }  # fmt: skip
        panel = request.headers.get("HX-Target") == "panel-body"
        template = "shell/resource/form_panel.html" if panel else "shell/resource/form_page.html"
        return render(request, template, context, status=status)


class FieldActView(ShellView):
    """Up, down, or away."""

    permission_required = _CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, field: int, act: str) -> HttpResponse:
        row = get_object_or_404(FormField, pk=field, form_id=pk)
        if act == "delete":
            actions.delete_field(field=row)
            messages.success(request, _("“%(name)s” was removed.") % {"name": row})
        elif act in ("up", "down"):
            actions.move_field(field=row, by=-1 if act == "up" else 1)
        else:
            raise Http404
        return redirect("webforms:form_detail", pk=pk)


class SettingsView(ShellView):
    """What holds for all forms."""

    permission_required = ("webforms.view_formsettings", "webforms.change_formsettings")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, SettingsForm(instance=queries.form_settings()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST, instance=queries.form_settings())
        if not form.is_valid():
            return self.page(request, form, status=_INVALID)
        actions.save_settings(saved=form.save(commit=False))
        messages.success(request, _("The settings were saved."))
        return redirect("webforms:settings")

    def page(self, request: HttpRequest, form: SettingsForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        return render(request, "forms/settings.html", {"form": form}, status=status)
