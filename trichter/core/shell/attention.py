"""Points for the start page: what broke or waits, and where it is mended. Features offer theirs by hook.

A provider is a function of the asking user, registered with `register_attention`. It counts only what this
user may see, costs one query over an index, and leads to a list with exactly as many rows as it counts.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from wagtail import hooks

HOOK = "register_attention"


@dataclass(frozen=True, kw_only=True)
class Attention:
    """A point to look at: what, why, and where it is mended. `level` orders the list."""

    level: Literal["danger", "warning", "info"]
    icon: str
    text: str | Promise
    why: str | Promise = ""
    url: str = ""


Provider = Callable[[Any], Iterable[Attention]]


def offered(*, user: Any) -> Iterator[Attention]:
    """What the features tell this user."""
    for provider in hooks.get_hooks(HOOK):
        yield from provider(user)
