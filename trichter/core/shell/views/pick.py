"""Suggestions for a field that chooses one record."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html_join

from ..filters import SearchField, matching
from ..picker import OFFERED, registry
from .base import ShellView


class PickView(ShellView):
    """`<option>`s for a data list. The right to see the model is checked by name."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        picker = registry.get(key)
        if picker is None:
            raise Http404
        meta = picker.model._meta
        if not request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            raise PermissionDenied
        try:
            text = SearchField().clean(request.GET.get(request.GET.get("field", "q"), "").partition(" #")[0])
        except ValidationError:
            return HttpResponse()
        if not text:
            return HttpResponse()
        rows = picker.rows(user=request.user).filter(matching(text=text, fields=picker.search))
        options = ((picker.label(row),) for row in rows[:OFFERED])
        return HttpResponse(format_html_join("", '<option value="{}"></option>', options))
