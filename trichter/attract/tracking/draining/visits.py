"""Which visit an event belongs to: 30 minutes without anything end one, and so does a new campaign.

The same rule as for imported access logs (`connect.imports.parsing.sessions`), over the live stream.
"""

from collections import OrderedDict
from dataclasses import dataclass

from trichter.kit.ids import hash63
from trichter.kit.traffic import DIRECT, Touch

INACTIVITY_MS = 30 * 60 * 1_000
MOST_OPEN = 100_000


@dataclass(slots=True)
class Visit:
    """A running visit: its number, its last event (milliseconds since 1970) and where it came from."""

    session: int
    last: int
    touch: Touch


class OpenVisits:
    """The running visits by identity. What is not here may still be in the journal: see `missing`."""

    def __init__(self, *, most: int = MOST_OPEN) -> None:
        self._most = most
        self._open: OrderedDict[int, Visit] = OrderedDict()

    def running(self, identity: int, at: int) -> Visit | None:
        """The visit that an event at this time would go on with."""
        visit = self._open.get(identity)
        return visit if visit is not None and abs(at - visit.last) <= INACTIVITY_MS else None

    def remember(self, identity: int, visit: Visit) -> None:
        """Keep a visit, and let go of the one that has been quiet for longest when there are too many."""
        self._open[identity] = visit
        self._open.move_to_end(identity)
        while len(self._open) > self._most:
            self._open.popitem(last=False)

    def place(self, *, identity: int, value: str, at: int, touch: Touch) -> tuple[Visit, bool]:
        """The visit of an event, and whether the event begins it. `touch`: what its own address says."""
        visit = self.running(identity, at)
        if visit is not None and not (touch.names_campaign and touch != visit.touch):
            visit.last = max(visit.last, at)
            self.remember(identity, visit)
            return visit, False
        parts = (touch.source, touch.medium, touch.campaign, touch.content, touch.term)
        visit = Visit(hash63("visit", value, at, *parts), at, touch)
        self.remember(identity, visit)
        return visit, True

    def forget_all(self) -> None:
        """After a transaction that was taken back: what it remembered may never have happened."""
        self._open.clear()


def visible(touch: Touch) -> Touch:
    """A touch in the lengths of the journal's columns, so that stored and fresh ones compare equal."""
    if touch is DIRECT:
        return touch
    return Touch(
        touch.source[:120], touch.medium[:60], touch.campaign[:160], touch.content[:160], touch.term[:160]
    )
