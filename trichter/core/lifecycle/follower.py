"""Follows everything an actor does, and derives the stages entered."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.journal.lines import Line

from .queries import agreement, owners
from .recomputing import forget, recompute
from .scoring.profiles import note_profiles

_PEOPLE_FIELDS = {
    "identity.linked": ("person",),
    "identity.unlinked": ("person",),
    "person.merged": ("person", "absorbed"),
    "person.unmerged": ("person", "restored"),
}
_RETRACTED = "events.retracted"
_CONTINUED = "visit.continued"
_RESTRICTION = frozenset({"processing.restricted", "processing.released"})
_REMEMBERED = 500_000


class StageFollower:
    """Recomputes whom a batch touches.

    An actor is always computed from all its events, those that the cursor has yet to reach included. What
    was counted in that way is remembered in this process, so that catching up over a long journal does not
    compute a busy person once per batch. Going back in the journal forgets it.
    """

    name = "lifecycle.stages"
    title = _("Stages and scores")
    kinds = None

    def __init__(self) -> None:
        self._counted: dict[int, frozenset[int]] = {}
        self._size = 0
        self._last = (0, 0)

    def clear(self) -> None:
        """Drop all stage entries; they are built again from the first event."""
        self._forget()
        forget()

    def handle(self, *, events: Sequence[Line]) -> None:
        """Recompute the touched people and anonymous identities."""
        first, last = events[0], events[-1]
        if (first.txid, first.pk) <= self._last:
            self._forget()
        people: set[int] = set()
        identities: set[int] = set()
        watched = agreement().kinds
        for event in events:
            if event.kind in _PEOPLE_FIELDS:
                people.update(_ids(event.data.get(field) for field in _PEOPLE_FIELDS[event.kind]))
            elif event.kind == _RETRACTED:
                identities.update(_ids(event.data.get("identities") or ()))
            elif event.kind in _RESTRICTION or event.kind == _CONTINUED:
                pass
            elif event.kind not in watched or event.pk in self._counted.get(event.identity_id or 0, ()):
                continue
            if event.identity_id is not None:
                identities.add(event.identity_id)
        counted: dict[int, frozenset[int]] = {}
        if people or identities:
            # Whoever has just become known is judged by what is known of them, not as a stranger.
            note_profiles(people=people.union(owners(identities=identities).values()), now=timezone.now())
            counted = recompute(people=people, identities=identities).counted
        transaction.on_commit(partial(self._remember, counted, (last.txid, last.pk)))

    def _remember(self, counted: dict[int, frozenset[int]], last: tuple[int, int]) -> None:
        """Only after the commit: what was rolled back must be computed again."""
        self._last = last
        self._size += sum(map(len, counted.values()))
        if self._size > _REMEMBERED:
            self._counted.clear()
            self._size = sum(map(len, counted.values()))
        self._counted.update(counted)

    def _forget(self) -> None:
        self._counted.clear()
        self._size = 0
        self._last = (0, 0)


def _ids(values: Any) -> list[int]:
    return [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
