"""Everything about one person in one place: the records that are one, their identities, rows and mentions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from trichter.core.journal.models import Identity
from trichter.core.people.models import Person
from trichter.core.people.queries import PERSON_IDENTITY, linked_to, merged_ids, survivor_of

from .registry import Holding, holdings
from .values import Values, as_text

Tick = Callable[[], None]
_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class Subject:
    """`people`: ids of the living record and of all it took in. `identities`: id → (kind, value)."""

    person: Person
    people: list[int]
    identities: dict[int, tuple[str, str]]
    values: Values

    @classmethod
    def of(cls, person: Person) -> "Subject":
        """Of a person, or the one it lives on in."""
        living = survivor_of(person)
        people = merged_ids(living)
        own = Identity.objects.filter(kind=PERSON_IDENTITY, value__in=[str(pk) for pk in people])
        ids = {*linked_to(people), *own.values_list("pk", flat=True)}
        rows = Identity.objects.filter(pk__in=ids).values_list("id", "kind", "value")
        identities = {pk: (kind, value) for pk, kind, value in rows}
        records = list(Person.objects.filter(pk__in=people))
        values = Values.of(people=records, identities=identities.values())
        return cls(person=living, people=people, identities=identities, values=values)

    def rows(self) -> "Iterator[tuple[Holding, models.QuerySet[models.Model]]]":
        """Every model with the rows about this person, also those that only name a record by its number."""
        numbers = self._numbers()
        for holding in holdings():
            if holding.held.points:
                yield holding, _pointing(holding, numbers)
            elif holding.held.subject:
                yield holding, self._owned(holding)

    def _owned(self, holding: Holding) -> "models.QuerySet[models.Model]":
        return holding.owned(people=self.people, identities=list(self.identities))

    def _numbers(self) -> dict[type[models.Model], list[int]]:
        """The numbers of all rows that something else can point to."""
        return {
            one.model: [pk for pk in self._owned(one).values_list("pk", flat=True) if isinstance(pk, int)]
            for one in holdings()
            if one.held.subject and one.label not in ("journal.Event", "journal.ParkedEvent")
        }

    def mentions(self, *, skip: tuple[str, ...] = ()) -> "Iterator[tuple[Holding, models.Model, list[str]]]":
        """Rows, anybody's, in which this person is named, with the columns in which it happens."""
        for holding in holdings():
            columns = [*holding.held.scrub, *holding.held.whole]
            columns = [name for name in columns if not _is_file(holding, name)]
            if not columns or not self.values.texts or holding.label in skip:
                continue
            rows = holding.model._base_manager.annotate(**as_text(columns)).filter(
                self.values.within(columns)
            )
            last: Any = None
            # In parts by key: whoever reads this changes the rows meanwhile.
            while part := list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:_CHUNK]):
                for row in part:
                    last = row.pk
                    hit = [name for name in columns if self.values.mentioned(getattr(row, name))]
                    if hit:
                        yield holding, row, hit


def _pointing(
    holding: Holding, numbers: Mapping[type[models.Model], Sequence[int]]
) -> "models.QuerySet[models.Model]":
    assert holding.held.points is not None
    which, number = holding.held.points
    by_type = holding.model._meta.get_field(which).is_relation
    found = Q(pk__in=[])
    for model, ids in numbers.items():
        name: Any = ContentType.objects.get_for_model(model) if by_type else model._meta.label_lower
        for start in range(0, len(ids), 500):
            found |= Q(**{which: name, f"{number}__in": ids[start : start + 500]})
    return holding.model._base_manager.filter(found)


def _is_file(holding: Holding, name: str) -> bool:
    return isinstance(holding.model._meta.get_field(name), models.FileField)
