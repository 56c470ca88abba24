"""The token inside a rendered form: which form, when, which submission it will be, and what was left out.

It stands in for a session: nothing is stored on the device, and nobody can make one up. Its `uid` is also the
challenge of the calculation, so a solution serves for one submission.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing

from .rules import STALE_AFTER, Token

_SALT = "trichter.forms.token"
_LONGEST = 4_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """An opened token. `at`: seconds since 1970 when the form was shown; `without`: questions left out."""

    state: Token
    uid: uuid.UUID
    at: float = 0
    without: tuple[str, ...] = ()
    text: str = ""


def issue(*, form: int, without: Sequence[str] = (), now: float | None = None) -> Ticket:
    """A fresh one."""
    uid, at = uuid.uuid4(), round(now if now is not None else time.time(), 1)
    text = signing.dumps({"f": form, "u": uid.hex, "t": at, "w": list(without)}, salt=_SALT, compress=True)
    return Ticket(state="ok", uid=uid, at=at, without=tuple(without), text=text)


def open_token(text: str, *, form: int, now: float | None = None) -> Ticket:
    """Whatever came as token of this form. Never raises: what cannot be read is missing or forged."""
    if not text:
        return Ticket(state="missing", uid=uuid.uuid4())
    try:
        content = signing.loads(text[:_LONGEST], salt=_SALT)
        if content["f"] != form:
            raise ValueError
        uid, at = uuid.UUID(content["u"]), float(content["t"])
        without = tuple(str(one) for one in content["w"])
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return Ticket(state="forged", uid=uuid.uuid4())
    stale = (now if now is not None else time.time()) - at > STALE_AFTER
    return Ticket(state="stale" if stale else "ok", uid=uid, at=at, without=without, text=text)
