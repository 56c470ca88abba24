"""Around every request: whose changes the audit log sees, and what must be settled before anything else."""

import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, roles
from .models import User
from .securitylog import SEEN

_SEEN_EVERY = 5 * 60
Handler = Callable[[HttpRequest], HttpResponseBase]

_ALWAYS = frozenset({"account_logout", "set_language", "javascript-catalog"})
_FOR_PASSWORD = _ALWAYS | {"account_change_password"}
_FOR_FACTOR = _FOR_PASSWORD | {
    "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip


class AuditMiddleware:
    """Changes made in this request belong to its user. The address is the one throttling trusts, too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with audit.acting(origin=audit.Origin(request=request, address=get_adapter().get_client_ip(request))):
            return self.get_response(request)


class SeenMiddleware:
    """Keeps when a session was last used, to five minutes: not every request shall write."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        now, before = time.time(), request.session.get(SEEN)
        if before is not None and now - before >= _SEEN_EVERY:
            # A session that this very request has ended must not be written again.
            row = UserSession.objects.filter(session_key=request.session.session_key)
            if row.update(last_seen_at=timezone.now()):
                request.session[SEEN] = now
        return response


class EntranceMiddleware:
    """Sends users on who must set a new password or a second factor first; they can still log out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User):
            if user.must_change_password:
                return self._only(request, allowed=_FOR_PASSWORD, to="account_change_password")
            if must_add_factor(user=user):
                return self._only(request, allowed=_FOR_FACTOR, to="mfa_index")
        return self.get_response(request)

    def _only(self, request: HttpRequest, *, allowed: frozenset[str], to: str) -> HttpResponseBase:
        try:
            name = resolve(request.path_info).url_name
        except Resolver404:
            name = None
        if name in allowed or request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        if to == "mfa_index" and request.method == "GET":
            messages.warning(request, _("Please set up a second factor. You can go on after that."))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse(to)})
        return HttpResponseRedirect(reverse(to))


def must_add_factor(*, user: User) -> bool:
    """True when the installation asks this user for a second factor and there is none yet."""
    wanted: str = settings.REQUIRE_MFA
    if not wanted or (wanted == "admin" and not _is_admin(user=user)):
        return False
    return not is_mfa_enabled(user)


def _is_admin(*, user: User) -> bool:
    return user.is_superuser or roles.ADMIN in roles.role_keys(user=user)
