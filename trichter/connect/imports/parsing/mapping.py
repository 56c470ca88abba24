"""The guess which column of a file means which field, with confidence and reason, for people to check.

In this order a column is known by a remembered choice, by a preset, as the date a deal entered a stage, by
its header, by a similar header, by its values. A header that its values contradict is not trusted. Every
field is given to one column, the one that fits best.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from trichter.connect.imports.parsing.catalogue import (
    KINDS,
    Field,
    Kind,
    Preset,
    catalogue,
    keys_of,
    recognise,
)
from trichter.kit.text import normalise_email, normalise_phone
from trichter.kit.values import Cell, CellError, parse_bool, parse_date, parse_decimal, text_of

Reason = Literal[
    "remembered",
    "preset",
    "stage_date",
    "name",
    "similar_name",
    "values",
    "values_disagree",
    "taken",
    "unknown",
]
STAGE = "stage:"
_SEVERAL = {"emails2", "tags", "notes", "opt_out", "bounced"}  # fields that several columns may fill
_OPT_OUTS = ("optedoutofemail", "abgemeldetvonemail")  # keys of headers begin so
_TRUSTED = 0.5
_SIMILAR = 88  # per cent; Levenshtein ratio below which headers are different words
_PREFIX = (
    r"(?:(?:deal|opportunity)\s*-\s*)?(?:date\s+entered(?:\s+stage)?|entered(?:\s+stage)?(?:\s+(?:at|on))?|"
    r"hs_(?:v2_)?date_entered_|time\s+entered|datum\s+(?:des\s+)?(?:eintritts?|eingangs?)(?:\s+in)?"
    r"(?:\s+(?:die\s+)?phase)?|eintrittsdatum|eingetreten\s+in|eintritt\s+in|phase\s+erreicht|stage_)"
)
_SUFFIX = r"(?:\s+(?:erreicht|eingetreten)(?:\s+am)?|\s+(?:entered|reached)(?:\s+(?:at|on))?|_at|_entered_at)"
_ENTERED = re.compile(rf"^(?:{_PREFIX}\s*[:\-]?\s*(?P<a>.+?)(?:_at)?|(?P<b>.+?){_SUFFIX})$", re.IGNORECASE)
_LEFT = re.compile(
    r"^(?:date\s+exited|hs_(?:v2_)?date_exited|cumulative\s+time|latest\s+time|time\s+in|datum\s+des\s+austritts|"
    r"austrittsdatum|zeit\s+in|kumulierte\s+zeit|verweildauer)",
    re.IGNORECASE,
)
_QUOTES = "\"'„“”»«‚‘’"


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for: ``field`` (``""``: left out), confidence from 0 to 1, and why.

    Of deals ``stage:Angebot`` is the date at which the stage *Angebot* was entered.
    """

    field: str
    confidence: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A proposal for a whole file.

    Attributes:
        kind: What the rows are.
        preset: Name of the recognised export (``hubspot``), or ``""``.
        preset_title: The same to show (``HubSpot``).
        columns: One guess per header, in the order of the file.
        constants: Values for fields no column fills, the same for every row.
        missing: Groups of fields of which none is mapped; the import cannot run until this is empty.
    """

    kind: Kind
    preset: str
    preset_title: str
    columns: dict[str, Guess]
    constants: dict[str, str]
    missing: tuple[tuple[str, ...], ...]

    def fields(self) -> dict[str, str]:
        """Return header → field, without the columns left out: what is remembered."""
        return {header: guess.field for header, guess in self.columns.items() if guess.field}


@dataclass(frozen=True, slots=True)
class _Candidate:
    column: int
    header: str
    guess: Guess


def guess_mapping(
    kind: Kind,
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]] = (),
    *,
    remembered: Mapping[str, str] | None = None,
) -> ColumnMapping:
    """Propose a mapping for a file with ``headers`` and some sample ``rows`` (20 to 100 do).

    ``remembered`` is header → field of an earlier import of such a file (``""``: left out on purpose).
    """
    preset = recognise(kind, headers)
    candidates = [
        _Candidate(at, header, guess)
        for at, header in enumerate(headers)
        for guess in _guesses(
            kind, header, [row[at] for row in rows if at < len(row)], preset, remembered or {}
        )
    ]
    columns = _assigned(headers, candidates)
    if kind == "contacts":
        _name_beside_first_name(columns)
    taken = {guess.field for guess in columns.values()}
    constants = {k: v for k, v in (preset.constants if preset else {}).items() if k not in taken}
    if "currency" in catalogue(kind).fields and "currency" not in taken:
        constants |= _currency_in_header(kind, columns)
    known = taken | set(constants)
    missing = tuple(group for group in catalogue(kind).any_of if not known.intersection(group))
    return ColumnMapping(
        kind, preset.name if preset else "", preset.title if preset else "", columns, constants, missing
    )


def _guesses(
    kind: Kind, header: str, cells: Sequence[Cell], preset: Preset | None, remembered: Mapping[str, str]
) -> Iterable[Guess]:
    """Yield what a column might be."""
    if header in remembered:
        yield Guess(remembered[header], 1.0, "remembered")
        return
    keys = keys_of(header)
    if preset:
        order = list(preset.fields)
        known = next((key for key in keys if key in preset.fields), None)
        if known is not None:
            yield Guess(preset.fields[known], 0.99 - order.index(known) / 10_000, "preset")
            return
    if kind == "contacts" and keys[:1] and keys[0].startswith(_OPT_OUTS):
        # HubSpot writes a column per kind of newsletter.
        yield Guess("opt_out", 0.9, "name")
        return
    if kind == "deals":
        if _LEFT.match(header):
            yield Guess("", 0.9, "stage_date")
            return
        if (stage := stage_of(header)) and not any(
            key in f.keys for f in catalogue(kind).fields.values() for key in keys
        ):
            yield Guess(STAGE + stage, 0.9, "stage_date")
            return
    filled = [cell for cell in cells if text_of(cell)]
    for field in catalogue(kind).fields.values():
        confidence, reason = _by_header(field, keys)
        share = _fitting(field, filled)
        if confidence and share is not None and share < 0.5:
            yield Guess("", confidence / 2, "values_disagree")
        elif confidence:
            yield Guess(field.name, confidence, reason)
        elif share is not None and share >= 0.8 and field.name in ("email", "phone") and len(filled) > 1:
            yield Guess(field.name, 0.8 if field.name == "email" else 0.6, "values")


def stage_of(header: str) -> str:
    """Return the stage whose entry date a header announces, ``""`` if none.

    ``Date entered "Angebot (Vertriebspipeline)"``, ``Datum des Eintritts in Angebot``, ``Angebot erreicht
    am`` and ``stage_Angebot_at`` all mean *Angebot*.
    """
    match = _ENTERED.match(header.strip())
    if not match:
        return ""
    stage = (match["a"] or match["b"] or "").strip().strip(_QUOTES).strip()
    stage = re.sub(r"\s*\([^)]*\)\s*$", "", stage).strip(_QUOTES + " ")[:100]
    return "" if stage.lower() in ("date", "time", "datum", "zeit", "phase", "stage") else stage


def _by_header(field: Field, keys: Sequence[str]) -> tuple[float, Reason]:
    """Return how well a header names a field; 0 when it does not."""
    for confidence, key in zip((0.95, 0.9), keys, strict=False):
        if key in field.keys:
            return confidence, "name"
    if keys and len(keys[0]) >= 5:
        best = process.extractOne(keys[0], field.keys, scorer=fuzz.ratio, score_cutoff=_SIMILAR)
        if best:
            return 0.7 * best[1] / 100, "similar_name"
    return 0.0, "unknown"


def _fits_phone(cell: Cell) -> bool:
    text = text_of(cell)
    return text[:1] in "+0(" and normalise_phone(text).value is not None


def _parses(parse: Callable[[Cell], object]) -> Callable[[Cell], bool]:
    def fits(cell: Cell) -> bool:
        try:
            parse(cell)
        except CellError as error:
            return error.code.startswith("ambiguous")
        return True

    return fits


def _is_number(cell: Cell) -> object:
    return parse_decimal(re.sub(r"[^\d.,+'’\- ]", "", cell).strip() if isinstance(cell, str) else cell)


_FITS: dict[str, Callable[[Cell], bool]] = {
    "email": lambda cell: any(
        normalise_email(part).value for part in re.split(r"[;,\s]+", text_of(cell)) if part
    ),
    "phone": _fits_phone,
    "date": _parses(parse_date),
    "moment": _parses(parse_date),
    "money": _parses(_is_number),
    "percent": _parses(_is_number),
    "number": _parses(_is_number),
    "integer": _parses(_is_number),
    "bool": _parses(parse_bool),
}
_UNCHECKED = {"phone", "integer"}  # people write "siehe Zentrale" or "50-100" here; the header decides


def _fitting(field: Field, filled: Sequence[Cell]) -> float | None:
    """Return the share of values that are of the field's type; ``None`` when that proves nothing."""
    fits = _FITS.get(field.type)
    if fits is None or not filled:
        return None
    share = sum(map(fits, filled)) / len(filled)
    return None if field.type in _UNCHECKED and share < 0.5 else share


