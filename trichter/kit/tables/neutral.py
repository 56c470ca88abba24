"""Formulas made harmless in exports, and the same texts restored on import.

A spreadsheet takes a text that starts with ``=``, ``+``, ``-``, ``@``, tab or carriage return for a formula.
In CSV such a text gets an apostrophe in front (ASVS 5.0, 1.2.10). Reading takes exactly that apostrophe off
again, so a value that went out and came back is the same value. Negative numbers stay: they do no harm.
"""

from __future__ import annotations

import re

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_DANGEROUS = re.compile(rf"'*[\s\u200b\ufeff]*(?:{'|'.join(re.escape(trigger) for trigger in TRIGGERS)})")
_NEGATIVE = re.compile(r"-\d+(?:[.,]\d+)*")


def is_dangerous(text: str) -> bool:
    """Say whether a spreadsheet might run ``text``, or whether it looks as if it had been neutralised."""
    return bool(_DANGEROUS.match(text)) and not _NEGATIVE.fullmatch(text)


def neutralise(text: str) -> str:
    """Return ``text`` with an apostrophe in front where a spreadsheet might run it."""
    return f"'{text}" if is_dangerous(text) else text


def restore(text: str) -> str:
    """Undo ``neutralise``."""
    return text[1:] if text.startswith("'") and is_dangerous(text[1:]) else text
