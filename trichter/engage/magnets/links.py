"""Download links: signed, bound to one grant, with an end. A new link does not revive an old one."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from trichter.core.mail.addresses import base_url
from trichter.core.mail.queries import mail_settings

from .models import Grant

_SALT = "trichter.magnets.download"
_LONGEST = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a link says. `until`: seconds since 1970."""

    uid: uuid.UUID
    until: int

    def valid(self, *, at: datetime) -> bool:
        """Whether it still opens the file."""
        return at.timestamp() < self.until


def make(*, grant: Grant, at: datetime) -> str:
    """The token of a fresh link."""
    until = int((at + timedelta(days=grant.magnet.link_days)).timestamp())
    return signing.dumps({"g": grant.uid.hex, "e": until}, salt=_SALT)


def url(*, grant: Grant, at: datetime) -> str:
    """The whole address."""
    return f"{base_url(mail_settings())}/m/d/{make(grant=grant, at=at)}"


def read(token: str) -> Opened | None:
    """None for what was not made here."""
    try:
        content = signing.loads(token[:_LONGEST], salt=_SALT)
        return Opened(uid=uuid.UUID(content["g"]), until=int(content["e"]))
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None
