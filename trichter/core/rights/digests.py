"""Knowing an erased identity again without keeping it.

A digest is an HMAC with a key that is derived from the installation's secret key, which does not lie in the
database: whoever has only the database cannot find out addresses by trying.
"""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

_SALT = "trichter.rights.erased"


def digest(*, kind: str, value: str) -> str:
    """Of one identity in its normal form."""
    return salted_hmac(_SALT, f"{kind}:{value}", algorithm="sha256").hexdigest()


def digests(identities: Iterable[tuple[str, str]]) -> list[str]:
    """Of many (kind, value), in a steady order."""
    return sorted(digest(kind=kind, value=value) for kind, value in identities)
