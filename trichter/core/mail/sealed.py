"""Passwords and keys in the database: encrypted with a key that is derived from the house's secret key."""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(text: str) -> str:
    """Encrypted; an empty text stays empty."""
    return _fernet().encrypt(text.encode()).decode("ascii") if text else ""


def unseal(text: str) -> str:
    """Decrypted; empty when it was sealed with another secret key."""
    try:
        return _fernet().decrypt(text.encode()).decode() if text else ""
    except InvalidToken:
        return ""


def _fernet() -> Fernet:
    key = sha256(f"trichter.mail.sealed:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
