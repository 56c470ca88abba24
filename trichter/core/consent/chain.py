"""The seal of the ledger: each row's hash covers the row and the hash before it. Pure.

A row does not contain its personal parts but only a salted SHA-256 of each. So a part can be erased while
the row, its hash and all that follow stay exactly as they are and can still be verified; and as the salt
goes with the part, an address cannot be found again by trying.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64
# Made once: an import seals thousands of rows.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical(value: Any) -> bytes:
    """One spelling per value, however the database stored it."""
    return _ENCODER.encode(value).encode()


def new_salt() -> str:
    """128 bits in hex."""
    return secrets.token_hex(16)


def part_digest(*, salt: str, content: Mapping[str, str]) -> str:
    """SHA-256 of a personal part with its salt."""
    return hashlib.sha256(salt.encode() + b"\n" + canonical(content)).hexdigest()


def text_digest(text: str) -> str:
    """SHA-256 of a wording."""
    return hashlib.sha256(text.encode()).hexdigest()


def moment(at: datetime | None) -> str:
    """UTC with microseconds; empty for None."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""


def seal(*, previous: str, row: Mapping[str, Any]) -> str:
    """The hash of a row: SHA-256 of the hash before it and the row's canonical form."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(row)).hexdigest()
