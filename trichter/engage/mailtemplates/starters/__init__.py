"""Texts to begin with, in German and English. What stands in [brackets] is for the editor to fill in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import de, en

Block = tuple[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Starter:
    """A template's texts; `blocks`: (kind, value) as in the editor."""

    key: str
    language: str
    name: str
    about: str
    message_class: str
    subject: str
    preheader: str
    blocks: tuple[Block, ...]

    def stream(self) -> Iterator[Block]:
        """The blocks as a StreamField takes them."""
        from wagtail.rich_text import RichText

        for kind, value in self.blocks:
            yield kind, RichText(value) if kind == "text" else value


def _read(language: str, texts: dict[str, Any]) -> list[Starter]:
    found = []
    for key, one in texts.items():
        kind = "system" if key == "double-opt-in" else "marketing"
        found.append(
            Starter(
                key=key, language=language, message_class=kind, name=one["name"], about=one["about"],
                subject=one["subject"], preheader=one["preheader"], blocks=tuple(one["blocks"]),
            )
        )  # fmt: skip
    return found


STARTERS: list[Starter] = [*_read("de", de.TEXTS), *_read("en", en.TEXTS)]


def starter(*, key: str, language: str) -> Starter:
    """The starter of this key in this language, else in English. Raises KeyError."""
    by_key = {(one.key, one.language): one for one in STARTERS}
    return by_key.get((key, language)) or by_key[key, "en"]
