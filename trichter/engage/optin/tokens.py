"""The secret in a confirmation link: the request's random id with our signature."""

import uuid

from django.utils.crypto import constant_time_compare, salted_hmac

_LENGTH = 24


def sign(*, uid: uuid.UUID, use: str = "confirm") -> str:
    """Such as `6f0a…-5f3c…`, in lower case. A token for one use is none for another."""
    return f"{uid.hex}-{_mac(uid=uid, use=use)}"


def read(*, token: str, use: str = "confirm") -> uuid.UUID | None:
    """The id, or None for what was not made here."""
    text, dash, mac = token.lower().partition("-")
    if not dash or len(text) != 32 or len(mac) != _LENGTH or not mac.isascii():
        return None
    try:
        found = uuid.UUID(text)
    except ValueError:
        return None
    return found if constant_time_compare(mac, _mac(uid=found, use=use)) else None


def _mac(*, uid: uuid.UUID, use: str) -> str:
    return salted_hmac(f"trichter.optin.{use}", uid.hex, algorithm="sha256").hexdigest()[:_LENGTH]
