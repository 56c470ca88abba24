"""What every view of the shell has in common: who may open it, and answers for htmx."""

import json
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.generic import View

from ..resource import Resource


class ShellView(AccessMixin, View):
    """A view for logged-in users. `permission_required`: full names, all of them needed; `()`: any user."""

    permission_required: ClassVar[tuple[str, ...]] = ()

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this user may open the view."""
        return all(request.user.has_perm(name) for name in self.permission_required)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=204)
                response["HX-Redirect"] = resolve_url("account_login")
                return response
            return self.handle_no_permission()
        if not self.has_permission(request):
            raise PermissionDenied
        response_ = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response_, ["HX-Request", "HX-Target"])
        return response_


class ResourceView(ShellView):
    """A view of one resource; `routes` makes a subclass per address with both attributes filled."""

    resource: ClassVar[Resource]

    def record(self, pk: int) -> Model:
        """The row, if this user may see it. Raises Http404."""
        found: Model | None = self.resource.queryset(user=self.request.user).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def sees(self, row: Model) -> bool:
        """Whether the user still may see the row after a change: it may belong to somebody else now."""
        return self.resource.queryset(user=self.request.user).filter(pk=row.pk).exists()

    def stored(self, *, row: Model, text: str, reload: bool = False) -> HttpResponse:
        """After a change: on to the row, or to the list when the user has given it away."""
        seen = self.sees(row)
        if not seen:
            text += " " + gettext("It belongs to somebody else now, so you no longer see it.")
        url = self.resource.url_of(row) if seen else self.resource.url("list")
        return done(request=self.request, text=text, url=url, reload=reload and seen)

    @property
    def in_panel(self) -> bool:
        """The form was asked for inside the slide-over."""
        return self.request.headers.get("HX-Target") == "panel-body"


def done(*, request: HttpRequest, text: str, url: str, reload: bool = False) -> HttpResponse:
    """After a change: to `url` with a message. The slide-over closes first; `reload` then stays here."""
    messages.success(request, text)
    if not request.headers.get("HX-Request"):
        return redirect(url)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"panel:close": {}})
    if reload:
        response["HX-Refresh"] = "true"
    else:
        response["HX-Redirect"] = url
    return response


def local_path(*, value: str, fallback: str) -> str:
    """`value` when it is a path on this server, else the fallback: no redirect leads to another site."""
    harmless = value.startswith("/") and not value.startswith(("//", "/\\")) and value.isprintable()
    return value if harmless and len(value) <= 2_500 else fallback
