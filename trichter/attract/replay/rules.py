"""Decisions about what is taken: pure, without database."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

WIDTH_STEP = 200
COLUMNS, ROW_PX, MOST_ROWS = 50, 20, 1_500
SCROLL_STEPS = 20
FEW_VIEWS = 30
MOST_PAGES = 5_000
MOST_PATHS = 2_000

# Of one recording: an hour, and what a server can bear when somebody wants to fill its disk.
MOST_CHUNKS = 800
MOST_BYTES = 6 * 1024**2
MOST_SECONDS = 3_600
MOST_CHUNK = 600_000
MOST_UNPACKED = 8 * 1024**2


class Beyond(StrEnum):
    """Reasons to drop that only heatmaps and recordings have; the others are those of the tracker."""

    TAKEN = "accepted"
    SWITCHED_OFF = "switched_off"
    NO_CONSENT = "no_consent"
    OVER_LIMIT = "over_limit"
    TOO_BIG = "too_big"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ReplayRules:
    """The settings as collector and scripts see them. withdrawn: browser ids that must hear of it."""

    heat: bool = False
    heat_pages: tuple[str, ...] = ()
    moves: bool = False
    record: bool = False
    record_pages: tuple[str, ...] = ()
    sample: int = 0
    withdrawn: frozenset[str] = frozenset()

    @property
    def any(self) -> bool:
        """Whether pages load more than the tracker."""
        return self.heat or self.record


def counted(page: str, patterns: Collection[str]) -> bool:
    """Whether a page is meant by these patterns; no patterns mean every page."""
    return not patterns or any(fnmatchcase(page, pattern) for pattern in patterns)


def device_of(name: str) -> str:
    """One of the three classes; what the browser does not tell is a computer."""
    return name if name in ("mobile", "tablet") else "desktop"


def fits(*, chunks: int, size: int, seconds: float, more: int) -> bool:
    """Whether a recording of this size may get `more` bytes."""
    return chunks < MOST_CHUNKS and size + more <= MOST_BYTES and seconds <= MOST_SECONDS
