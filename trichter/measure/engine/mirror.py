"""The columns in step with the journal.

Three layers: the base, on the disk once it is large; a middle; and a small top. Whoever did something
since, or was linked, merged or moved between stages, is lifted with his whole story into the top. So a
question, which begins with `current`, always sees the last recorded event, and no layer is ever changed in
place: who asks at the same time keeps the state he began with.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings

from trichter.core.events import (
    EventsRetracted,
    IdentityLinked,
    IdentityUnlinked,
    PersonMerged,
    PersonUnmerged,
    VisitContinued,
)
from trichter.core.journal.models import BEGINNING, Event
from trichter.core.lifecycle.models import StageChange
from trichter.core.lifecycle.queries import stage_entries

from . import levels as layers
from . import reading, store
from .codebook import Codebook
from .columns import NOBODY, Rows, joined, no_rows, sorted_columns
from .levels import Level, Levels
from .matching import Tables
from .store import Base, Place

log = logging.getLogger(__name__)

# How many rows the top and the middle hold before they are poured downwards.
BOUNDS: Final = (20_000,)
# So many events at once are read anew instead of being lifted one by one.
MANY: Final = 300_000
PEOPLE_OF: Final = {
    IdentityLinked.kind: ("person",),
    IdentityUnlinked.kind: ("person",),
    PersonMerged.kind: ("person", "absorbed"),
    PersonUnmerged.kind: ("person", "restored"),
}


@dataclass(frozen=True)
class State:
    """What a question works on: the layers, how far both tables are read, and what behind that has been seen.

    On PostgreSQL a record can appear behind one that was read, until every older transaction has ended.
    stored: the base came from the disk; else it was read from the journal and only this process has it.
    """

    levels: Levels
    tables: Tables
    events: Place
    changes: Place
    seen: frozenset[int] = frozenset()
    seen_changes: frozenset[int] = frozenset()
    stored: bool = False

    @property
    def waiting(self) -> int:
        """Rows that are in no base on the disk."""
        return sum(level.size for level in (self.levels[1:] if self.stored else self.levels))


class Mirror:
    """One process's view of the journal in columns. `current` brings it up to date."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: where bases are kept; None keeps nothing and starts from the journal."""
        self._folder = folder
        self._generation: str | None = None
        self._lock = threading.Lock()
        self._begin(Base(sorted_columns(no_rows()), Codebook(), Place(), Place()))

    def _begin(self, base: Base, *, stored: bool = False) -> None:
        nothing = sorted_columns(no_rows())
        found = Level.of(base.columns), Level.of(nothing), Level.of(nothing)
        self.state = State(
            levels=found, tables=Tables(base.book), events=base.events, changes=base.changes, seen=base.seen,
            seen_changes=base.seen_changes, stored=stored,
        )  # fmt: skip

    @property
    def is_stored(self) -> bool:
        """Whether there is a base on the disk."""
        return self._folder is not None and store.generation(self._folder) is not None

    def current(self) -> State:
        """The state with everything that has been recorded until now."""
        with self._lock:
            self._open()
            below = reading.settled_below()
            changes, fresh = self._new_changes(), self._new_events()
            if not self._still_true(changes, fresh):
                log.info("the journal is not the one that was mirrored: starting from its first event")
                self._begin(Base(sorted_columns(no_rows()), Codebook(), Place(), Place()))
                changes, fresh = self._new_changes(), self._new_events()
            self._catch_up(below, changes, fresh)
            return self.state

    def pour(self, *, least: int = 0) -> str | None:
        """Write everything into a new base when at least `least` rows are in none; its name."""
        state = self.current()
        if self._folder is None or replace(state, stored=state.stored and self.is_stored).waiting < least:
            return None
        with self._lock:
            if state is not self.state:
                return None
            base = Base(
                layers.merged(state.levels), state.tables.book, state.events, state.changes, state.seen,
                state.seen_changes,
            )  # fmt: skip
            self._generation = store.save(self._folder, base)
            self._begin(store.load(self._folder, self._generation), stored=True)
            return self._generation

    def _open(self) -> None:
        """Go over to the newest base on the disk; one that is damaged is thrown away."""
        if self._folder is None:
            return
        name = store.generation(self._folder)
        if name is None or name == self._generation:
            return
        try:
            base = store.load(self._folder, name)
        except store.Damaged as damage:
            log.error("the mirror of the journal is damaged (%s) and will be made anew", damage)
            store.forget(self._folder)
            return
        self._generation = name
        self._begin(base, stored=True)

    def _still_true(self, changes: list[tuple[Any, ...]], fresh: list[tuple[Any, ...]]) -> bool:
        """Whether what was read is there: in a restored backup, or after a rollback, it is not."""
        if not self.state.seen.issubset(row[1] for row in fresh):
            return False
        if not self.state.seen_changes.issubset(row[1] for row in changes):
            return False
        events, changed = self.state.events, self.state.changes
        if events.id and not Event.objects.filter(pk=events.id, uid=events.uid).exists():
            return False
        return not changed.id or StageChange.objects.filter(pk=changed.id).exists()

    def _catch_up(
        self, below: int | None, changes: list[tuple[Any, ...]], fresh: list[tuple[Any, ...]]
    ) -> None:
        """below: the transaction under which everything is settled, asked for before the rows were read."""
        everybody = any(row[2:] == (None, None) and row[1] not in self.state.seen_changes for row in changes)
        read = False
        if everybody or not (self.state.events.id or self.state.seen) or len(fresh) > MANY:
            read = self._read_all(below)
            fresh = self._new_events()
        state = self.state
        unseen = [row for row in fresh if row[1] not in state.seen]
        moved = [row for row in changes if row[1] not in state.seen_changes and not read]
        changed = {-row[3] if row[2] is None else row[2] for row in moved if row[2:] != (None, None)}
        if unseen or changed:
            self._lift(unseen, changed)
        events, behind = _settled(fresh, below, state.events)
        changes_place, changes_behind = _settled(changes, below, state.changes)
        self.state = replace(
            self.state, events=events, seen=behind, changes=changes_place, seen_changes=changes_behind
        )

    def _new_events(self) -> list[tuple[Any, ...]]:
        """(txid, id, kind, identity, uid) of what was recorded since."""
        place = self.state.events
        events = reading.events_after(txid=place.txid, position=place.id)
        return list(events.values_list("txid", "id", "kind", "identity_id", "uid"))

    def _new_changes(self) -> list[tuple[Any, ...]]:
        """(txid, id, person, identity) of the changes of stages since."""
        place = self.state.changes
        changes = reading.changes_after(txid=place.txid, position=place.id)
        return list(changes.values_list("txid", "id", "person", "identity"))

    def _lift(self, fresh: list[tuple[Any, ...]], changed: set[int]) -> None:
        """Put the whole story of everybody whom these events and changes concern on top."""
        book, levels = self.state.tables.book, self.state.levels
        identities = {row[3] for row in fresh if row[3] is not None}
        people, retracted = self._concerned(fresh)
        identities |= (retracted - {NOBODY}) | reading.identities_of(people)
        affected = layers.actors_of(levels, identities) | people | changed
        affected |= {-identity for identity in identities}
        if any(row[3] is None for row in fresh) or NOBODY in retracted:
            affected.add(NOBODY)
        while True:
            known = layers.rows_of(levels, affected)
            identities |= {one for one in np.unique(known.identity).tolist() if one}
            owners = reading.owners(identities)
            more = set(owners.values()) | {-one for one in identities if one not in owners}
            more |= layers.actors_of(levels, identities)
            if more <= affected:
                break
            affected |= more
        new = [row[1] for row in fresh if (row[3] or NOBODY) not in retracted]
        rows = joined([
            known.take(_kept(known, identities=retracted, events=new)),
            _numbered(new, book),
            reading.events_of(retracted, book),
        ])  # fmt: skip
        rows = joined([_owned(rows, owners), reading.entries_of(affected, book)])
        self.state = replace(self.state, levels=layers.put(levels, actors=affected, rows=rows, bounds=BOUNDS))

    def _concerned(self, fresh: list[tuple[Any, ...]]) -> tuple[set[int], set[int]]:
        """The people whose identities changed hands, and the identities that lost or got events."""
        kinds = {*PEOPLE_OF, EventsRetracted.kind}
        ids = [row[1] for row in fresh if row[2] in kinds]
        people: set[int] = set()
        retracted = {row[3] for row in fresh if row[2] == VisitContinued.kind and row[3] is not None}
        for start in range(0, len(ids), 500):
            rows = Event.objects.filter(pk__in=ids[start : start + 500]).values_list("kind", "data")
            for kind, data in rows:
                people.update(data[name] for name in PEOPLE_OF.get(kind, ()) if name in data)
                if kind == EventsRetracted.kind:
                    # The fact names whom the events belonged to, and cannot name those who were nobody.
                    retracted.update({NOBODY, *data.get("identities", ())})
        return people, retracted

    def _read_all(self, below: int | None) -> bool:
        """Read all of the journal that is settled into a new base; False when nothing is."""
        last = reading.events_after(txid=BEGINNING, position=0).order_by("-txid", "-id")
        end = (
            (last if below is None else last.filter(txid__lt=below)).values_list("txid", "id", "uid").first()
        )
        changes, seen_changes = self.state.changes, self.state.seen_changes
        book = Codebook()
        rows = no_rows()
        if end is not None:
            settled = {"id__lte": end[1]} if below is None else {"txid__lt": below}
            rows = reading.read_events(Event.objects.filter(**settled).order_by(), book)
            known, people = reading.all_owners()
            if len(known):
                places = np.minimum(np.searchsorted(known, rows.identity), len(known) - 1)
                linked = known[places] == rows.identity
                rows.actor[linked] = people[places[linked]]
            rows = joined([rows, reading.read_entries(stage_entries(), book)])
        place = Place() if end is None else Place(end[0], end[1], str(end[2]))
        self._begin(Base(sorted_columns(rows), book, place, changes))
        self.state = replace(self.state, seen_changes=seen_changes)
        return end is not None


