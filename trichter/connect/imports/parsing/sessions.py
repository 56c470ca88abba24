"""Hits of an access log into page views of visitors and visits.

**Visitor.** A keyed hash (BLAKE2b) of address, user agent and, in scope ``day``, the company's day on
which the visit began. Without the secret salt nobody can try out addresses; the address itself leaves
this module nowhere. Scope ``fixed`` leaves the day out, so that the same browser is one visitor as long
as the salt is kept.

**Visit.** Page views of one visitor with at most 30 minutes between neighbours. A new visit also begins
when a tagged link or an advertisement brings the visitor back: when the touch names a campaign and is not
the one the running visit came by. Midnight ends no visit: one that began before goes on, with its visitor
key.

**The same answer every time.** Visitor keys depend on the salt alone, visit numbers on visitor and first
view. The identity of a page view depends on neither, only on address, user agent, second, page and
occurrence, so it is the same in an overlapping or rotated file. Identical lines within one second are
told apart by their occurrence number (0, 1, 2 …): importing the file again finds the same numbers. (In a
file that is cut between two identical lines of one second the second one looks like the first: one view
too few, never one too many.) For a visit that began in an earlier file, ``resume`` looks up what was
stored; without it, or when a newer file is imported before an older one, the rest becomes a visit of its
own.

**Memory.** Only visitors of the last half hour are held. Lines may be out of order by ``slack`` seconds:
servers write a line when the answer is finished, under the time of the request. Later ones join the
running visit where they stand and are counted as ``late``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from heapq import heappop, heappush
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from trichter.connect.imports.parsing.access_log import Hit
from trichter.kit.agents import parse_agent
from trichter.kit.geo import country
from trichter.kit.ids import Hasher, joined, stable_uuid
from trichter.kit.pages import page_of
from trichter.kit.traffic import Touch, classify, host_of, is_own

INACTIVITY = 30 * 60  # seconds; the definition analytics tools share
MAX_OPEN = 500_000  # visits held at once; beyond it the quietest are closed early
_MAX_WAITING = 200_000
_REMEMBERED = 20_000  # answers kept to be given again
_USUAL = 1_024  # characters of addresses to which answers are kept


class Visit(NamedTuple):
    """What all page views of a visit share.

    ``visitor`` and ``session`` are positive 63-bit numbers, ``referrer`` is the host of a foreign page
    before the first view or ``""``, ``country`` ISO alpha-2 or ``""``, ``device`` desktop, mobile, tablet
    or unknown.
    """

    visitor: int
    session: int
    started_at: datetime
    landing: str
    touch: Touch
    referrer: str
    country: str
    device: str
    browser: str
    os: str


class View(NamedTuple):
    """One page view or download: its identity ``uid``, when, which page, and the visit it belongs to.

    ``page`` is the decoded path without query, ``line`` the line of the file; ``first``: it opened the visit.
    """

    uid: UUID
    at: datetime
    page: str
    host: str
    is_download: bool
    first: bool
    line: int
    visit: Visit


@dataclass(frozen=True, slots=True)
class Resumed:
    """A stored visit that is still running: the visit and its last page view."""

    visit: Visit
    last_at: datetime


Resume = Callable[[Callable[[], Collection[int]], datetime], Resumed | None]
"""Finds a stored visit that is still running.

