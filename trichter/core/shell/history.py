"""Who changed what: offered by features that keep an audit log, shown on every record's page.

@hooks.register("register_history")
def audit_log():
    return lines_of          # (obj) -> iterable of HistoryLine, newest first
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail import hooks

MOST_LINES = 200


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field's value before and after, as people read it."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One change of a record. `who` is empty for the house itself."""

    at: datetime
    who: str
    action: str
    changes: tuple[Change, ...] = ()


Provider = Callable[[Any], Iterable[HistoryLine]]


def kept() -> bool:
    """Whether anybody keeps a history."""
    return bool(hooks.get_hooks("register_history"))


def lines_of(*, obj: Any) -> list[HistoryLine]:
    """A record's changes, newest first."""
    found: list[HistoryLine] = []
    for offer in hooks.get_hooks("register_history"):
        found += offer()(obj)
    return sorted(found, key=lambda line: line.at, reverse=True)[:MOST_LINES]
