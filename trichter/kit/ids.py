"""Identifiers: repeatable UUIDs, stable 63-bit hashes, random tokens.

Whatever is derived from the same parts is the same on every machine and in every run; that is what makes an
import that runs twice add nothing the second time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b, sha1
from uuid import UUID, uuid5

Part = str | int | None

# A constant of this product: with another one, every repeated import would double its data.
NAMESPACE = UUID("6f1cf0e2-5d3b-5a8e-9a5d-2f6f7a1c9b40")

_MARKS = 0xF000 << 64 | 0xC000 << 48
_VERSION_5 = 5 << 76 | 0x8000 << 48


def _joined(parts: Iterable[Part]) -> bytes:
    """Write parts so that no two different lists give the same bytes: kind, length, text."""
    pieces = []
    for part in parts:
        kind = "s" if type(part) is str else "n" if part is None else "i" if isinstance(part, int) else "s"
        text = part if type(part) is str else "" if part is None else str(part)
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        pieces.append(f"{kind}{size}:{text}")
    return "".join(pieces).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=64)
def namespace(name: str) -> UUID:
    """Return the namespace of one kind of identifier, such as ``"import.order"``."""
    return uuid5(NAMESPACE, name)


def stable_uuid(name: str, *parts: Part) -> UUID:
    """Return the UUID (version 5) of ``parts`` in the namespace ``name``.

    Parts do not run together: ``("a", "bc")`` is not ``("ab", "c")``.
    """
    # Written out: `uuid5` takes three times as long, and an import asks for one per line.
    digest = sha1(namespace(name).bytes + _joined(parts).hex().encode(), usedforsecurity=False).digest()
    number = int.from_bytes(digest[:16], "big") & ~_MARKS | _VERSION_5
    return UUID(int=number)


def hash63(*parts: Part, key: bytes = b"") -> int:
    """Return a whole number from 1 to 2⁶³−1 that depends only on ``parts`` and ``key`` (up to 64 bytes).

    Fits a signed 64-bit column. With a secret ``key`` (a salt) the parts cannot be guessed back by trying.
    """
    number = int.from_bytes(blake2b(_joined(parts), digest_size=8, key=key).digest(), "big") >> 1
    return number or 1


def hash_hex(*parts: Part, key: bytes = b"", size: int = 16) -> str:
    """Return ``size`` bytes (1 to 64) of the same kind of hash as lower-case hexadecimal text."""
    return blake2b(_joined(parts), digest_size=size, key=key).hexdigest()


def token(nbytes: int = 32) -> str:
    """Return an unguessable URL-safe token of ``nbytes`` random bytes (32 bytes give 43 characters)."""
    return secrets.token_urlsafe(nbytes)


def short_code(length: int = 8) -> str:
    """Return a random code to read aloud: digits and capitals, none that look alike (4.7 bits each)."""
    return "".join(secrets.choice("234679ACDEFGHJKMNPQRTUVWXYZ") for _ in range(length))
