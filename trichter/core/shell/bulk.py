"""Actions on many rows at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise

MOST_ROWS = 50_000

Run = Callable[[QuerySet[Any], Any, Mapping[str, Any]], int]


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """Offered under a list's table when rows are chosen.

    run: gets the chosen visible rows, the user and the form's cleaned data; returns how many rows changed.
    form: asked for before it runs; without one the user only confirms. permission: full name; the
    resource's "change" when empty. danger: red, for what cannot be undone. go: for an action with a page
    of its own: gets the chosen rows and the user and returns the address; nothing is asked and `run` is not
    called. Raises ValidationError when the choice does not fit.
    """

    key: str
    label: str | Promise
    icon: str
    run: Run
    form: type[forms.Form] | None = None
    permission: str = ""
    danger: bool = False
    question: str | Promise = ""
    go: Callable[[QuerySet[Any], Any], str] | None = None
