"""What a text shows its writer still has to fill in."""

import re
from collections.abc import Iterable

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)  # what merge tags hold is no text
# No omission in a quotation, no number of a footnote.
_BRACKETS = re.compile(r"\[(?!\.\.\.\]|…\]|sic!?\]|\d+\])[^\[\]{}<>\n]{3,}\]")
_FILLER = re.compile(r"(?i:lorem ipsum)|\bTODO\b|\bXXX\b")


def gaps(texts: Iterable[str]) -> list[str]:
    """[Brackets], as starters have them, and words that only hold a place, each once, in their order."""
    found: list[str] = []
    for text in texts:
        plain = _TAG.sub("", text)
        found += _BRACKETS.findall(plain) + _FILLER.findall(plain)
    return list(dict.fromkeys(found))
