"""What a funnel is asked about: occurrences of one actor, and what comes out: an outcome per actor.

An occurrence is a journal event or a derived stage entry. Its place in time is (`at`, `event_id`,
`position`): equal times keep the order in which the journal committed the events, and a derived stage entry
follows the event that caused it directly (`position` 1 and up). Money is in minor units.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from .definition import Unit

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_DATA: Final[Mapping[str, Any]] = MappingProxyType({})
_place = itemgetter(0, 1, 2)


class Occurrence(NamedTuple):
    """One thing an actor did. A named tuple, as cheap to make as millions of them ask for."""

    at: datetime
    event_id: int
    position: int = 0
    kind: str = ""
    actor: int = 0
    session: int | None = None
    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    page: str = ""
    country: str = ""
    device: str = ""
    channel: str = ""
    value: int | None = None
    currency: str = ""
    data: Mapping[str, Any] = _NO_DATA


class Hit(NamedTuple):
    """The occurrence that first brought an actor to a depth. `step` is the number of the step it fills."""

    at: datetime
    event_id: int
    position: int
    step: int
    value: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one actor came: `hits[k-1]` brought the actor to depth k; there is always an entry, `hits[0]`.

    `actor` is a person, a visitor or a company; with the unit session, `session` tells the actor's sessions
    apart. `value` is the breakdown value, None when not set or when nothing is split. `still_open` is true
    when the funnel is not finished and a time limit that still runs could see it go deeper.
    """

    actor: int
    session: int | None
    hits: tuple[Hit, ...]
    value: str | None = None
    still_open: bool = False

    @property
    def depth(self) -> int:
        """The number of steps reached, at least 1."""
        return len(self.hits)

    @property
    def entered_at(self) -> datetime:
        """When the clock started."""
        return self.hits[0].at


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open span of time [start, end) in which an entry must lie; None leaves a side open."""

    start: datetime | None = None
    end: datetime | None = None


def in_order(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """The occurrences by time, commit order and position."""
    return sorted(occurrences, key=_place)


def micros(at: datetime) -> int:
    """Whole microseconds since 1970, exact; a datetime without a zone raises TypeError."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def units(
    *,
    unit: Unit,
    journals: Mapping[int, Sequence[Occurrence]],
    company_of: Mapping[int, int] | None = None,
) -> Iterator[tuple[int, int | None, list[Occurrence]]]:
    """Who is counted: `(actor, session, occurrences in order)`, sorted by actor and session.

    `journals` maps an actor to everything it did. For companies the occurrences of all actors of a company
    (`company_of`: actor → company) are merged, and actors of no company are left out. For sessions each
    session stands alone, and occurrences of no session are left out.
    """
    if unit == "company":
        companies: defaultdict[int, list[Occurrence]] = defaultdict(list)
        for actor in sorted(journals):
            company = (company_of or {}).get(actor)
            if company is not None:
                companies[company].extend(journals[actor])
        journals = companies
    for actor in sorted(journals):
        occurrences = in_order(journals[actor])
        if unit != "session":
            yield actor, None, occurrences
            continue
        sessions: defaultdict[int, list[Occurrence]] = defaultdict(list)
        for occurrence in occurrences:
            if occurrence.session is not None:
                sessions[occurrence.session].append(occurrence)
        for session in sorted(sessions):
            yield actor, session, sessions[session]
