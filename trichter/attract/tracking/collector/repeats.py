"""Which events were dropped a moment ago: a page that did not hear the answer sends them again."""

from collections.abc import Iterable

from ..pipeline.reasons import Drop

_MOST = 5_000


class Repeats:
    """The last dropped uids of this process, oldest first. Only what is on the disk belongs here."""

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._uids: dict[str, None] = {}

    def __contains__(self, uid: str) -> bool:
        return uid in self._uids

    def remember(self, outcomes: Iterable[tuple[str, Drop | None]]) -> None:
        """Note what was dropped; an event without a uid cannot be known again."""
        for uid, drop in outcomes:
            if drop is not None and uid:
                self._uids[uid] = None
        while len(self._uids) > self._most:
            del self._uids[next(iter(self._uids))]
