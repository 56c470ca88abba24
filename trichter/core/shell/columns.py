"""A list's columns: where a value comes from and how it looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst

Kind = Literal["text", "number", "money", "percent", "day", "time", "badge", "meter", "user", "bool", "tags"]
Tone = Literal["", "blue", "azure", "green", "red", "orange", "yellow", "purple", "teal"]
RIGHT: frozenset[str] = frozenset({"number", "money", "percent"})


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a list, and one line of a record page.

    name: the model's field, or a path over relations (`person__owner`); also the name in the address.
    label: heading; the field's own when empty. value: replaces reading the path; gets the row.
    sub: a second, quiet line under the value. url: makes the value a link.
    currency: for `money`, the row's attribute with the currency of the minor units.
    tones: for `badge`, the colour by stored value. high: for `meter`, the full scale.
    sort: fields to sort by; the path itself when it is made of fields, `()` for "cannot be sorted".
    shown: visible until the user chooses otherwise. lead: the cell that opens the row. avatar: initials
    before the value.
    """

    name: str
    label: str | Promise = ""
    kind: Kind = "text"
    value: Callable[[Any], Any] | None = None
    sub: Callable[[Any], Any] | None = None
    url: Callable[[Any], str] | None = None
    currency: str = "currency"
    tones: Mapping[str, Tone] = field(default_factory=dict)
    high: int = 100
    sort: tuple[str, ...] | None = None
    shown: bool = True
    lead: bool = False
    avatar: bool = False

    @property
    def right(self) -> bool:
        """Figures stand on the right."""
        return self.kind in RIGHT


def read(*, column: Column, row: Any) -> Any:
    """The row's value for this column; None where a relation on the way is empty."""
    return column.value(row) if column.value else follow(row=row, path=column.name)


def follow(*, row: Any, path: str) -> Any:
    """The value at a path such as `person__owner`; None where a relation on the way is empty."""
    value = row
    for part in path.split("__"):
        try:
            value = getattr(value, part, None)
        except ObjectDoesNotExist:
            return None
        if value is None:
            return None
    return value


def field_at(*, model: type[models.Model], path: str) -> "models.Field[Any, Any] | None":
    """The model field at the end of a path, or None when a part of it is no field."""
    found: Any = None
    here: Any = model
    for part in path.split("__"):
        if here is None:
            return None
        try:
            found = here._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        here = getattr(found, "related_model", None)
    return found if isinstance(found, models.Field) else None


def label_of(*, column: Column, model: type[models.Model]) -> str:
    """The column's heading."""
    if column.label:
        return str(column.label)
    found = field_at(model=model, path=column.name)
    return str(capfirst(found.verbose_name) if found else capfirst(column.name.replace("_", " ")))


def sort_fields(*, column: Column, model: type[models.Model]) -> tuple[str, ...]:
    """What the database sorts by; a relation is sorted as its own model's first field of order."""
    if column.sort is not None:
        return column.sort
    if column.value is not None:
        return ()
    found = field_at(model=model, path=column.name)
    if found is None or found.many_to_many:
        return ()
    if found.related_model is None:
        return (column.name,)
    inner = [str(name).lstrip("-") for name in found.related_model._meta.ordering or ["pk"]]
    return tuple(f"{column.name}__{name}" for name in inner)
