"""Who calls: a bearer token. It can do what its user can, within its scopes, so many times a minute."""

import time

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from trichter.core.accounts import tokens
from trichter.core.accounts.models import ApiToken, User

from .problems import TooManyRequestsError

PER_MINUTE = 600


class TokenAuth(HttpBearer):
    """`Authorization: Bearer trichter_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token; from here on the request acts as its user."""
        found = tokens.living_token(secret=token)
        if found is None:
            return None
        left = tokens.count_use(token=found, limit=PER_MINUTE)
        if left < 0:
            raise TooManyRequestsError(seconds=60 - int(time.time()) % 60)
        request.user = found.user
        request.api_calls_left = left  # type: ignore[attr-defined]
        return found


def caller(request: HttpRequest, *permissions: str, scope: str = tokens.READ) -> User:
    """The user who calls, if token and user may. Raises HttpError 403."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if scope not in token.scopes:
        raise HttpError(403, f"This token lacks the scope “{scope}”.")
    missing = [name for name in permissions if not token.user.has_perm(name)]
    if missing:
        raise HttpError(403, f"The user of this token lacks the right “{missing[0]}”.")
    return token.user
