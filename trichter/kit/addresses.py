"""E-mail addresses and phone numbers in the one form in which they are compared and stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from trichter.kit.data import lines_of
from trichter.kit.folding import clean

_SHOWN = re.compile(r"^[^<>]*<([^<>]+)>$")  # "Max Muster <max@firma.de>"

FREEMAIL = lines_of("freemail.txt")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The outcome: the normal form, or ``None`` with a ``reason`` code (``""`` when there is a value).

    E-mail reasons: ``empty``, ``too_long``, ``several``, ``no_at``, ``bad_local``, ``bad_domain``.
    Phone reasons: ``empty``, ``not_a_number``, ``too_short``, ``too_long``, ``unknown_country``.
    """

    value: str | None
    reason: str = ""


@lru_cache(maxsize=8192)
def normalise_email(text: str) -> Normalised:
    """Return the address trimmed and in lower case, its domain in Unicode (``müller.de``, not ``xn--…``).

    Understands ``mailto:`` and ``Name <address>``, and drops punctuation left around an address in a cell.
    Looks at the form only, never at the network.
    """
    bare = clean(text)
    shown = _SHOWN.match(bare)
    bare = (shown.group(1) if shown else bare).strip(" ,;<>'\"")
    if bare[:7].lower() == "mailto:":
        bare = bare[7:].partition("?")[0]
    if not bare:
        return Normalised(None, "empty")
    if len(bare) > 254:
        return Normalised(None, "too_long")
    local, at, _ = bare.rpartition("@")
    if not at:
        return Normalised(None, "no_at")
    if "@" in local:
        return Normalised(None, "several" if re.search(r"[\s,;/|]", bare) else "bad_local")
    try:
        checked = validate_email(bare.rstrip("."), check_deliverability=False)
    except EmailNotValidError:
        return Normalised(None, "bad_domain" if _local_is_fine(local) else "bad_local")
    return Normalised(f"{checked.local_part.lower()}@{checked.domain.lower()}")


def _local_is_fine(local: str) -> bool:
    """Say whether the part before the @ would do with a sound domain, to name the faulty half."""
    try:
        validate_email(f"{local}@example.com", check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def domain_of(email: str) -> str:
    """Return the lower-case part after the last ``@``; ``""`` when there is none."""
    return email.rpartition("@")[2].strip().lower() if "@" in email else ""


def is_freemail(email_or_domain: str) -> bool:
    """Say whether an address or domain belongs to a mail provider for everyone, so names no company."""
    return (domain_of(email_or_domain) or email_or_domain.strip().lower()) in FREEMAIL


@lru_cache(maxsize=8192)
def normalise_phone(text: str, *, region: str = "DE") -> Normalised:
    """Return a phone number in E.164 (``+4930123456``); one without country code is of ``region``.

    Numbers of a possible length are accepted even when no such range is assigned: numbering plans change
    faster than tables. Extensions are dropped, since E.164 has none.
    """
    bare = clean(text)
    if not bare:
        return Normalised(None, "empty")
    if len(bare) > 40:
        return Normalised(None, "too_long")
    try:
        number = phonenumbers.parse(bare, region.upper())
    except phonenumbers.NumberParseException as error:
        return Normalised(None, _PHONE_ERRORS.get(error.error_type, "not_a_number"))
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == phonenumbers.ValidationResult.TOO_LONG:
        return Normalised(None, "too_long")
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Normalised(None, "too_short")
    return Normalised(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


_PHONE_ERRORS = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "unknown_country",
    phonenumbers.NumberParseException.TOO_SHORT_NSN: "too_short",
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
    phonenumbers.NumberParseException.TOO_LONG: "too_long",
}