def _assigned(headers: Sequence[str], candidates: list[_Candidate]) -> dict[str, Guess]:
    """Give every field to its best column, and every column its best free field."""
    result: dict[str, Guess] = {}
    taken: set[str] = set()
    crowded: dict[str, Guess] = {}
    for one in sorted(candidates, key=lambda c: (-c.guess.confidence, c.column)):
        guess = one.guess
        if one.header in result:
            continue
        if guess.field and guess.confidence < _TRUSTED:
            continue
        if guess.field in taken and guess.field not in _SEVERAL:
            if guess.field == "email":
                result[one.header] = Guess("emails2", guess.confidence * 0.9, guess.reason)
            else:
                crowded.setdefault(one.header, Guess("", guess.confidence, "taken"))
            continue
        result[one.header] = guess
        taken.add(guess.field)
        taken.discard("")
    nothing = Guess("", 0.0, "unknown")
    return {header: result.get(header) or crowded.get(header) or nothing for header in headers}


def _name_beside_first_name(columns: dict[str, Guess]) -> None:
    """Take ``Name`` for the last name where the file has a first name and no other last name."""
    fields = {guess.field: header for header, guess in columns.items() if guess.field}
    header = fields.get("full_name")
    if header and "first_name" in fields and "last_name" not in fields and keys_of(header)[0] == "name":
        columns[header] = Guess("last_name", columns[header].confidence, columns[header].reason)


def _currency_in_header(kind: Kind, columns: Mapping[str, Guess]) -> dict[str, str]:
    """Find the currency in the header of an amount: ``Ausgegebener Betrag (EUR)``, ``Summe in €``."""
    money = {field.name for field in catalogue(kind).fields.values() if field.type == "money"}
    for header, guess in columns.items():
        if guess.field in money:
            code = re.search(r"[(\[]\s*(?:in\s+)?([A-Z]{3})\s*[)\]]|\b(EUR|CHF|USD|GBP)\b", header)
            if code:
                return {"currency": code[1] or code[2]}
            if "€" in header:
                return {"currency": "EUR"}
    return {}


def likely_kinds(headers: Sequence[str], rows: Sequence[Sequence[Cell]] = ()) -> list[Kind]:
    """Return the kinds a file may hold, the likeliest first: known export, nothing missing, most columns
    used.
    """

    def score(kind: Kind) -> tuple[bool, bool, int]:
        found = guess_mapping(kind, headers, rows)
        return not found.missing, bool(found.preset), len(found.fields())

    return sorted(KINDS, key=score, reverse=True)
