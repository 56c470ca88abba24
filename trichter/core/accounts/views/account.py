"""“My account”: name, language, password, second factor, sessions, tokens."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from .. import actions, audit, queries
from ..access import requires
from ..forms import ProfileForm
from ..models import User
from ..roles import BY_KEY, role_keys


@requires()
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The own account."""
    user = request.user
    assert isinstance(user, User)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(form.cleaned_data["language"] or translation.get_language()):
            messages.success(request, _("Your account has been saved."))
        response = redirect("accounts:profile")
        # The language chosen here must not lose against an older choice in the browser.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    factors = list(Authenticator.objects.filter(user=user))
    context = {
        "form": form,
        "roles": [BY_KEY[key] for key in BY_KEY if key in role_keys(user=user)],
        "has_totp": any(factor.type == Authenticator.Type.TOTP for factor in factors),
        "keys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "sessions": queries.sessions_of(user=user, current=request.session.session_key),
        "token_count": queries.living_tokens(user=user).count(),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@requires()
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Log out on every device: this one included, or all others (`others=1`)."""
    user = request.user
    assert isinstance(user, User)
    actions.end_sessions(user=user, keep=request.session.session_key)
    audit.note(user=user, action=audit.SESSIONS_ENDED)
    if request.POST.get("others") == "1":
        messages.success(request, _("You are logged out everywhere else."))
        return redirect("accounts:profile")
    logout(request)
    return redirect("account_login")


@requires()
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Log out on one device. A colleague's session does not exist here."""
    user = request.user
    assert isinstance(user, User)
    session = get_object_or_404(UserSession, pk=pk, user=user)
    actions.end_session(session=session, by=user)
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("The session has been ended."))
    return redirect("accounts:profile")
