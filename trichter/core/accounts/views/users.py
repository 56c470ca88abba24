"""Users: list, create, edit, deactivate, new password, reset of the second factor."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import actions, audit, queries
from ..access import requires
from ..forms import NewUserForm, UserFilterForm, UserForm
from ..models import User
from ..roles import ROLES, role_keys

_PAGE = 50


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@requires("accounts.view_user")
@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    """All users, with search and filter."""
    form = UserFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    users = queries.users_list(
        search=wanted.get("q", ""), role=wanted.get("role", ""), state=wanted.get("state", "")
    )
    page = Paginator(users, _PAGE).get_page(request.GET.get("page"))
    labels = {role.key: role.label for role in ROLES}
    for user in page.object_list:
        user.role_labels = [labels[group.name] for group in user.role_groups]
    return render(
        request, "accounts/user_list.html", {"page": page, "form": form, "narrowed": any(wanted.values())}
    )


@requires("accounts.add_user")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("password")
def user_new(request: HttpRequest) -> HttpResponse:
    """Create a user. The one-time password is part of this answer and of nothing else."""
    form = NewUserForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/user_form.html", {"form": form}, status=422 if form.errors else 200)
    data = form.cleaned_data
    invite = data["entrance"] == "invite"
    password = None if invite else actions.one_time_password()
    with transaction.atomic():
        user = actions.create_user(
            email=data["email"], password=password, roles=data["roles"], first_name=data["first_name"],
            last_name=data["last_name"], language=data["language"], team=data["team"], by=_me(request),
        )  # fmt: skip
        if invite:
            _invite(request=request, user=user)
    if password is not None:
        return render(
            request, "accounts/user_password.html", {"colleague": user, "password": password, "new": True}
        )
    if settings.MAIL_SERVER:
        messages.success(request, _("The invitation will be sent to %(email)s.") % {"email": user.email})
    else:
        messages.warning(
            request,
            _(
                "No mail server is set up, so the invitation to %(email)s only goes to the server's log."
                " Give a one-time password instead."
            )
            % {"email": user.email},
        )
    return redirect("accounts:user_detail", pk=user.pk)


def _invite(*, request: HttpRequest, user: User) -> None:
    """Ask for a mail with the link; the worker sends it."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _dash, token = key.partition("-")
    url = request.build_absolute_uri(reverse("account_reset_password_from_key", args=[uid, token]))
    with translation.override(user.language or translation.get_language()):
        subject = _("Your access to Trichter")
        text = render_to_string(
            "accounts/mail/invite.txt", {"url": url, "host": request.get_host(), "colleague": user}
        )
    send_mail(subject, text, None, [user.email])


@requires("accounts.view_user")
@require_safe
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A user's data, access and history."""
    user = get_object_or_404(User.objects.select_related("team"), pk=pk)
    factors = Authenticator.objects.filter(user=user)
    keys = role_keys(user=user)
    context = {
        "colleague": user,
        "roles": [role for role in ROLES if role.key in keys],
        "factors": factors.exclude(type=Authenticator.Type.RECOVERY_CODES),
        "sessions": queries.sessions_of(user=user, current=request.session.session_key),
        "token_count": queries.living_tokens(user=user).count(),
    }
    return render(request, "accounts/user_detail.html", context)


@requires("accounts.change_user")
@require_http_methods(["GET", "HEAD", "POST"])
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Master data, team and roles."""
    user = get_object_or_404(User, pk=pk)
    groups = Group.objects.filter(user=user).values_list("name", flat=True)
    form = UserForm(request.POST or None, instance=user, initial={"roles": list(groups)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_user(user=user, roles=form.cleaned_data["roles"], by=_me(request))
        except actions.LastAdminError:
            form.add_error("roles", _("This is the last active administrator. Make somebody else one first."))
        else:
            messages.success(request, _("%(user)s has been saved.") % {"user": user})
            return redirect("accounts:user_detail", pk=pk)
    return render(
        request,
        "accounts/user_form.html",
        {"form": form, "colleague": user},
        status=422 if form.errors else 200,
    )


@requires("accounts.change_user")
@require_POST
def user_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivate (`active=0`) or let in again (`active=1`)."""
    user = get_object_or_404(User, pk=pk)
    if request.POST.get("active") == "1":
        actions.activate(user=user, by=_me(request))
        messages.success(request, _("%(user)s can log in again.") % {"user": user})
        return redirect("accounts:user_detail", pk=pk)
    try:
        actions.deactivate(user=user, by=_me(request))
    except actions.LastAdminError:
        messages.error(request, _("This is the last active administrator. Make somebody else one first."))
    else:
        messages.success(
            request, _("%(user)s has been logged out and cannot log in any more.") % {"user": user}
        )
    return redirect("accounts:user_detail", pk=pk)


@requires("accounts.change_user")
@require_POST
@never_cache
@sensitive_variables("password")
def user_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new one-time password, shown once."""
    user = get_object_or_404(User, pk=pk)
    password = actions.new_password(user=user, by=_me(request))
    return render(request, "accounts/user_password.html", {"colleague": user, "password": password})


@requires("accounts.change_user")
@require_POST
def user_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factors of somebody who lost them."""
    user = get_object_or_404(User, pk=pk)
    if actions.reset_factors(user=user, by=_me(request)):
        messages.success(request, _("The second factor of %(user)s has been removed.") % {"user": user})
    return redirect("accounts:user_detail", pk=pk)


@requires("accounts.change_user")
@require_POST
def user_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Log a user out everywhere."""
    user = get_object_or_404(User, pk=pk)
    actions.end_sessions(user=user)
    audit.note(user=_me(request), action=audit.SESSIONS_ENDED, target=user)
    messages.success(request, _("%(user)s has been logged out everywhere.") % {"user": user})
    return redirect("accounts:user_detail", pk=pk)


@requires("accounts.change_user")
@require_POST
def user_session(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """Log a user out on one device."""
    found = get_object_or_404(UserSession.objects.select_related("user"), pk=session, user=pk)
    actions.end_session(session=found, by=_me(request))
    messages.success(request, _("The session has been ended."))
    return redirect("accounts:user_detail", pk=pk)
