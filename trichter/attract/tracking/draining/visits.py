"""Which visit an event belongs to: 30 minutes without anything end one, and so does a new campaign.

The same rule as for imported access logs (`connect.imports.parsing.sessions`), over the live stream.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from trichter.kit.ids import hash63
from trichter.kit.traffic import DIRECT, Touch

INACTIVITY_MS = 30 * 60 * 1_000
MOST_OPEN = 100_000
_MOST_STEPS = 50


@dataclass(slots=True)
class Trail:
    """The views of a visit that all hang together: each but the first came from a page seen before."""

    pages: list[str] = field(default_factory=list)
    views: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Visit:
    """A running visit: its number, its last event (milliseconds since 1970) and where it came from.

    trail: None when it may be the visit of several people behind one address, or nobody can tell any more.
    """

    session: int
    last: int
    touch: Touch
    trail: Trail | None = None


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
        alone = visit is None
        parts = (touch.source, touch.medium, touch.campaign, touch.content, touch.term)
        visit = Visit(hash63("visit", value, at, *parts), at, touch, Trail() if alone else None)
        self.remember(identity, visit)
        return visit, True

    def step(self, *, visit: Visit, view: UUID | None, page: str, origin: str) -> None:
        """Follow a visit. view: the event's uid if it is a page view. page, origin: where it is and where it
        came from, with their hosts.

        Somebody else with the same key comes in by a view of their own: from outside, or from a page that
        this visit has not seen. From then on the visit is nobody's in particular.
        """
        trail = visit.trail
        if trail is None:
            return
        known = page in trail.pages if view is None else not trail.views or origin in trail.pages
        if not known or len(trail.views) == _MOST_STEPS:
            visit.trail = None
        elif view is not None:
            trail.pages.append(page)
            trail.views.append(view)

    def hand_over(self, *, old: int, new: int, view: UUID, at: int) -> Visit | None:
        """Let the visit with this view go on under another identity, if it surely is one person's."""
        visit = self.running(old, at)
        if visit is None or visit.trail is None or view not in visit.trail.views:
            return None
        if self.running(new, at) is not None:
            return None
        del self._open[old]  # whoever else has this key begins a visit of their own
        visit.trail = None
        self.remember(new, visit)
        return visit

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