Given are the visitor keys a hit may carry (today's and, in scope ``day``, yesterday's), which are only made
when they are asked for, and its time. Wanted is the visit stored for one of them whose last view is not after
that time and at most 30 minutes before it, or ``None``.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to sessionise. ``salt`` is a secret of 16 to 64 bytes, the same for every import of a company."""

    salt: bytes
    zone: ZoneInfo
    scope: Literal["day", "fixed"] = "day"
    own_domains: Collection[str] = ()
    slack: int = 120
    resume: Resume | None = None


@dataclass
class VisitTally:
    """Counts, filled while the views are iterated."""

    views: int = 0
    visits: int = 0
    late: int = 0


@dataclass(slots=True)
class _Open:
    """A running visit."""

    visit: Visit
    last: int


@dataclass
class _State:
    """Everything held between hits; its size depends on traffic per half hour, not on the length of the
    file.
    """

    settings: Settings
    tally: VisitTally
    hasher: Hasher
    open: OrderedDict[str, _Open] = field(default_factory=OrderedDict)
    seen: OrderedDict[int, dict[tuple[str, str, str], int]] = field(default_factory=OrderedDict)
    newest: int = 0
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    touches: dict[tuple[str, str], Touch] = field(default_factory=dict)
    visitor: tuple[str, date | None, int] = ("", None, 0)
    addressed: dict[tuple[str, str], bytes] = field(default_factory=dict)


def page_views(hits: Iterable[Hit], settings: Settings, *, tally: VisitTally | None = None) -> Iterator[View]:
    """Stream the page views of ``hits`` in order of time, each with its visit."""
    if not 16 <= len(settings.salt) <= 64:
        raise ValueError("the salt is 16 to 64 bytes long")
    state = _State(settings, tally or VisitTally(), Hasher(key=settings.salt))
    waiting: list[tuple[int, int, int, Hit]] = []
    newest = 0
    for order, hit in enumerate(hits):
        heappush(waiting, (hit.at, hit.line, order, hit))
        newest = max(newest, hit.at)
        while waiting and (waiting[0][0] < newest - settings.slack or len(waiting) > _MAX_WAITING):
            yield _view(state, heappop(waiting)[3])
    while waiting:
        yield _view(state, heappop(waiting)[3])


def _view(state: _State, hit: Hit) -> View:
    """Place one hit in its visit."""
    who = _name(state, hit)
    uid = _identity(state, who, hit)
    if hit.at < state.newest:
        state.tally.late += 1
    elif hit.at > state.newest:
        state.newest = hit.at
        _forget(state)
    touch = _touch(state, hit)
    running = state.open.get(who) or _resumed(state, who, hit)
    first = (
        running is None
        or abs(hit.at - running.last) > INACTIVITY
        or (touch.names_campaign and touch != running.visit.touch)
    )
    if running is None or first:
        running = _Open(_begin(state, who, hit, touch), hit.at)
        state.tally.visits += 1
    running.last = max(running.last, hit.at)
    state.open[who] = running
    state.open.move_to_end(who)
    state.tally.views += 1
    at = datetime.fromtimestamp(hit.at, UTC)
    return View(uid, at, page_of(hit.path), hit.host, hit.is_download, first, hit.line, running.visit)


def _name(state: _State, hit: Hit) -> str:
    """Return who it is, as far as address and browser tell; made once for the hits of a visit."""
    key = hit.ip, hit.agent
    who = state.names.get(key)
    if who is None:
        if len(state.names) >= _REMEMBERED:
            state.names.clear()
        who = state.names[key] = state.hasher.hash_hex(joined(hit.ip, hit.agent))
    return who


def _touch(state: _State, hit: Hit) -> Touch:
    """Return the touch of a hit; pages of a site lead to each other again and again."""
    key = hit.query, hit.referrer
    touch = state.touches.get(key)
    if touch is None:
        touch = classify(hit.query, hit.referrer, state.settings.own_domains)
        if len(hit.query) + len(hit.referrer) < _USUAL:
            if len(state.touches) >= _REMEMBERED:
                state.touches.clear()
            state.touches[key] = touch
    return touch


def _identity(state: _State, who: str, hit: Hit) -> UUID:
    """Return the identity of a page view, the same in every file that holds its line."""
    what = (who, hit.path, hit.query)
    counts = state.seen.get(hit.at)
    if counts is None:
        counts = state.seen[hit.at] = {}
    occurrence = counts.get(what, 0)
    counts[what] = occurrence + 1
    # What `joined("view", who, at)` and `joined(occurrence)` write: `who` is 32 letters long, all are ASCII.
    at, number = str(hit.at), str(occurrence)
    written = (
        f"s4:views32:{who}i{len(at)}:{at}".encode()
        + _addressed(state, hit)
        + f"i{len(number)}:{number}".encode()
    )
    return stable_uuid("log.view", state.hasher.hash_hex(written))


def _addressed(state: _State, hit: Hit) -> bytes:
    """Return path and query as they are hashed; the pages of a site are the same ones again and again."""
    key = hit.path, hit.query
    written = state.addressed.get(key)
    if written is None:
        written = joined(hit.path, hit.query)
        if len(written) < _USUAL:
            if len(state.addressed) >= _REMEMBERED:
                state.addressed.clear()
            state.addressed[key] = written
    return written


def _visitor(state: _State, who: str, day: date) -> int:
    """Return the visitor key for a visit that began on ``day``; asked twice in a row when a visit begins."""
    known, known_day, visitor = state.visitor
    if known != who or known_day != day:
        written = day.isoformat() if state.settings.scope == "day" else None
        visitor = state.hasher.hash63("visitor", who, written)
        state.visitor = who, day, visitor
    return visitor


def _begin(state: _State, who: str, hit: Hit, touch: Touch) -> Visit:
    """Start a visit with its first page view."""
    settings, at = state.settings, datetime.fromtimestamp(hit.at, UTC)
    visitor = _visitor(state, who, _day(hit.at, settings.zone))
    foreign = host_of(hit.referrer)
    agent = parse_agent(hit.agent) if hit.agent else None
    return Visit(
        visitor=visitor,
        session=state.hasher.hash63("session", visitor, hit.at, *_parts(touch)),
        started_at=at,
        landing=page_of(hit.path),
        touch=touch,
        referrer="" if is_own(foreign, settings.own_domains) else foreign[:200],
        country=country(hit.ip),
        device=agent.device if agent else "unknown",
        browser=agent.browser if agent else "",
        os=agent.os if agent else "",
    )


def _parts(touch: Touch) -> tuple[str, ...]:
    """Return the touch for the session hash: two campaigns in one second are two visits."""
    return (touch.source, touch.medium, touch.campaign, touch.content, touch.term)


@lru_cache(maxsize=4096)
def _day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()


def _resumed(state: _State, who: str, hit: Hit) -> _Open | None:
    """Ask for a stored visit that this hit continues."""
    settings = state.settings
    if settings.resume is None:
        return None

    def keys() -> Collection[int]:
        days = (_day(hit.at, settings.zone), _day(hit.at - INACTIVITY, settings.zone))
        return dict.fromkeys(_visitor(state, who, day) for day in days)

    found = settings.resume(keys, datetime.fromtimestamp(hit.at, UTC))
    return _Open(found.visit, int(found.last_at.timestamp())) if found else None


def _forget(state: _State) -> None:
    """Let go of visits that have ended and of seconds no late line can reach."""
    horizon = state.newest - INACTIVITY - state.settings.slack
    while state.open:
        who, oldest = next(iter(state.open.items()))
        if oldest.last >= horizon and len(state.open) <= MAX_OPEN:
            break
        del state.open[who]
    while state.seen and next(iter(state.seen)) < state.newest - INACTIVITY:
        state.seen.popitem(last=False)
