"""Layers of columns, the newest on top: every actor lives, with its whole story, in exactly one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .columns import I64, Array, Columns, Rows, joined, no_rows, sorted_columns


@dataclass(frozen=True)
class Level:
    """Columns, and for each of their actors whether it has moved to a newer layer."""

    columns: Columns
    gone: Array

    @classmethod
    def of(cls, columns: Columns) -> "Level":
        """A layer from which nobody has moved."""
        return cls(columns, np.zeros(len(columns.actors), np.uint8))

    @cached_property
    def owners(self) -> tuple[I64, I64]:
        """The identities with events here, ascending, and the actor each belongs to."""
        rows = self.columns.rows
        identities, first = np.unique(rows.identity, return_index=True)
        known = identities > 0
        return identities[known].astype(np.int64), rows.actor[first[known]]

    @cached_property
    def size(self) -> int:
        """How many rows still count."""
        kept = self.gone == 0
        return int(np.diff(self.columns.starts)[kept].sum())

    def rows_of(self, actors: I64) -> Rows:
        """The rows of those of these actors (ascending) who live here."""
        places = self.columns.places_of(actors)
        return self.columns.rows_of(places[self.gone[places] == 0])

    def without(self, actors: I64) -> "Level":
        """The layer after these actors (ascending) moved away; itself when none of them lives here."""
        places = self.columns.places_of(actors)
        if not len(places):
            return self
        gone = self.gone.copy()
        gone[places] = 1
        level = Level(self.columns, gone)
        if "owners" in self.__dict__:
            level.__dict__["owners"] = self.owners
        return level

    def kept(self) -> Rows:
        """The rows that still count."""
        if not self.gone.any():
            return self.columns.rows
        return self.columns.rows_of(np.flatnonzero(self.gone == 0))

    def actors_of(self, identities: I64) -> set[int]:
        """The actors here that these identities (ascending) belong to."""
        known, actors = self.owners
        places = np.searchsorted(known, identities)
        places = np.minimum(places, max(len(known) - 1, 0))
        if not len(known):
            return set()
        return set(actors[places[known[places] == identities]].tolist())


Levels = tuple[Level, ...]


def rows_of(levels: Levels, actors: Iterable[int]) -> Rows:
    """The rows of these actors, wherever they live."""
    wanted = np.array(sorted(actors), np.int64)
    return joined([level.rows_of(wanted) for level in levels])


def actors_of(levels: Levels, identities: Iterable[int]) -> set[int]:
    """The actors that these identities belong to as far as the layers know."""
    wanted = np.array(sorted(identities), np.int64)
    found: set[int] = set()
    for level in levels:
        found |= level.actors_of(wanted)
    return found


def put(levels: Levels, *, actors: Iterable[int], rows: Rows, bounds: Sequence[int]) -> Levels:
    """The layers after these actors got `rows` as their whole story.

    bounds: how many rows a layer may hold before it is poured into the one below, from the top down; the
    lowest layer has no bound.
    """
    moved = np.array(sorted(actors), np.int64)
    *lower, top = (level.without(moved) for level in levels)
    found = [*lower, Level.of(sorted_columns(joined([top.kept(), rows])))]
    for place, bound in zip(range(len(found) - 1, 1, -1), bounds, strict=False):
        if found[place].size > bound:
            below = sorted_columns(joined([found[place - 1].kept(), found[place].kept()]))
            found[place - 1 : place + 1] = [Level.of(below), Level.of(sorted_columns(no_rows()))]
    return tuple(found)


def merged(levels: Levels) -> Columns:
    """All layers as one."""
    return sorted_columns(joined([level.kept() for level in levels]))
