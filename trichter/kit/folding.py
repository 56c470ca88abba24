"""Text made comparable: cleaned of the invisible, folded for matching, turned into slugs."""

from __future__ import annotations

import re
import unicodedata

# What NFKD does not take apart, and the umlauts, whose dots are a letter: Müller is Mueller, not Muller.
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "å": "a", "ł": "l", "đ": "d",
     "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "ng"}
)  # fmt: skip
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean(text: str) -> str:
    """Return ``text`` in NFC, without control and zero-width characters, spaces collapsed and trimmed."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():  # nothing unseen in it, and no space but the plain one
        return (_SPACE.sub(" ", composed) if "  " in composed else composed).strip()
    seen = "".join(
        " " if char.isspace() else char
        for char in composed
        if char.isspace() or unicodedata.category(char) not in _UNSEEN
    )
    return _SPACE.sub(" ", seen).strip()


def fold(text: str) -> str:
    """Return a form in which equal-looking texts are equal: lower case, ``ä`` as ``ae``, no accents.

    ``Müller``, ``MUELLER`` and ``mueller`` fold alike; ``René`` folds to ``rene``.
    For comparing, not for showing.
    """
    lowered = clean(text).casefold().translate(_LETTERS)
    if lowered.isascii():
        return lowered
    apart = unicodedata.normalize("NFKD", lowered)
    return clean("".join(char for char in apart if not unicodedata.combining(char)).casefold())


def slug(text: str, *, max_length: int = 60, fallback: str = "") -> str:
    """Return ``text`` as lower-case ASCII words joined by hyphens, cut at a word where possible."""
    words = _NOT_WORD.sub("-", fold(text)).strip("-")
    if len(words) > max_length:
        cut = words[: max_length + 1].rsplit("-", 1)[0] if "-" in words[: max_length + 1] else words
        words = cut[:max_length].strip("-")
    return words or fallback
