"""Values of a person's rows as programs and as people read them."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from trichter.core.journal.models import Identity
from trichter.core.shell import cells

from . import labels


@dataclass(frozen=True, kw_only=True)
class Line:
    """One value: `value` is JSON for programs, `shown` words for people (empty: not for people)."""

    name: str
    label: str
    value: Any
    shown: str


def lines(row: models.Model, names: tuple[str, ...], *, stages: Mapping[str, str]) -> Iterator[Line]:
    """These columns of a row, those that are empty left out. `stages`: names of stages by key."""
    meta: Any = row._meta
    for name in names:
        field = meta.get_field(name)
        value = getattr(row, name)
        if value in (None, "", [], {}) or (isinstance(field, models.FileField) and not value):
            continue
        yield Line(
            name=name, label=labels.column(field), value=plain(value),
            shown=_shown(row, field, value, stages),
        )  # fmt: skip


def plain(value: Any) -> Any:
    """For JSON: moments as ISO 8601, related records by their name, bytes as text where they are text."""
    if value is None or isinstance(value, str | bool | int | float | dict | list):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return base64.b64encode(raw).decode()
    return str(value)


def _shown(row: models.Model, field: Any, value: Any, stages: Mapping[str, str]) -> str:
    currency = getattr(row, "currency", None)
    if isinstance(value, bytes | memoryview):
        return _("%(n)s bytes, in data.json") % {"n": len(value)}
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(field, models.FileField):
        return PurePath(value.name).name
    if isinstance(field, models.BigIntegerField) and isinstance(currency, str):
        return cells.money(value, currency or "EUR")
    if field.name == "stage" and isinstance(value, str):
        return stages.get(value, value)
    if field.name == "currency":
        return ""  # stands with the sum
    if isinstance(row, Identity) and field.name == "kind":
        return identity_kind(value)
    if isinstance(value, Identity):
        return f"{identity_kind(value.kind)}: {value.value}"
    return words(value)


def identity_kind(kind: str) -> str:
    """“e-mail address”; a kind of an import as it is."""
    return str(dict(Identity.Kind.choices).get(kind, kind))


def words(value: Any) -> str:
    """Any value in the reader's language; moments in the company's zone, nested ones line by line."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return cells.moment(value)
        case date():
            return cells.day(value)
        case Decimal() | float() | int() | str():
            return str(value)
        case dict():
            if "label" in value and ("text" in value or "value" in value):
                return f"{value['label']}: {words(value.get('text') or value.get('value'))}"
            parts = [
                f"{labels.event_field(key) or key}: {words(one)}"
                for key, one in value.items()
                if one not in (None, "", [], {})
            ]
            return "\n".join(parts)
        case list() | tuple():
            texts = [words(one) for one in value]
            return ("\n" if any(isinstance(one, dict) for one in value) else ", ").join(texts)
    return str(value)
