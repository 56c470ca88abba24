"""Writes of the shell: list preferences, saved views, the company's settings."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from .models import Installation, ListPreference, SavedView


def keep_list_preference(
    *, user: Any, resource: str, columns: Sequence[str] | None = None, size: int | None = None
) -> None:
    """Remember a user's columns (empty: the default ones) or page size of a list."""
    values: dict[str, Any] = {}
    if columns is not None:
        values["columns"] = list(columns)
    if size is not None:
        values["size"] = size
    ListPreference.objects.update_or_create(user=user, resource=resource, defaults=values)


@transaction.atomic
def save_view(
    *, owner: Any, resource: str, name: str, query: str, columns: Sequence[str] = (), shared: bool = False
) -> SavedView:
    """Keep a list's state under a name; an own view of that name is replaced."""
    view, _created = SavedView.objects.update_or_create(
        owner=owner,
        resource=resource,
        name=name,
        defaults={"query": query, "columns": list(columns), "shared": shared},
    )
    return view


def update_view(*, view: SavedView, name: str, shared: bool, query: str, columns: Sequence[str]) -> None:
    """Rename a view, share it or take it back, and keep what its list shows now."""
    view.name, view.shared, view.query, view.columns = name, shared, query, list(columns)
    view.save(update_fields=["name", "shared", "query", "columns"])


def delete_view(*, view: SavedView) -> None:
    """Remove a view; the list stays."""
    view.delete()


def save_installation(*, installation: Installation) -> None:
    """Store the company's settings as the one row."""
    installation.pk = 1
    installation.save()


def set_language(*, user: Any, language: str) -> None:
    """Keep the language a user reads the back office in."""
    user.language = language
    user.save(update_fields=["language"])
