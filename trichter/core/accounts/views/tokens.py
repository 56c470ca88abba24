"""API tokens: one's own; an administrator sees and revokes everybody's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import queries, tokens
from ..access import requires
from ..forms import TokenForm
from .users import _me


@requires()
@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """Tokens with what they may do and when they were used last."""
    labels = dict(tokens.SCOPES)
    found = list(queries.tokens_visible_to(user=_me(request))[:500])
    for token in found:
        token.scope_labels = [labels.get(scope, scope) for scope in token.scopes]  # type: ignore[attr-defined]
    return render(request, "accounts/token_list.html", {"tokens": found, "now": timezone.now()})


@requires()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("secret")
def token_new(request: HttpRequest) -> HttpResponse:
    """Create a token; the secret is part of this answer and of nothing else."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        me = _me(request)
        token, secret = tokens.create_token(
            user=me,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(),
            by=me,
        )
        return render(request, "accounts/token_secret.html", {"token": token, "secret": secret})
    return render(request, "accounts/token_form.html", {"form": form}, status=422 if form.errors else 200)


@requires()
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token. Somebody else's token does not exist for those who may not see it."""
    me = _me(request)
    token = get_object_or_404(queries.tokens_visible_to(user=me), pk=pk)
    if tokens.revoke_token(token=token, by=me):
        messages.success(request, _("The token “%(name)s” has been revoked.") % {"name": token.name})
    return redirect("accounts:token_list")
