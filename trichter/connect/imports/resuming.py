"""Visits that an earlier file began: so that rotated and overlapping logs tell one story."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from trichter.core.events import FileDownloaded, PageViewed
from trichter.core.journal.models import Event, Identity
from trichter.core.journal.queries import any_between
from trichter.kit.traffic import Touch

from .parsing.sessions import INACTIVITY, Resumed, Visit

_KINDS = (PageViewed.kind, FileDownloaded.kind)
_HOUR = 3600
_COLUMNS = (
    "identity__value",
    "at",
    "session",
    "source",
    "medium",
    "campaign",
    "content",
    "term",
    "page",
    "country",
    "device",
    "data",
)


def visitor_value(visitor: int) -> str:
    """The value of the identity for a visitor key."""
    return f"{visitor:016x}"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A stored page view, as far as a visit goes on from it."""

    at: datetime
    session: int
    touch: Touch
    page: str
    country: str
    device: str
    data: dict[str, Any]


class StoredVisits:
    """Answers the question of `parsing.sessions` for a running visit out of the journal.

    One query per hour of the log finds the page views of that hour: none, for a log that is new.
    """

    def __init__(self) -> None:
        self._hour = -1
        self._seen: dict[str, list[_Seen]] = {}

    def __call__(self, keys: Callable[[], Iterable[int]], at: datetime) -> Resumed | None:
        """The visit of one of these visitors whose last view lies at most half an hour before `at`."""
        hour = int(at.timestamp()) // _HOUR
        if hour != self._hour:
            self._load(hour)
        if not self._seen:
            return None
        earliest = at - timedelta(seconds=INACTIVITY)
        best: _Seen | None = None
        visitor = 0
        for key in keys():
            for seen in self._seen.get(visitor_value(key), ()):
                if earliest <= seen.at <= at and (best is None or seen.at >= best.at):
                    best, visitor = seen, key
        return _resumed(best, visitor) if best else None

    def _load(self, hour: int) -> None:
        self._hour = hour
        begin = datetime.fromtimestamp(hour * _HOUR - INACTIVITY, UTC)
        end = datetime.fromtimestamp((hour + 1) * _HOUR, UTC)
        if not any_between(kinds=_KINDS, start=begin, end=end):
            self._seen = {}
            return
        rows = Event.objects.filter(
            kind__in=_KINDS,
            at__gte=begin,
            at__lt=end,
            identity__kind=Identity.Kind.VISITOR,
            session__isnull=False,
        )
        seen: defaultdict[str, list[_Seen]] = defaultdict(list)
        for value, at, session, *touch, page, country, device, data in (
            rows.order_by("at", "id").values_list(*_COLUMNS).iterator(chunk_size=5_000)
        ):
            seen[value].append(_Seen(at, session, Touch(*touch), page, country, device, data))
        self._seen = dict(seen)


def _resumed(last: _Seen, visitor: int) -> Resumed:
    """The visit as far as its page views tell; where it began is not needed to go on."""
    visit = Visit(
        visitor=visitor,
        session=last.session,
        started_at=last.at,
        landing=last.page,
        touch=last.touch,
        referrer=str(last.data.get("referrer", "")),
        country=last.country,
        device=last.device,
        browser=str(last.data.get("browser", "")),
        os=str(last.data.get("os", "")),
    )
    return Resumed(visit=visit, last_at=last.at)
