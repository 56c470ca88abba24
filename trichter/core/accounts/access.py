"""How a view says who may open it. The declaration is kept on the view, and the permission matrix reads it.

    @requires("people.view_person")        these permissions, all of them
    @requires()                            anybody who is logged in
    @public                                anybody at all

Class-based views say the same with the attribute `permission_required` (see the shell's `ShellView`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(*permissions: str) -> Callable[[View[P]], View[P]]:
    """Log-in first, then every one of these permissions; 403 without them."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perms(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission_required = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View[P]) -> View[P]:
    """Marks a view that needs no log-in."""
    view.permission_required = None  # type: ignore[attr-defined]
    return view
