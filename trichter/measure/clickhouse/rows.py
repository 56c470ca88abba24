"""The engine's rows as ClickHouse's columns, and back."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from trichter.core.events.comparison import as_text, number_of
from trichter.kit.channels import channel as channel_of
from trichter.measure.engine.behaviour import engaged_seconds
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import TYPES, Rows

from .schema import COLUMNS, KEY

_FACT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}", re.ASCII)  # what conditions can name

# What is asked of a row to make it one of the engine's again.
WHOLE: Final = (
    *KEY, "kind", "identity", "session", "source", "medium", "campaign", "content", "term", "page", "country",
    "device", "value", "currency", "data",
)  # fmt: skip


def columns_of(rows: Rows, book: Codebook, *, version: int, deleted: bool = False) -> list[Sequence[Any]]:
    """`COLUMNS` for an insert, the facts laid out as conditions compare them (see `events.comparison`)."""
    touches = [book.touch.values[code] for code in rows.touch.tolist()]
    places = [book.place.values[code] for code in rows.place.tolist()]
    worths = [book.worth.values[code] for code in rows.worth.tolist()]
    kinds = [book.kinds.values[code] for code in rows.kind.tolist()]
    facts = [book.facts.values[code][1] for code in rows.facts.tolist()]
    laid = {text: _laid_out(text) for text in set(facts)}
    size = len(rows)
    found: dict[str, Sequence[Any]] = {
        "actor": rows.actor.tolist(),
        "at": rows.at.tolist(),
        "event": rows.event.tolist(),
        "position": rows.position.tolist(),
        "kind": kinds,
        "identity": rows.identity.tolist(),
        "session": rows.session.tolist(),
        "page": [book.page.values[code] for code in rows.page.tolist()],
        "country": [one[0] for one in places],
        "device": [one[1] for one in places],
        "channel": [channel_of(one[0], one[1]) if one[0] or one[1] else "" for one in touches],
        "value": [one[0] for one in worths],
        "currency": [one[1] for one in worths],
        "engaged": [
            engaged_seconds(text) if kind == "page.left" else 0
            for kind, text in zip(kinds, facts, strict=True)
        ],
        "texts": [laid[text][0] for text in facts],
        "numbers": [laid[text][1] for text in facts],
        "data": facts,
        "version": [version] * size,
        "deleted": [int(deleted)] * size,
    }
    for place, name in enumerate(("source", "medium", "campaign", "content", "term")):
        found[name] = [one[place] for one in touches]
    return [found[name] for name in COLUMNS]


def _laid_out(text: str) -> tuple[dict[str, list[str]], dict[str, list[float]]]:
    """By field: what it is compared as, as texts and as numbers. A field that is not set is missing."""
    facts: Mapping[str, Any] = json.loads(text)
    texts: dict[str, list[str]] = {}
    numbers: dict[str, list[float]] = {}
    for name, value in facts.items():
        if value in (None, "", [], {}) or not _FACT.fullmatch(name):
            continue
        items = value if isinstance(value, list) else [value]
        plain = [one for one in items if isinstance(one, str | int | float) and one != ""]
        texts[name] = [as_text(one) for one in plain]
        compared = [float(found) for one in plain if (found := number_of(one)) is not None]
        if compared:
            numbers[name] = compared
    return texts, numbers


def rows_of(columns: Mapping[str, Sequence[Any]], book: Codebook) -> Rows:
    """Rows with codes of `book`; columns that were not asked for are as if nothing were known."""
    size = len(columns["at"])

    def given(name: str, nothing: Any) -> Sequence[Any]:
        return columns.get(name) or [nothing] * size

    kinds = [book.kinds.code(kind) for kind in given("kind", "")]
    touch = zip(
        *(given(name, "") for name in ("source", "medium", "campaign", "content", "term")), strict=True
    )
    worth = zip(given("value", None), given("currency", ""), strict=True)
    place = zip(given("country", ""), given("device", ""), strict=True)
    facts = zip(kinds, given("data", "{}"), strict=True)
    found: dict[str, Sequence[Any]] = {
        **{name: given(name, 0) for name in ("actor", "at", "event", "position", "identity", "session")},
        "kind": kinds,
        "touch": [book.touch.code(one) for one in touch],
        "page": [book.page.code(one) for one in given("page", "")],
        "place": [book.place.code(one) for one in place],
        "worth": [book.worth.code(one) for one in worth],
        "facts": [0 if one[1] == "{}" else book.facts.code(one) for one in facts],
    }
    return Rows(*(np.array(found[name], kind) for name, kind in TYPES.items()))
