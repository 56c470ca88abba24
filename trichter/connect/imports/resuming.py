"""Visits that an earlier file began: so that rotated and overlapping logs tell one story."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from trichter.core.events import FileDownloaded, PageViewed
from trichter.core.journal.models import Event, Identity
from trichter.kit.traffic import Touch

from .parsing.sessions import INACTIVITY, Resumed, Visit

_KINDS = (PageViewed.kind, FileDownloaded.kind)
_HOUR = 3600


def visitor_value(visitor: int) -> str:
    """The value of the identity for a visitor key."""
    return f"{visitor:016x}"


class StoredVisits:
    """Answers the question of `parsing.sessions` for a running visit out of the journal.

    One query per hour of the log finds the page views of that hour (none, for a log that is new); only a
    match is looked at in full.
    """

    def __init__(self) -> None:
        self._hour = -1
        self._seen: dict[str, list[tuple[float, int]]] = {}

    def __call__(self, keys: Iterable[int], at: datetime) -> Resumed | None:
        """The visit of one of these visitors whose last view lies at most half an hour before `at`."""
        hour = int(at.timestamp()) // _HOUR
        if hour != self._hour:
            self._load(hour)
        if not self._seen:
            return None
        now = at.timestamp()
        best: tuple[float, int] | None = None
        visitor = 0
        for key in keys:
            for seen in self._seen.get(visitor_value(key), ()):
                if now - INACTIVITY <= seen[0] <= now and (best is None or seen > best):
                    best, visitor = seen, key
        return self._resumed(best[1], visitor) if best else None

    def _load(self, hour: int) -> None:
        self._hour = hour
        start = datetime.fromtimestamp(hour * _HOUR, UTC)
        rows = Event.objects.filter(
            kind__in=_KINDS,
            at__gte=start - timedelta(seconds=INACTIVITY),
            at__lt=start + timedelta(seconds=_HOUR),
            identity__kind=Identity.Kind.VISITOR,
        )
        seen: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        for value, at, pk in rows.values_list("identity__value", "at", "pk").iterator(chunk_size=5_000):
            seen[value].append((at.timestamp(), pk))
        self._seen = dict(seen)

    def _resumed(self, pk: int, visitor: int) -> Resumed | None:
        last = Event.objects.filter(pk=pk).first()
        if last is None or last.session is None or last.identity_id is None:
            return None
        mine = Event.objects.filter(identity_id=last.identity_id, session=last.session)
        first = mine.order_by("at", "id").first() or last
        data = {**first.data, **last.data}
        visit = Visit(
            visitor=visitor,
            session=last.session,
            started_at=first.at,
            landing=first.page,
            touch=Touch(last.source, last.medium, last.campaign, last.content, last.term),
            referrer=str(data.get("referrer", "")),
            country=last.country,
            device=last.device,
            browser=str(data.get("browser", "")),
            os=str(data.get("os", "")),
        )
        return Resumed(visit=visit, last_at=last.at)
