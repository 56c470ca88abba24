"""Why an event was not taken: every reason has a name, is counted, and is shown in the back office."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The closed list of reasons."""

    MALFORMED = "malformed"
    BOT = "bot"
    OWN_TEAM = "own_team"
    FOREIGN_ORIGIN = "foreign_origin"
    EXCLUDED_PAGE = "excluded_page"
    TOO_OLD = "too_old"
    IN_FUTURE = "in_future"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Drop:
    """An event that goes no further. `detail`: for the sender, in English, without personal data."""

    reason: Reason
    detail: str = ""
