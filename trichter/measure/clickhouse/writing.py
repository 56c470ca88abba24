"""What one batch writes: new events, moved and removed ones, stage entries, links."""

# ruff: noqa: S608  every value in a statement is a number or went through `conditions.quoted`

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from trichter.core.journal.models import Event
from trichter.core.lifecycle.queries import stage_entries
from trichter.measure.engine import reading
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import NOBODY, Rows, joined, no_rows

from .questions import ClickHouse
from .rows import columns_of, rows_of
from .schema import COLUMNS, KEY
from .scope import numbers

_CHUNK: Final = 500
_ALL: Final = 20_000  # stage entries in one insert


class Batch:
    """A numbered piece of writing; the number is the version of its rows."""

    def __init__(self, target: ClickHouse) -> None:
        self._client, self._tables = target.client, target.tables
        self._tables.make(self._client)
        ((last,),) = self._client.rows(f"SELECT max(version) FROM {self._tables.batches}")
        self._version = int(last) + 1
        self._client.insert(self._tables.batches, names=["version"], columns=[[self._version]])
        self._book = Codebook()
        self._owners: dict[int, int] = {}
        self._links: dict[int, int] = {}

    def settle(self, *, identities: Collection[int], people: Collection[int], retracted: set[int]) -> None:
        """Bring everybody concerned to the state of the journal: whose the rows are, and which there are."""
        concerned = {*identities, *(retracted - {NOBODY}), *reading.identities_of(people)}
        before = self._links_of(identities=concerned, people=people)
        concerned |= set(before)
        self._owners = reading.owners(concerned)
        moved = {one: self._actor(one) for one in concerned if before.get(one, -one) != self._actor(one)}
        self._links = {one: max(actor, 0) for one, actor in moved.items()}
        touched = {before.get(one, -one) for one in {*moved, *(retracted - {NOBODY})}}
        touched |= {self._actor(one) for one in {*moved, *(retracted - {NOBODY})}}
        if retracted:
            self._forget(retracted, actors=touched)
            self._insert(self._owned(reading.events_of(retracted, self._book)))
        self._move({one: actor for one, actor in moved.items() if one not in retracted}, before)
        if touched:
            self.rewrite_entries(touched)

    def add(self, ids: Sequence[int]) -> None:
        """Events with these numbers."""
        parts = [no_rows()]
        for part in _parts(ids, _CHUNK):
            parts.append(reading.read_events(Event.objects.filter(pk__in=part), self._book))
        self._insert(self._owned(joined(parts)))

    def end(self) -> None:
        """Remember the links that changed."""
        self._client.insert(
            self._tables.links,
            names=["identity", "person", "version"],
            columns=[list(self._links), list(self._links.values()), [self._version] * len(self._links)],
        )

    def reread(self, identities: Collection[int]) -> None:
        """The events of these identities as they are now: a visit may have gone from one to the other."""
        if not identities:
            return
        columns = self._client.columns(
            f"SELECT {', '.join(KEY)} FROM {self._tables.events} FINAL "
            f"WHERE identity IN {numbers(sorted(identities))} AND position = 0",
            width=len(KEY),
        )
        now = self._owned(reading.events_of(identities, self._book))
        kept = set(zip(*(getattr(now, name).tolist() for name in KEY), strict=True))
        gone = [key for key in zip(*columns, strict=True) if key not in kept]
        self._insert(now, gone=gone)
        self.rewrite_entries({self._actor(one) for one in identities})

    def rewrite_entries(self, actors: Collection[int]) -> None:
        """The stage entries of these actors as they are now."""
        if not actors:
            return
        columns = self._client.columns(
            f"SELECT {', '.join(KEY)} FROM {self._tables.events} FINAL "
            f"WHERE actor IN {numbers(sorted(actors))} AND position > 0",
            width=len(KEY),
        )
        now = reading.entries_of(actors, self._book)
        kept = set(zip(*(getattr(now, name).tolist() for name in KEY), strict=True))
        gone = [key for key in zip(*columns, strict=True) if key not in kept]
        self._insert(now, gone=gone)

    def rewrite_all_entries(self) -> None:
        """The stage entries of everybody as they are now."""
        self._delete("position > 0")
        entries = stage_entries().order_by("pk")
        last = 0
        while ids := list(entries.filter(pk__gt=last).values_list("pk", flat=True)[:_ALL]):
            rows = reading.read_entries(entries.filter(pk__gt=last, pk__lte=ids[-1]), self._book)
            self._insert(rows)
            last = ids[-1]

    def _links_of(self, *, identities: Collection[int], people: Collection[int]) -> dict[int, int]:
        found = self._client.rows(
            f"SELECT identity, person FROM {self._tables.links} FINAL WHERE person != 0 AND "
            f"(identity IN {numbers(sorted(identities))} OR person IN {numbers(sorted(people))})"
        )
        return {int(identity): int(person) for identity, person in found}

    def _actor(self, identity: int) -> int:
        return self._owners.get(identity, -identity)

    def _owned(self, rows: Rows) -> Rows:
        actors = [self._actor(one) if one else NOBODY for one in rows.identity.tolist()]
        return replace(rows, actor=np.array(actors, np.int64))

    def _move(self, moved: dict[int, int], before: dict[int, int]) -> None:
        """Rows of these identities leave their actor for another, in one insert."""
        if not moved:
            return
        identities = sorted(moved)
        olds = sorted({before.get(one, -one) for one in identities})
        target = (
            f"transform(identity, {numbers(identities)}, "
            f"CAST({numbers([moved[one] for one in identities])}, 'Array(Int64)'), actor)"
        )
        taken = {
            "actor": f"if(gone, actor, {target})", "version": f"toUInt64({self._version})",
            "deleted": "toUInt8(gone)",
        }  # fmt: skip
        self._client.run(
            f"INSERT INTO {self._tables.events} ({', '.join(COLUMNS)}) "
            f"SELECT {', '.join(taken.get(name, name) for name in COLUMNS)} FROM {self._tables.events} FINAL "
            f"ARRAY JOIN [0, 1] AS gone WHERE actor IN {numbers(olds)} "
            f"AND identity IN {numbers(identities)} AND position = 0"
        )

    def _forget(self, identities: set[int], *, actors: Collection[int]) -> None:
        """Remove what was ever written of these identities from the disk, also what is passed over by now."""
        owners = numbers(sorted(identities - {NOBODY}))
        (events,) = self._client.columns(
            f"SELECT DISTINCT event FROM {self._tables.events} WHERE identity IN {owners} AND position = 0",
            width=1,
        )
        # Stage entries bear the touch of the event that caused them.
        for part in _parts([*events, 0], _ALL):
            self._delete(f"position > 0 AND event > 0 AND event IN {numbers(part)}")
        entries = f"actor IN {numbers(sorted(actors))} AND position > 0"
        self._delete(f"identity IN {owners} OR actor = 0 OR ({entries})")

    def _delete(self, which: str) -> None:
        tables = self._tables
        self._client.run(
            f"ALTER TABLE {tables.local_events}{tables.on_cluster} DELETE WHERE {which} "
            "SETTINGS mutations_sync = 2"
        )

    def _insert(self, rows: Rows, *, gone: Sequence[tuple[Any, ...]] = ()) -> None:
        """Rows, and the keys of rows that are gone, in one insert."""
        columns = columns_of(rows, self._book, version=self._version)
        if gone:
            keys = dict(zip(KEY, zip(*gone, strict=True), strict=True))
            nothing = rows_of(keys, self._book)
            dead = columns_of(nothing, self._book, version=self._version, deleted=True)
            columns = [[*own, *other] for own, other in zip(columns, dead, strict=True)]
        self._client.insert(self._tables.events, names=COLUMNS, columns=columns)


def _parts(items: Iterable[int], size: int) -> Iterator[list[int]]:
    listed = list(items)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]
