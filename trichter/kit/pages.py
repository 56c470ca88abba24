"""The page of an address: one spelling of each path, so that counts of a page are whole."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import unquote

from trichter.kit.folding import clean

_LONGEST_PAGE = 500


@lru_cache(maxsize=32_768)
def page_of(path: str) -> str:
    """Return the page of a path: percent signs decoded, doubled and trailing slashes dropped, at most 500
    long.
    """
    decoded = clean(unquote(path[:2048].partition("#")[0].partition(";jsessionid=")[0], errors="replace"))
    while "//" in decoded:
        decoded = decoded.replace("//", "/")
    return (decoded.rstrip("/") or "/")[:_LONGEST_PAGE]


def page_of_url(url: str) -> str:
    """The page of an address, absolute or without its host."""
    bare = url.partition("?")[0].partition("#")[0]
    scheme = bare.find("://")
    start = bare.find("/", scheme + 3) if scheme >= 0 else 0
    return page_of(bare[start:]) if start >= 0 else "/"
