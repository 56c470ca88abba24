"""Anchors for the headings in running text, so that a table of contents can lead to them."""

import re
from html import unescape

from django.utils.html import strip_tags
from django.utils.text import slugify

_H2 = re.compile(r"<h2[^>]*>(.*?)</h2>", re.DOTALL | re.IGNORECASE)


def headings(html: str) -> list[tuple[str, str]]:
    """(anchor, text) of each `<h2>`, in order."""
    return [(anchor_of(inner), _text(inner)) for inner in _H2.findall(html)]


def anchored(html: str) -> str:
    """The same HTML with an `id` on each `<h2>`."""
    return _H2.sub(lambda found: f'<h2 id="{anchor_of(found[1])}">{found[1]}</h2>', html)


def anchor_of(inner: str) -> str:
    """A heading's anchor; umlauts as people write them without."""
    text = _text(inner).casefold()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, written)
    return slugify(text)[:60] or "abschnitt"


def _text(inner: str) -> str:
    return unescape(strip_tags(inner)).strip()
