"""What an import can take over, and which exports of other systems are known: the data files, typed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from trichter.kit.folding import fold
from trichter.kit.ids import hash_hex

Kind = Literal["contacts", "companies", "deals", "orders", "ad-costs", "search", "analytics"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ValueType = Literal[
    "text",
    "email",
    "phone",
    "date",
    "moment",
    "money",
    "percent",
    "number",
    "integer",
    "bool",
    "country",
    "language",
]
_SHARE = 0.4
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind of import: its name, the type of its values, the keys of headers it is known by."""

    name: str
    type: ValueType
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All fields of a kind. Of every group in ``any_of`` at least one field must be mapped."""

    fields: dict[str, Field]
    any_of: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A known export for one kind.

    ``signs`` are lists of header keys of which one must occur completely; beside them a key of ``own``
    (headers that nobody else writes) or two fifths of the fields the export may have. ``fields`` maps header
    keys to fields (``""`` for columns that are left out) in order of preference, ``constants`` are values for
    every row, ``date_order`` how dates with slashes are meant where the file itself leaves it open.
    """

    name: str
    title: str
    signs: tuple[frozenset[str], ...]
    fields: dict[str, str]
    constants: dict[str, str]
    own: frozenset[str]
    date_order: Literal["dmy", "mdy"] | None = None

    def fits(self, present: Set[str]) -> bool:
        """Whether a file with these header keys is such an export, and not only has a few headings of it."""
        if not any(signs <= present for signs in self.signs):
            return False
        found = {field for key, field in self.fields.items() if field and key in present}
        known = {field for field in self.fields.values() if field}
        return bool(self.own & present) or len(found) >= _SHARE * len(known)


def key_of(header: str) -> str:
    """Return a header without case, accents, blanks and punctuation: ``E-Mail-Adresse`` is
    ``emailadresse``.
    """
    return re.sub(r"[\W_]+", "", fold(header))


def bare(header: str) -> str:
    """Return a header without brackets and unit: ``Kosten (EUR)`` and ``Kosten in €`` are ``Kosten``."""
    return re.sub(r"\s*(?:[(\[][^)\]]*[)\]]|\bin\s+(?:€|EUR|CHF|USD|%)$)", "", header).strip() or header


def keys_of(header: str) -> tuple[str, ...]:
    """Return the keys a header may be known by, the more exact one first."""
    return tuple(dict.fromkeys(key for key in (key_of(header), key_of(bare(header))) if key))


def fingerprint(headers: Iterable[str]) -> str:
    """Return 32 characters that are the same for the same set of headers in any order, to remember a
    mapping.
    """
    return hash_hex(*sorted(key_of(header) for header in headers))


def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _catalogues() -> dict[str, Catalogue]:
    return {
        kind: Catalogue(
            fields={
                name: Field(name, entry["type"], frozenset(map(key_of, [name, *entry["names"]])))
                for name, entry in table["fields"].items()
            },
            any_of=tuple(tuple(group) for group in table["any"]),
        )
        for kind, table in _load(_DATA / "fields.toml").items()
    }


@lru_cache(maxsize=1)
def wish_words() -> dict[str, frozenset[str]]:
    """Return the words for being written to or not: ``yes``, ``no``, ``out``, ``gone``, folded."""
    return {name: frozenset(words) for name, words in _load(_DATA / "wishes.toml").items()}


def catalogue(kind: Kind) -> Catalogue:
    """Return the fields of a kind of import."""
    return _catalogues()[kind]


@lru_cache(maxsize=len(KINDS))
def presets(kind: Kind) -> tuple[Preset, ...]:
    """Return the known exports for a kind, by name."""
    tables = {path.stem: _load(path) for path in sorted((_DATA / "presets").glob("*.toml"))}
    parts = {name: table[kind] for name, table in tables.items() if kind in table}
    fields = {
        name: {key_of(header): field for header, field in part["fields"].items()}
        for name, part in parts.items()
    }
    common = {key for field in catalogue(kind).fields.values() for key in field.keys}
    found = []
    for name, part in parts.items():
        others = common.union(*(keys for other, keys in fields.items() if other != name))
        own = (fields[name].keys() - others) | set(map(key_of, part.get("own", ())))
        signs = tuple(frozenset(map(key_of, names)) for names in part["signs"])
        constants = part.get("constants", {})
        title, order = tables[name]["title"], part.get("date_order")
        found.append(Preset(name, title, signs, fields[name], constants, frozenset(own), order))
    return tuple(found)


def recognise(kind: Kind, headers: Iterable[str]) -> Preset | None:
    """Return the preset whose headers occur; of several the one that explains most columns."""
    columns = [keys_of(header) for header in headers]
    present = {key for keys in columns for key in keys}
    fitting = [preset for preset in presets(kind) if preset.fits(present)]
    return max(
        fitting,
        key=lambda preset: sum(any(key in preset.fields for key in keys) for keys in columns),
        default=None,
    )
