"""The cells of one row as typed values; what cannot be read becomes a problem, never an exception."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from trichter.connect.imports.parsing.picking import Picked, Placed
from trichter.kit.clock import day_of
from trichter.kit.dates import DateOrder, parse_moment
from trichter.kit.money import Money, parse_amount
from trichter.kit.numbers import DecimalMark, NumberError
from trichter.kit.text import clean, normalise_email, normalise_phone
from trichter.kit.values import (
    CellError,
    parse_bool,
    parse_country,
    parse_decimal,
    parse_int,
    parse_language,
    text_of,
)

from .problems import Problem, shown

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'|/]+@[^\s<>()\[\],;:\"'|/]+")
_FIRST_YEAR = 1970
_LARGEST = 2**63 - 1
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:www\.)?([^\s/:?#@]+\.[^\s/:?#@.]{2,})(?:[:/?#].*)?", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How the cells of a file are to be understood. `now`: when the run began; `currency`: the default."""

    zone: ZoneInfo
    now: datetime
    currency: str
    region: str
    decimal: DecimalMark | None = None
    date_order: DateOrder | None = None


class Cells:
    """One row. Every getter returns the value or an empty one, and notes in `problems` what was wrong."""

    def __init__(self, picked: Picked, reading: Reading) -> None:
        self._picked = picked
        self._reading = reading
        self.problems: list[Problem] = []

    @property
    def rejected(self) -> bool:
        """Whether a problem forbids taking the row over."""
        return any(problem.rejects for problem in self.problems)

    def has(self, field: str) -> bool:
        """Whether the row has something in this field."""
        return field in self._picked.one

    @property
    def stages(self) -> dict[str, Placed]:
        """The dates at which stages were entered, by stage name."""
        return self._picked.stages

    def reject(self, code: str, field: str = "", **params: Any) -> None:
        """Say that the row cannot be taken over, because of this field."""
        self._say(code, self._picked.one.get(field), rejects=True, params=params)

    def note(self, code: str, field: str = "", **params: Any) -> None:
        """Say that something about this field was left out or mended."""
        self._say(code, self._picked.one.get(field), rejects=False, params=params)

    def _say(
        self, code: str, placed: Placed | None, *, rejects: bool, params: dict[str, Any] | None = None
    ) -> None:
        self.problems.append(
            Problem(
                code=code,
                column=placed.header[:200] if placed else "",
                value=shown(placed.cell) if placed else "",
                params=params or {},
                rejects=rejects,
            )
        )

    def every(self, field: str) -> list[Placed]:
        """All filled cells of a field that several columns may fill."""
        return self._picked.every(field)

    def note_at(self, code: str, placed: Placed) -> None:
        """Say that this very cell was left out."""
        self._say(code, placed, rejects=False)

    def text(self, field: str, limit: int) -> str:
        """Clean text of at most `limit` characters; a longer one is cut, with a note."""
        placed = self._picked.one.get(field)
        if placed is None:
            return ""
        text = text_of(placed.cell)
        if len(text) > limit:
            self._say("shortened", placed, rejects=False, params={"limit": limit})
            return text[:limit].rstrip()
        return text

    def code(self, field: str, limit: int) -> str:
        """Text that identifies something: too long is an error, because a cut one means something else."""
        placed = self._picked.one.get(field)
        if placed is None:
            return ""
        text = text_of(placed.cell)
        if len(text) > limit:
            self._say("too_long", placed, rejects=True, params={"limit": limit})
            return ""
        return text

    def texts(self, field: str, *, split: str = "", limit: int = 10_000) -> list[str]:
        """All texts of a field that several columns may fill, cut apart at the characters in `split`."""
        found: list[str] = []
        for placed in self._picked.every(field):
            raw = placed.cell if isinstance(placed.cell, str) else text_of(placed.cell)
            parts = re.split(f"[{re.escape(split)}]", raw) if split else [raw]
            # Mailchimp puts each label into quotation marks of its own.
            found += [cleaned[:limit] for part in parts if (cleaned := clean(part.strip(' "')))]
        return list(dict.fromkeys(found))

    def prose(self, field: str, *, limit: int = 10_000) -> list[str]:
        """Texts of several lines, each column one; line ends are kept."""
        found: list[str] = []
        for placed in self._picked.every(field):
            raw = placed.cell if isinstance(placed.cell, str) else text_of(placed.cell)
            lines = [clean(line) for line in raw.splitlines()]
            if text := "\n".join(lines).strip():
                found.append(text[:limit])
        return list(dict.fromkeys(found))

    def email(self, field: str, *, rejects: bool = True) -> str:
        """A normalised address, also out of “Anna Weber (anna@firma.de)”; the first of several."""
        placed = self._picked.one.get(field)
        if placed is None:
            return ""
        text = text_of(placed.cell)
        found = normalise_email(text)
        if found.value is not None:
            return found.value
        if found.reason == "empty":
            return ""
        inside = [one.value for part in _ADDRESS.findall(text) if (one := normalise_email(part)).value]
        if inside and inside[0]:
            if len(set(inside)) > 1:
                self._say("several_emails", placed, rejects=False)
            return inside[0]
        self._say("bad_email", placed, rejects=rejects)
        return ""

    def emails(self, field: str) -> list[str]:
        """All addresses of a field that several columns may fill; broken ones are noted."""
        found: list[str] = []
        for placed in self._picked.every(field):
            for part in re.split(r"[;,\s|]+", text_of(placed.cell)):
                if not part:
                    continue
                one = normalise_email(part)
                if one.value is not None:
                    found.append(one.value)
                else:
                    self._say("bad_email", placed, rejects=False)
        return found

    def phone(self, field: str) -> str:
        """A number in E.164; what is no number stays as written, with a note."""
        placed = self._picked.one.get(field)
        if placed is None:
            return ""
        cell = placed.cell
        text = text_of(cell)
        region = "DE" if text.startswith("+") else self._reading.region
        found = normalise_phone(text, region=region)
        if found.value is None and found.reason != "empty":
            self._say("bad_phone", placed, rejects=False)
        return found.value or text[:40]

    def moment(self, field: str, *, past: bool = True, placed: Placed | None = None) -> datetime | None:
        """An instant in UTC; `past`: a later one than now is an error."""
        placed = placed or self._picked.one.get(field)
        if placed is None:
            return None
        reading = self._reading
        try:
            at = parse_moment(placed.cell, zone=reading.zone, order=reading.date_order).at
        except CellError as error:
            if error.code != "empty":
                self._say(error.code, placed, rejects=True)
            return None
        except (OverflowError, ValueError, OSError):
            self._say("implausible_date", placed, rejects=True)
            return None
        if not _FIRST_YEAR <= at.year < 2200:
            self._say("implausible_date", placed, rejects=True)
            return None
        if past and at > reading.now + timedelta(days=1):
            self._say("in_future", placed, rejects=True)
            return None
        return at

    def day(self, field: str, *, past: bool = True) -> date | None:
        """A day in the company's zone."""
        at = self.moment(field, past=past)
        return None if at is None else day_of(at, self._reading.zone)

    def money(self, field: str, *, currency: str) -> Money | None:
        """An amount; `currency` where the cell names none."""
        placed = self._picked.one.get(field)
        if placed is None:
            return None
        cell = placed.cell
        try:
            if isinstance(cell, bool):
                raise NumberError("not_a_number", text=str(cell))
            if isinstance(cell, int | float):
                amount = Money.of(Decimal(repr(cell)), currency, rounded=True)
            else:
                amount = parse_amount(
                    text_of(cell), currency=currency, decimal=self._reading.decimal, rounded=True
                )
        except NumberError as error:
            code = "number_too_large" if error.code == "too_long" else error.code
            if code != "empty":
                self._say(code, placed, rejects=True)
            return None
        except (ValueError, ArithmeticError):
            self._say("not_a_number", placed, rejects=True)
            return None
        if abs(amount.minor) > _LARGEST:
            self._say("number_too_large", placed, rejects=True)
            return None
        return amount

    def currency(self, field: str = "currency") -> str:
        """A currency code: the cell's, else the default."""
        placed = self._picked.one.get(field)
        if placed is None:
            return self._reading.currency
        try:
            return parse_amount(f"1 {text_of(placed.cell)}").currency
        except NumberError:
            self._say("unknown_currency", placed, rejects=True)
            return self._reading.currency

    def whole(self, field: str, *, most: int = 2**31 - 1, rejects: bool = True) -> int | None:
        """A whole number that is not negative."""
        placed = self._picked.one.get(field)
        if placed is None:
            return None
        try:
            number = parse_int(placed.cell, decimal=self._reading.decimal)
        except CellError as error:
            if error.code != "empty":
                self._say(
                    error.code if error.code != "too_long" else "number_too_large", placed, rejects=rejects
                )
            return None
        if not 0 <= number <= most:
            self._say("negative" if number < 0 else "number_too_large", placed, rejects=rejects)
            return None
        return number

    def number(self, field: str, *, most: float = 1e15) -> float | None:
        """A number that is not negative, with decimals."""
        placed = self._picked.one.get(field)
        if placed is None:
            return None
        try:
            number = float(parse_decimal(placed.cell, decimal=self._reading.decimal))
        except (CellError, OverflowError, ValueError) as error:
            code = error.code if isinstance(error, CellError) else "not_a_number"
            if code != "empty":
                self._say("number_too_large" if code == "too_long" else code, placed, rejects=True)
            return None
        if not 0 <= number <= most:
            self._say("negative" if number < 0 else "number_too_large", placed, rejects=True)
            return None
        return number

    def share(self, field: str) -> int | None:
        """Percent from 0 to 100: `50`, `50 %`, and `0.5` in a workbook; what is none is left out."""
        placed = self._picked.one.get(field)
        if placed is None:
            return None
        cell = placed.cell
        try:
            if isinstance(cell, float) and 0 < cell < 1:
                return round(cell * 100)
            text = text_of(cell).replace("%", "").strip()
            number = float(text.replace(",", "."))
        except ValueError:
            return None
        return round(number) if 0 <= number <= 100 else None

    def flag(self, field: str) -> bool | None:
        """Yes or no; None when empty."""
        placed = self._picked.one.get(field)
        if placed is None:
            return None
        try:
            return parse_bool(placed.cell)
        except CellError as error:
            if error.code != "empty":
                self._say(error.code, placed, rejects=True)
            return None

    def country(self, field: str = "country") -> str:
        """ISO alpha-2; an unknown country is left out with a note."""
        text = self.text(field, 100)
        try:
            return parse_country(text) if text else ""
        except CellError:
            self.note("unknown_country", field)
            return ""

    def language(self, field: str = "language") -> str:
        """ISO 639-1; an unknown language is left out with a note."""
        text = self.text(field, 100)
        try:
            return parse_language(text) if text else ""
        except CellError:
            self.note("unknown_language", field)
            return ""

    def domain(self, field: str) -> str:
        """The host of a web address without `www.`; what is none is left out with a note."""
        text = self.text(field, 500)
        if not text:
            return ""
        match = _HOST.fullmatch(text)
        if match is None or len(match[1]) > 120:
            self.note("bad_domain", field)
            return ""
        return match[1].lower()