@cache
def own_mirror() -> Mirror:
    """This process's mirror."""
    return Mirror(Path(settings.DATA_DIR) / "columns")


def _settled(rows: list[tuple[Any, ...]], below: int | None, before: Place) -> tuple[Place, frozenset[int]]:
    """Up to where these rows (txid, id, …) are settled, and the ids of those that are not."""
    settled = [row for row in rows if below is None or row[0] < below]
    open_ids = frozenset(row[1] for row in rows[len(settled) :])
    if not settled:
        return before, open_ids
    txid, pk, *more = settled[-1]
    return Place(txid, pk, str(more[-1])), open_ids


def _kept(rows: Rows, *, identities: Iterable[int], events: list[int]) -> Any:
    """Which rows stay: no stage entries, which are read anew, none of these identities or events."""
    kept = rows.position == 0
    gone = np.array(sorted(identities), np.int64)
    return kept & ~np.isin(rows.identity, gone) & ~np.isin(rows.event, np.array(events, np.int64))


def _numbered(events: list[int], book: Codebook) -> Rows:
    """The events with these numbers."""
    parts = [no_rows()]
    for start in range(0, len(events), 500):
        parts.append(reading.read_events(Event.objects.filter(pk__in=events[start : start + 500]), book))
    return joined(parts)


def _owned(rows: Rows, owners: dict[int, int]) -> Rows:
    """The rows with the actor that their identity belongs to."""
    identities, place = np.unique(rows.identity, return_inverse=True)
    actors = np.array([owners.get(one, -one) for one in identities.tolist()], np.int64)
    return replace(rows, actor=actors[place] if len(rows) else rows.actor)
