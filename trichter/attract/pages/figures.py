"""Visits and conversions of pages, offered by a later room: hook `register_content_figures`.

The hook gives a function `() -> {page path: Seen}` for the last 90 days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from django.utils.translation import get_language
from wagtail import hooks

KEPT = 60.0  # seconds; a list of fifty rows asks once
_kept: dict[str, tuple[float, Mapping[str, "Seen"]]] = {}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """visits: visits that saw the page; leads: visitors whose first page it was and who became leads.

    share: the share in words with its interval, or the two counts under 30 cases. url: the people behind it.
    """

    visits: int
    share: str
    url: str


def seen() -> Mapping[str, Seen]:
    """By page path; empty when nobody measures."""
    language = get_language() or ""  # shares are words
    at, found = _kept.get(language, (float("-inf"), {}))
    if monotonic() - at > KEPT:
        merged: dict[str, Seen] = {}
        for offer in hooks.get_hooks("register_content_figures"):
            merged |= offer()
        found = merged
        _kept[language] = (monotonic(), found)
    return found


def forget() -> None:
    """For tests: ask anew."""
    _kept.clear()
