"""The list of templates in the shell, and new ones from starters; they are edited in the CMS."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import ShellView

from . import actions, queries
from .lint import findings
from .starters import STARTERS

VIEW = ("mailtemplates.view_mailtemplate",)


def editor_url(pk: int) -> str:
    """The template in the CMS."""
    return reverse("wagtailsnippets_mailtemplates_mailtemplate:edit", args=[pk])


class ListView(ShellView):
    """Every template with what the check found; below, the starters in the reader's language first."""

    permission_required = VIEW
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            {"template": one, "findings": findings(template=one), "url": editor_url(one.pk)}
            for one in queries.templates()[:200]
        ]
        language = (get_language() or "de")[:2]
        starters = sorted(STARTERS, key=lambda one: one.language != language)
        may_edit = request.user.has_perm("mailtemplates.change_mailtemplate")
        context = {"rows": rows, "starters": starters, "may_edit": may_edit}
        return render(request, "mailtemplates/list.html", context)


class StartView(ShellView):
    """A draft from a starter, opened in the editor."""

    permission_required = (*VIEW, "mailtemplates.add_mailtemplate")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        key, _dash, language = request.POST.get("starter", "").partition("/")
        if not any(one.key == key and one.language == language for one in STARTERS):
            messages.error(request, _("Choose one of the starters."))
            return redirect("mailtemplates:list")
        made = actions.from_starter(key=key, language=language, user=request.user)
        messages.success(request, _("The draft is ready. Fill in what stands in brackets, then publish it."))
        return redirect(editor_url(made.pk))
