"""Book-keeping of the house itself."""

from dataclasses import dataclass, field

from .base import Event


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """An import run wrote its last row."""

    kind = "import.finished"
    area = "system"
    icon = "file-import"
    title = "Import finished"
    behaviour = False

    run: int
    rows: int = 0


@dataclass(frozen=True, kw_only=True)
class EventsRetracted(Event):
    """Events were taken out of the journal (an import undone), or are no longer anybody's (a person erased:
    batch 0); followers recompute these identities.
    """

    kind = "events.retracted"
    area = "system"
    icon = "arrow-back-up"
    title = "Import undone"
    behaviour = False

    batch: int
    identities: list[int] = field(default_factory=list)
