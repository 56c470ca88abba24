"""One event of an actor, as rules and the score see it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Occurrence(NamedTuple):
    """One event of an actor with the part of the journal's envelope that rules can look at."""

    id: int
    at: datetime
    kind: str
    data: Mapping[str, Any]
    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    page: str = ""
    country: str = ""
    device: str = ""
    value: int | None = None
    currency: str = ""
