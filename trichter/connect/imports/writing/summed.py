"""Records of sums: all rows of a file about one record are added up, and one record is written."""

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar, Protocol

from django.db import models

from trichter.core.journal.bulk import insert_records

from .batch import Batch, Before, Outcome, save_fields

Number = int | float
Values = Mapping[str, Number | None]
_CHUNK = 400


class Total:
    """A row that adds up the others, or stands below them: nothing to take over, and nothing wrong."""


class Row(Protocol):
    """A row that was read: whose sums (values of `names`, in order), and the numbers by field name."""

    @property
    def key(self) -> tuple[Any, ...]: ...

    @property
    def values(self) -> Values: ...


class _Held:
    __slots__ = ("before", "new", "record")

    def __init__(self, record: models.Model, *, new: bool) -> None:
        self.record = record
        self.new = new
        self.before: Before = {}


class SummedImporter:
    """One record per key. Needs the whole file at once: rows of one record are added up.

    names: the fields that make the key; day: the one of them by which records are looked up.
    """

    model: ClassVar[type[models.Model]]
    names: ClassVar[tuple[str, ...]]
    day: ClassVar[str]
    numbers: ClassVar[tuple[str, ...]]

    def __init__(self, batch: Batch, *, dry: bool) -> None:
        self.batch = batch
        self._known: dict[Hashable, _Held] = {}
        self._sums: dict[tuple[Any, ...], Values] = {}
        self._planned: dict[Hashable, Outcome] = {}

    @staticmethod
    def add(one: Values, other: Values) -> Values:
        """The numbers of two rows of one record."""
        raise NotImplementedError

    def load(self, drafts: list[Row | Total]) -> None:
        """Add up the rows and look up the records of their days."""
        for draft in drafts:
            if isinstance(draft, Total):
                continue
            before = self._sums.get(draft.key)
            self._sums[draft.key] = draft.values if before is None else self.add(before, draft.values)
        place = self.names.index(self.day)
        days = sorted({key[place] for key in self._sums})
        for start in range(0, len(days), _CHUNK):
            for record in self.model._base_manager.filter(
                **{f"{self.day}__in": days[start : start + _CHUNK]}
            ):
                key = tuple(getattr(record, name) for name in self.names)
                self._known[key] = _Held(record, new=False)

    def plan(self, draft: Row | Total) -> Outcome:
        """The first row of a record carries the sum; the others belong to it."""
        if isinstance(draft, Total):
            return "unchanged"
        if (first := self._planned.get(draft.key)) is not None:
            return "unchanged" if first == "unchanged" else "updated"
        self._planned[draft.key] = outcome = self._first(draft.key)
        return outcome

    def _first(self, key: tuple[Any, ...]) -> Outcome:
        values, known = self._sums[key], self._known.get(key)
        if known is None:
            record = self.model(**dict(zip(self.names, key, strict=True)), **values)
            self._known[key] = _Held(record, new=True)
            return "created"
        if self.batch.context.options.existing == "skip":
            return "unchanged"
        for name in self.numbers:
            old, value = getattr(known.record, name), values[name]
            fill = self.batch.context.options.existing == "fill" and old is not None
            if value is not None and value != old and not fill:
                known.before[name] = old
                setattr(known.record, name, value)
        return "updated" if known.before else "unchanged"

    def flush(self) -> None:
        """Insert new records, write changed ones."""
        fresh = [one.record for one in self._known.values() if one.new]
        insert_records(fresh)
        for record in fresh:
            self.batch.created(record, (*self.names, *self.numbers))
        for one in self._known.values():
            if one.before:
                save_fields(one.record, one.before)
                self.batch.updated(one.record, one.before)
        self.batch.flush()

    def forget(self) -> None:
        """Nothing is kept: the whole file is one batch."""
        self.batch.forget()
