"""What every model holds, put together from all AppConfigs; and which columns could hold anything."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from django.apps import apps
from django.db import models
from django.db.models import Q

from trichter.kit.personal import ALL, Held

from .foreign import FOREIGN, FOREIGN_APPS

_TEXT = (
    models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField,
    models.GenericIPAddressField,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A model and what it holds."""

    model: type[models.Model]
    held: Held

    @property
    def label(self) -> str:
        """Such as "people.Note"."""
        return self.model._meta.label

    def owned(
        self, *, people: Collection[int], identities: Collection[int]
    ) -> "models.QuerySet[models.Model]":
        """The rows about these people, to whom these identities are linked."""
        ways = []
        for path in self.held.subject:
            # By way of the links the whole journal would be read for one person.
            seen = path.removesuffix("link__person")
            lookup = {f"{path}__in": people} if seen == path else {f"{seen or 'pk__'}in": identities}
            ways.append(Q(**lookup))
        return self.model._base_manager.filter(reduce(or_, ways)).distinct()


def text_columns(model: type[models.Model]) -> list[str]:
    """Columns that can hold words, those with a fixed choice left out."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, _TEXT) and not field.choices and not field.is_relation
    ]


def all_models() -> list[type[models.Model]]:
    """Every table there is, those between two models included."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def declared(model: type[models.Model]) -> Held | None:
    """What is declared about a model; None when nobody thought of it."""
    config = apps.get_app_config(model._meta.app_label)
    own: Held | None = getattr(config, "personal", {}).get(model.__name__)
    if own is not None:
        return own
    return FOREIGN.get(model._meta.label) or FOREIGN_APPS.get(model._meta.app_label)


@cache
def holdings() -> tuple[Holding, ...]:
    """All models that can hold anything about a person, in a steady order."""
    found = []
    for model in sorted(all_models(), key=lambda one: one._meta.label):
        held = declared(model)
        if held is not None and held.none != ALL:
            found.append(Holding(model=model, held=held))
    return tuple(found)


def undeclared() -> Iterator[str]:
    """Columns and links to people that no declaration covers."""
    for model in all_models():
        held = declared(model)
        if held is not None and held.none == ALL:
            continue
        columns, links = text_columns(model), _links(model)
        if held is None:
            yield from (f"{model._meta.label}.{name}" for name in (*columns, *links))
            continue
        named = {*held.erase, *held.scrub, *held.whole, *held.keep, *held.none}
        gone = held.rows in ("delete", "own") and (held.subject or held.points)
        yield from (f"{model._meta.label}.{name}" for name in columns if name not in named and not gone)
        paths = {path.split("__")[0] for path in held.subject}
        yield from (f"{model._meta.label}.{name}" for name in links if name not in paths and not gone)
        yield from (f"{model._meta.label}.{name} does not exist" for name in named - {*columns, *ALL})


def untold() -> Iterator[str]:
    """Columns of rows about people of which nobody said whether the person gets them."""
    for holding in holdings():
        if not (holding.held.subject or holding.held.points):
            continue
        told, inner = set(holding.held.told), set(holding.held.inner)
        fields = {field.name for field in holding.model._meta.concrete_fields if not field.primary_key}
        left = fields - told - inner - set(_links(holding.model, merged=True))
        yield from (f"{holding.label}.{name}" for name in sorted(left))
        yield from (f"{holding.label}.{name} is both" for name in sorted(told & inner))
        yield from (f"{holding.label}.{name} does not exist" for name in sorted((told | inner) - fields))


def _links(model: type[models.Model], *, merged: bool = False) -> list[str]:
    """Foreign keys to a person or an identity. merged: also a record's link to the one it was merged into."""
    subjects = ("people.Person", "journal.Identity")
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation
        and (merged or field.related_model is not model)
        and getattr(getattr(field.related_model, "_meta", None), "label", "") in subjects
    ]
