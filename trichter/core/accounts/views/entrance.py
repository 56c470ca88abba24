"""Around the log-in: the page for too many requests, and addresses of the library that we do not offer."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ..access import public, requires

_LOGIN_WAIT, _WAIT = 15 * 60, 60


@public
def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 with the seconds to wait, as a page."""
    seconds = _LOGIN_WAIT if request.path.startswith("/accounts/") and "/login" in request.path else _WAIT
    response = render(request, "429.html", {"minutes": seconds // 60}, status=429)
    response["Retry-After"] = str(seconds)
    return response


@public
def to_login(request: HttpRequest) -> HttpResponse:
    """There is no sign-up."""
    return HttpResponseRedirect("/accounts/login/")


@public
def to_reset(request: HttpRequest) -> HttpResponse:
    """A first password is chosen by the link in an e-mail."""
    return HttpResponseRedirect("/accounts/password/reset/")


@requires()
def to_profile(request: HttpRequest) -> HttpResponse:
    """Addresses are kept by the administration, and sessions are listed with the account."""
    return HttpResponseRedirect(f"{settings.LOGIN_REDIRECT_URL}account/")
