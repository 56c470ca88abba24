"""The search over everything. Features offer providers by hook, resources bring one along.

@hooks.register("register_search")
def search():
    return OrderResource.get().search_provider()     # or any Provider
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from wagtail import hooks

from .filters import SearchField, matching

if TYPE_CHECKING:
    from .resource import Resource

PER_GROUP = 6


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing found. `hint` is the quiet text beside the label."""

    label: str
    url: str
    icon: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Hits of one kind."""

    label: str
    hits: Sequence[Hit]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A kind of thing that can be found. `find(query, user, limit)` returns only what the user may see."""

    label: str | Promise
    find: Callable[[str, Any, int], Sequence[Hit]]
    permission: str = ""
    order: int = 100


def resource_provider(*, resource: "Resource", order: int = 100) -> Provider:
    """Searches a resource's own search fields in the user's visible rows."""

    def find(query: str, user: Any, limit: int) -> list[Hit]:
        rows = resource.queryset(user=user).filter(matching(text=query, fields=resource.search))
        return [
            Hit(label=str(row), url=resource.url_of(row), icon=resource.icon, hint=resource.subtitle(obj=row))
            for row in rows[:limit]
        ]

    label = resource.model._meta.verbose_name_plural or ""
    return Provider(label=label, find=find, permission=resource.permission("view"), order=order)


def search(*, query: str, user: Any, limit: int = PER_GROUP) -> list[Group]:
    """Hits by kind. Raises ValidationError for a query that cannot be searched."""
    text = SearchField().clean(query)
    if not text:
        return []
    providers: list[Provider] = []
    for offer in hooks.get_hooks("register_search"):
        made = offer()
        providers += [made] if isinstance(made, Provider) else list(made)
    found = []
    for provider in sorted(providers, key=lambda one: one.order):
        if provider.permission and not user.has_perm(provider.permission):
            continue
        hits = provider.find(text, user, limit)
        if hits:
            found.append(Group(label=str(capfirst(str(provider.label))), hits=hits))
    return found
