"""Invented people and companies; the words stand in names.toml."""

import tomllib
from importlib.resources import files
from random import Random
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))

FIRST: tuple[tuple[str, list[str]], ...] = (("ms", _WORDS["women"].split()), ("mr", _WORDS["men"].split()))
LAST: list[str] = _WORDS["last"].split()
JOBS: list[str] = _WORDS["jobs"]
CITIES: list[list[str]] = _WORDS["cities"]
EMPLOYEES = (12, 25, 40, 60, 85, 120, 180, 260, 420, 900, 2_400)
_PLACES: list[str] = _WORDS["places"].split()


def ascii_name(text: str) -> str:
    """A name as it stands in an e-mail address."""
    table = str.maketrans(
        {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "Ö": "Oe", "Ü": "Ue", " ": "-"}
    )
    return text.translate(table).lower()


def company(rng: Random, number: int) -> tuple[str, str, str]:
    """Name, domain and industry of a company; the number keeps domains apart."""
    place, (trade, industry) = rng.choice(_PLACES), rng.choice(_WORDS["trades"])
    domain = f"{ascii_name(place)}-{ascii_name(trade)}-{number}.example"
    return f"{place} {trade} {rng.choice(_WORDS['forms'])}", domain, industry
