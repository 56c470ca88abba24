"""Labels that rows stick on people and companies."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from trichter.core.journal.bulk import insert
from trichter.core.people.models import Company, Person, Tag

from .batch import Batch

_CHUNK = 400


class Labels:
    """Labels of the records of one model. A label is told apart by its folded spelling in the database."""

    def __init__(self, batch: Batch, model: type[Person] | type[Company]) -> None:
        self._batch = batch
        self._through: Any = model.tags.through
        self._column = f"{model._meta.model_name}_id"
        self._tags: dict[str, Tag] = {}
        self._worn: dict[int, set[str]] = defaultdict(set)
        self._asked: set[int] = set()
        self._adding: dict[int, tuple[Any, list[str]]] = {}

    def load(self, *, names: Iterable[str], owners: Iterable[int]) -> None:
        """Look up the labels of these names, and those that these records wear."""
        wanted = sorted({name for name in names if name not in self._tags})
        for start in range(0, len(wanted), _CHUNK):
            for tag in Tag.objects.filter(name__in=wanted[start : start + _CHUNK]):
                self._tags[tag.name] = tag
        ids = [pk for pk in owners if pk not in self._asked]
        self._asked.update(ids)
        for start in range(0, len(ids), _CHUNK):
            rows = self._through.objects.filter(**{f"{self._column}__in": ids[start : start + _CHUNK]})
            for pk, name in rows.values_list(self._column, "tag__name"):
                self._worn[pk].add(name)

    def add(self, holder: Any, names: Sequence[str]) -> bool:
        """Stick labels on the record that `holder` carries; returns whether one was missing."""
        worn = self._worn[holder.record.pk or -id(holder)]
        missing = [name for name in dict.fromkeys(names) if name not in worn]
        worn.update(missing)
        if missing:
            self._adding.setdefault(id(holder), (holder, []))[1].extend(missing)
        return bool(missing)

    def flush(self) -> None:
        """Insert new labels and stick all on; call it when the records are inserted."""
        new = dict.fromkeys(
            name for _, names in self._adding.values() for name in names if name not in self._tags
        )
        made = [Tag(name=name) for name in new]
        Tag.objects.bulk_create(made, batch_size=_CHUNK)
        for tag in made:
            self._tags[tag.name] = tag
            self._batch.created(tag, ("name",))
        rows = []
        for holder, names in self._adding.values():
            ids = [self._tags[name].pk for name in names]
            rows += [(holder.record.pk, pk) for pk in ids]
            self._worn[holder.record.pk].update(names)
            self._batch.updated(holder.record, {}, **{"+tags": ids})
        insert(self._through, (self._column, "tag_id"), rows, ignore=True)
        self._adding = {}

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self._adding = {}
