"""Money as whole minor units with a currency, and reading amounts as people write them.

``Money(123456, "EUR")`` is 1.234,56 €. Arithmetic never mixes currencies and never loses a cent: there is no
division, only ``split``. Text is read by ``parse_amount`` (German, English and Swiss notation).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision, parse_pattern

from trichter.kit.numbers import DecimalMark, NumberError, parse_number

# ISO 4217 minor units that are not 2. Babel's table is CLDR's, which drops the minor unit of currencies whose
# coins are out of use, so it may decide how a sum looks but not how it is stored.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}

_SIGNS = {
    "€": "EUR", "EURO": "EUR", "$": "USD", "US$": "USD", "USD$": "USD", "£": "GBP", "¥": "JPY", "FR": "CHF",
    "FR.": "CHF", "SFR": "CHF", "SFR.": "CHF", "ZŁ": "PLN", "KČ": "CZK", "₺": "TRY", "₹": "INR", "A$": "AUD",
    "C$": "CAD", "FT": "HUF",
}  # fmt: skip

_SIGN = re.compile(r"(?!(?<=\d)e[+-]?\d)(?:[A-Z]{0,3}[$€£¥₺₹]|[^\W\d_]+\.?)", re.IGNORECASE)
_WHOLE = re.compile(r"(?<=\d)\s*[.,]\s*(?:[-–—]{1,2})(?=\D*$)")  # "12,-" and "12.–": no minor units


class MixedCurrencies(ValueError):
    """Two sums in different currencies met in one calculation."""


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Return how many decimals ``currency`` has (EUR 2, JPY 0, KWD 3); ``ValueError`` for no code."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(f"not a currency code: {currency!r}")
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: ``minor`` units (cents, may be negative) of ``currency`` (ISO 4217 code)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse floats and malformed currency codes."""
        if type(self.minor) is not int:
            raise TypeError("minor units are whole numbers")
        exponent(self.currency)

    @classmethod
    def of(cls, amount: Decimal | int, currency: str, *, rounded: bool = False) -> Money:
        """Build from major units (``Decimal("12.34")``).

        More decimals than the currency has raise ``ValueError``, unless ``rounded``: then half to even.
        """
        if not Decimal(amount).is_finite():
            raise ValueError("not a finite amount")
        scaled = Decimal(amount).scaleb(exponent(currency))
        whole = scaled.to_integral_value(rounding=ROUND_HALF_EVEN)
        if whole != scaled and not rounded:
            raise ValueError(f"{currency} has {exponent(currency)} decimals, not more")
        return cls(int(whole), currency)

    @property
    def amount(self) -> Decimal:
        """The sum in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def _minor_of(self, other: Money) -> int:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} cannot be calculated together")
        return other.minor

    def __add__(self, other: Money) -> Money:
        """Add a sum of the same currency."""
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract a sum of the same currency."""
        return Money(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> Money:
        """Turn the sign."""
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        """Multiply by a whole number."""
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        """Compare with a sum of the same currency."""
        return self.minor < self._minor_of(other)

    def __le__(self, other: Money) -> bool:
        """Compare with a sum of the same currency."""
        return self.minor <= self._minor_of(other)

    def __bool__(self) -> bool:
        """Say whether the sum is not zero."""
        return self.minor != 0

    def split(self, parts: int) -> list[Money]:
        """Divide into ``parts`` sums that differ by one minor unit at most and add up to this one."""
        share, rest = divmod(self.minor, parts)
        return [Money(share + (1 if index < rest else 0), self.currency) for index in range(parts)]

    def format(self, locale: str = "de") -> str:
        """Return the sum as written in ``locale``: ``1.234,56 €``, ``€1,234.56``."""
        digits = exponent(self.currency)
        if get_currency_precision(self.currency) == digits:
            return format_currency(self.amount, self.currency, locale=locale)
        pattern = Locale.parse(locale).currency_formats["standard"].pattern
        exact = parse_pattern(pattern)
        exact.frac_prec = (digits, digits)
        return str(exact.apply(self.amount, locale, currency=self.currency, currency_digits=False))


def total(sums: list[Money], currency: str) -> Money:
    """Add up sums that must all be in ``currency``; an empty list gives zero."""
    result = Money(0, currency)
    for one in sums:
        result += one
    return result


def parse_amount(
    text: str, *, currency: str = "EUR", decimal: DecimalMark | None = None, rounded: bool = False
) -> Money:
    """Read a sum as people write it: ``1.234,56 €``, ``EUR 1,234.56``, ``CHF 1'234.50``, ``12,-``.

    ``currency`` is taken when the text names none. ``decimal`` (``","`` or ``"."``) settles forms such as
    ``1.234``, which are refused as ``ambiguous`` without it, except in currencies without decimals.
    More decimals than the currency has are refused as ``too_precise`` unless ``rounded``.

    Raises:
        NumberError: with one of the codes of ``parse_number``, ``unknown_currency`` or ``too_precise``.
    """
    rest = _WHOLE.sub("", text.replace("\u00a0", " "))
    signs = _SIGN.findall(rest)
    if len(signs) > 1:
        raise NumberError("not_a_number", text=text)
    if signs:
        named = _SIGNS.get(signs[0].upper(), signs[0].upper().rstrip("."))
        if not re.search(r"\d", rest):
            raise NumberError("not_a_number", text=text)
        if named not in get_global("all_currencies"):
            raise NumberError("unknown_currency", text=text)
        currency = named
        rest = rest.replace(signs[0], " ", 1)
    if decimal is None and exponent(currency) == 0 and re.search(r"[.,]\d{3}\s*$", rest):
        decimal = "." if rest.rfind(",") > rest.rfind(".") else ","
    amount = parse_number(rest, decimal=decimal, shown=text)
    try:
        return Money.of(amount, currency, rounded=rounded)
    except ValueError:
        raise NumberError("too_precise", text=text) from None
