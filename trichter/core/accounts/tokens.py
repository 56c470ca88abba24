"""API tokens: 256 random bits, shown once, kept as a SHA-256; as strong as the hash, so no salt is needed."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
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
_LONGEST = 100


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


def living_token(*, secret: str, now: datetime | None = None) -> ApiToken | None:
    """The token with this secret, if it may be used: not revoked, not expired, of an active user."""
    moment = now or timezone.now()
    if not secret.startswith(_MARK) or len(secret) > _LONGEST:
        return None
    found = ApiToken.objects.select_related("user").filter(digest=digest_of(secret), revoked_at=None)
    alive = Q(expires_at=None) | Q(expires_at__gt=moment)
    return found.filter(alive, user__is_active=True, user__must_change_password=False).first()


def count_use(*, token: ApiToken, limit: int, now: datetime | None = None) -> int:
    """Note a use. Returns how many are left in this minute; negative when there were too many.

    One conditional UPDATE counts, so that requests at the same moment in several processes all count.
    """
    moment = now or timezone.now()
    minute = int(moment.timestamp() // 60)
    same = ApiToken.objects.filter(pk=token.pk, minute=minute)
    if not same.update(minute_count=F("minute_count") + 1, last_used_at=moment):
        other = ApiToken.objects.filter(pk=token.pk).exclude(minute=minute)
        if not other.update(minute=minute, minute_count=1, last_used_at=moment):
            same.update(minute_count=F("minute_count") + 1, last_used_at=moment)
    count = ApiToken.objects.filter(pk=token.pk).values_list("minute_count", flat=True).get()
    return limit - count
