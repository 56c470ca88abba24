"""Reading numbers as people and spreadsheets write them, in German, English and Swiss notation."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

DecimalMark = Literal[",", "."]

_SPACES = re.compile(r"(?<=\d)[\s\u00a0\u2007\u2009\u202f'’´`](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)*|[.,]\d+)(?:[eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
MARKS: tuple[DecimalMark, ...] = (",", ".")
LARGEST = Decimal(10) ** 15  # so that minor units of any currency fit a signed 64-bit column
MAX_LENGTH = 40  # longer digit strings are no amounts, and Decimal would carry them along for ever


class NumberError(ValueError):
    """A text could not be read as a number.

    ``code`` is one of ``empty``, ``not_a_number``, ``ambiguous`` (``1.234`` may be a thousand or a decimal),
    ``bad_grouping`` (``12.34.567``), ``too_long``, and in money ``unknown_currency``, ``too_precise``.
    ``text`` is what was read.
    """

    def __init__(self, code: str, *, text: str) -> None:
        super().__init__(f"{code}: {text[:MAX_LENGTH]!r}")
        self.code = code
        self.text = text[:MAX_LENGTH]


def parse_number(text: str, *, decimal: DecimalMark | None = None, shown: str | None = None) -> Decimal:
    """Read ``1.234,56``, ``1,234.56``, ``1'234.56``, ``1 234,56``, ``-5``, ``5-``, ``(5)`` or ``1,5e3``.

    With both marks present the last one is the decimal mark. A single mark followed by exactly three digits
    (``1.234``) is ``ambiguous`` without ``decimal``, unless the part before it cannot be a group (``0,125``,
    ``1234.567``). ``shown`` replaces the text in error messages.

    Raises:
        NumberError: the text is no number, or not a certain one.
    """
    shown = text if shown is None else shown
    body = text.strip().replace("\u2212", "-").replace("–", "-")
    if not body:
        raise NumberError("empty", text=shown)
    if len(body) > MAX_LENGTH:
        raise NumberError("too_long", text=shown)
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1].strip()
    elif body.endswith("-"):
        negative, body = True, body[:-1].strip()
    if body[:1] in "+-" and body[1:2] == " ":
        body = body[0] + body[1:].strip()
    joined = _SPACES.sub("", body)
    if not _PLAIN.fullmatch(joined) or (negative and joined[0] in "+-"):
        raise NumberError("not_a_number", text=shown)
    apostrophes = len(joined) < len(body)
    value = Decimal(_with_point(joined, decimal, grouped=apostrophes, shown=shown))
    if abs(value) >= LARGEST:
        raise NumberError("too_long", text=shown)
    return -value if negative else value


def _with_point(number: str, decimal: DecimalMark | None, *, grouped: bool, shown: str) -> str:
    """Return ``number`` with grouping marks removed and a point as its decimal mark."""
    sign = number[0] if number[0] in "+-" else ""
    mantissa, mark_e, power = number[len(sign) :].lower().partition("e")
    tail = mark_e + power
    commas, points = mantissa.count(","), mantissa.count(".")
    if not commas and not points:
        return sign + mantissa + tail
    if commas and points:
        mark = "," if mantissa.rfind(",") > mantissa.rfind(".") else "."
        if mantissa.count(mark) > 1 or (decimal is not None and decimal != mark):
            raise NumberError("bad_grouping", text=shown)
    elif commas + points > 1:  # 1.234.567: only grouping marks repeat
        mark = "." if commas else ","
        if decimal is not None and decimal != mark:
            raise NumberError("bad_grouping", text=shown)
    else:
        mark = _lone_mark(mantissa, decimal, grouped=grouped, exponent=bool(tail), shown=shown)
    whole, _, fraction = mantissa.partition(mark)
    other = "." if mark == "," else ","
    if other in fraction or (other in whole and not _GROUPED.fullmatch(whole)):
        raise NumberError("bad_grouping", text=shown)
    return f"{sign}{whole.replace(other, '') or '0'}.{fraction or '0'}{tail}"


def _lone_mark(
    mantissa: str, decimal: DecimalMark | None, *, grouped: bool, exponent: bool, shown: str
) -> DecimalMark:
    """Decide which mark is the decimal one in a number that contains a single ``,`` or ``.``."""
    present: DecimalMark = "," if "," in mantissa else "."
    absent: DecimalMark = "." if present == "," else ","
    may_group = bool(_GROUPED.fullmatch(mantissa)) and not mantissa.startswith("0")
    if not may_group or grouped or exponent:
        if decimal is not None and decimal != present:
            raise NumberError("bad_grouping", text=shown)
        return present
    if decimal is None:
        raise NumberError("ambiguous", text=shown)
    return present if decimal == present else absent


def _reads(text: str, mark: DecimalMark) -> bool:
    """Say whether ``text`` is a number when ``mark`` is the decimal mark."""
    try:
        parse_number(text, decimal=mark)
    except NumberError:
        return False
    return True


def decimal_mark_of(texts: list[str]) -> DecimalMark | None:
    """Return the decimal mark that the texts of one column prove; ``None`` when they prove none or both."""
    proven: set[DecimalMark] = set()
    for text in texts:
        digits = re.sub(r"[^\d.,]", "", text).strip(".,")
        if digits:
            possible = [mark for mark in MARKS if _reads(digits, mark)]
            proven.update(possible if len(possible) == 1 else [])
    return proven.pop() if len(proven) == 1 else None
