"""An arrived event as a fact of the vocabulary, with texts made clean."""

from typing import Any

from trichter.core.events import Event as Fact
from trichter.core.events import PageViewed, registry
from trichter.kit.folding import clean
from trichter.kit.traffic import host_of

from .lines import Arrived


def fact_of(event: Arrived, *, entry: bool) -> Fact:
    """The fact. `entry`: it is the first page of a visit."""
    data = {key: _plain(value) for key, value in event.data.items()}
    if event.kind == PageViewed.kind:
        foreign = host_of(event.referrer)
        own = not foreign or foreign == event.site or foreign.endswith(f".{event.site}")
        return PageViewed(
            heading=data.get("heading", ""),
            referrer="" if own else clean(foreign)[:200],
            browser=event.browser,
            os=event.os,
            entry=entry,
            site=clean(host_of(event.url))[:200],
        )
    return registry[event.kind](**data)


def _plain(value: Any) -> Any:
    """Texts without control characters: PostgreSQL stores no NUL, and nobody wants the others."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _plain(inner) for key, inner in value.items()}
    return value
