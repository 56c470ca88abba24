"""Signed numbers in addresses: `number-mac`, short enough for the local part of an address.

Each use has a signature of its own, so a link that counts a click can never unsubscribe anybody.
"""

from typing import Literal

from django.utils.crypto import constant_time_compare, salted_hmac

Use = Literal["unsubscribe", "bounce", "track", "link", "count", "preferences"]
_LENGTH = 24


def sign(*, use: Use, number: int) -> str:
    """Such as `2a-5f3c…`: lower-case hexadecimal, because mail servers may fold the case."""
    return f"{number:x}-{_mac(use=use, number=number)}"


def read(*, use: Use, token: str) -> int | None:
    """The number, or None when the token was not made here for this use."""
    number, dash, mac = token.lower().partition("-")
    if not dash or len(number) > 15 or len(mac) != _LENGTH:
        return None
    try:
        found = int(number, 16)
    except ValueError:
        return None
    return found if constant_time_compare(mac, _mac(use=use, number=found)) else None


def _mac(*, use: Use, number: int) -> str:
    return salted_hmac(f"trichter.mail.{use}", str(number), algorithm="sha256").hexdigest()[:_LENGTH]
