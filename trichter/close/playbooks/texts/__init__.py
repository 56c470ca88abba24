"""What the parts say when they are made, in German and English. [Brackets] are for the editors to fill in."""

from typing import Any

from . import de, en

_TEXTS: dict[str, dict[str, Any]] = {"de": de.TEXTS, "en": en.TEXTS}


def texts(*, language: str) -> dict[str, Any]:
    """All texts in this language, else in English."""
    return _TEXTS.get(language, en.TEXTS)
