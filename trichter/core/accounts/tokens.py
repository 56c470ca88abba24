"""API tokens: 256 random bits, shown once, kept as a SHA-256; as strong as the hash, so no salt is needed."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import audit
from .models import ApiToken, User

READ, WRITE, IMPORT = "read", "write", "import"
SCOPES: tuple[tuple[str, Promise | str], ...] = (
    (READ, _("Read")),
    (WRITE, _("Create and change")),
    (IMPORT, _("Import files")),
)
_MARK = "trichter_"
_SHOWN = 12
_USED_EVERY = timedelta(minutes=1)


def digest_of(token: str) -> str:
    """The form in which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(
    *, user: User, name: str, scopes: Collection[str], expires_at: datetime | None, by: User
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is never shown again. Raises ValueError for an unknown scope."""
    unknown = sorted(set(scopes) - {key for key, _label in SCOPES})
    if unknown or not scopes:
        raise ValueError(f"unknown scope {unknown[0]!r}" if unknown else "a token needs a scope")
    secret = _MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:_SHOWN],
        digest=digest_of(secret),
        scopes=sorted(scopes),
        expires_at=expires_at,
    )
    audit.note(
        user=by, action=audit.TOKEN_CREATED, target=token, details={"scopes": token.scopes, "for": user.email}
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User | None) -> bool:
    """End a token for good. False when it was revoked before."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        audit.note(user=by, action=audit.TOKEN_REVOKED, target=token)
    return bool(changed)


def user_by_token(*, secret: str, now: datetime | None = None) -> ApiToken | None:
    """The living token with this secret, of an active user; notes its use, at most once a minute."""
    moment = now or timezone.now()
    if not secret.startswith(_MARK) or len(secret) > 100:
        return None
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at=None) | Q(expires_at__gt=moment))
        .filter(
            digest=digest_of(secret), revoked_at=None, user__is_active=True, user__must_change_password=False
        )
        .first()
    )
    if token is not None and (token.last_used_at is None or moment - token.last_used_at >= _USED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)
    return token
