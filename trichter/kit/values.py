"""Cells of imported tables as values: whole numbers, decimals, yes and no, countries, languages.

A *cell* is what ``kit.tables`` yields: text from CSV, text or typed values from XLSX. Dates are in
``kit.dates`` and are offered here as well.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from trichter.kit.cells import Cell, CellError
from trichter.kit.data import table_of
from trichter.kit.dates import DateOrder, Moment, column_order, parse_date, parse_moment
from trichter.kit.folding import clean, fold
from trichter.kit.numbers import DecimalMark, NumberError, parse_number

__all__ = [
    "Cell",
    "CellError",
    "DateOrder",
    "Moment",
    "column_order",
    "parse_bool",
    "parse_country",
    "parse_date",
    "parse_decimal",
    "parse_int",
    "parse_language",
    "parse_moment",
    "text_of",
]

_YES = {"ja", "j", "yes", "y", "true", "wahr", "w", "1", "x", "on", "an", "si", "oui", "vrai", "✓", "✔", "ok"}
_NO = {"nein", "n", "no", "false", "falsch", "f", "0", "-", "off", "aus", "non", "faux", "✗", "✘"}
_LANGUAGES = ("de", "en", "fr", "it", "es", "nl", "pl", "cs")


def text_of(cell: Cell) -> str:
    """Return a cell as clean text: whole floats without ``.0``, dates and times in ISO form,
    ``true``/``false``.
    """
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def parse_decimal(cell: Cell, *, decimal: DecimalMark | None = None) -> Decimal:
    """Return a number cell, or text in any of the notations of ``kit.numbers``; raises ``CellError``."""
    if isinstance(cell, (bool, date, time)):
        raise CellError("not_a_number", text=text_of(cell))
    if isinstance(cell, (int, float)):
        return Decimal(repr(cell))
    try:
        return parse_number(clean(cell), decimal=decimal)
    except NumberError as error:
        raise CellError(error.code, text=cell) from None


def parse_int(cell: Cell, *, decimal: DecimalMark | None = None) -> int:
    """Return a whole number (``1.234`` needs ``decimal=","``; ``5,0`` is 5); raises ``CellError``."""
    number = parse_decimal(cell, decimal=decimal)
    if not number.is_finite() or number != number.to_integral_value():
        raise CellError("not_whole", text=text_of(cell))
    return int(number)


def parse_bool(cell: Cell) -> bool:
    """Return yes or no from ``ja/nein``, ``wahr/falsch``, ``true/false``, ``x``, ``1/0`` …; raises
    ``CellError``.
    """
    if isinstance(cell, bool):
        return cell
    word = fold(text_of(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError("not_a_bool" if word else "empty", text=text_of(cell))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Map folded names and codes of countries to ISO 3166-1 alpha-2."""
    known: dict[str, str] = {}
    codes = {code for code in map(str, Locale.parse("en").territories) if len(code) == 2 and code.isalpha()}
    codes -= {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    for alias, targets in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(targets) == 1 and targets[0] in codes:
            known[alias.lower()] = targets[0]
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in codes:
                known.setdefault(fold(name), code)
    known.update(table_of("countries.toml")["names"])
    known.update({code.lower(): code for code in codes})
    return known


@lru_cache(maxsize=1024)
def parse_country(text: str) -> str:
    """Return ISO 3166-1 alpha-2 for a code (``DE``, ``DEU``, ``D``) or a name in German, English and more.

    Raises:
        CellError: ``empty`` or ``unknown_country``.
    """
    word = fold(text).strip(" .")
    if not word:
        raise CellError("empty", text=text)
    known = _countries()
    for attempt in (
        word,
        word.replace(".", ""),
        word.partition("(")[0].strip(),
        word.rpartition("-")[2].strip(),
    ):
        if attempt in known:
            return known[attempt]
    raise CellError("unknown_country", text=text)


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    known: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).languages.items():
            if len(code) == 2:
                known.setdefault(fold(name), code)
                known[code] = code
    return known


def parse_language(text: str) -> str:
    """Return ISO 639-1 for ``de``, ``de-DE``, ``Deutsch``, ``German``, ``deutsch (Österreich)``;
    ``CellError`` else.
    """
    word = fold(text)
    if not word:
        raise CellError("empty", text=text)
    for attempt in (word, word.partition("(")[0].strip(), word.replace("_", "-").partition("-")[0].strip()):
        if attempt in _languages():
            return _languages()[attempt]
    raise CellError("unknown_language", text=text)
