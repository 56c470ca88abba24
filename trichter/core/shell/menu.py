"""The menu by department, that of marketing in four parts.

Features offer entries by hook; the user sees those he may open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

Group = Literal[
    "today", "marketing", "traffic", "site", "mail", "sales", "service", "management", "settings"
]  # fmt: skip
_GROUPS: tuple[tuple[Group, Promise | str], ...] = (
    ("today", ""),
    ("marketing", _("Marketing")),
    ("traffic", _("Visits and campaigns")),
    ("site", _("Website")),
    ("mail", _("E-mail")),
    ("sales", _("Sales")),
    ("service", _("Service")),
    ("management", _("Management")),
    ("settings", _("Settings")),
)


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """An entry: `url_name` is reversed without arguments; `permission` hides it from those who lack it.

    Offered with `@hooks.register("register_menu")` as a function without arguments that returns one item
    or a list of items. `create=True` puts it into the “New” drop-down instead of the sidebar.
    """

    group: Group
    label: Promise | str
    url_name: str
    icon: str
    permission: str = ""
    order: int = 100
    create: bool = False
    url: str = ""
    active: bool = False
    badge: str = ""


@dataclass(frozen=True, kw_only=True)
class MenuGroup:
    """A heading of a department or a part of it with its entries."""

    key: str
    label: Promise | str
    items: list[MenuItem] = field(default_factory=list)


def _offered(*, request: HttpRequest, create: bool) -> list[MenuItem]:
    found: list[MenuItem] = []
    for offer in hooks.get_hooks("register_menu"):
        items: MenuItem | Iterable[MenuItem] = offer()
        found += [items] if isinstance(items, MenuItem) else list(items)
    allowed = [
        item
        for item in found
        if item.create == create and (not item.permission or request.user.has_perm(item.permission))
    ]
    return sorted(allowed, key=lambda item: item.order)


def build_menu(*, request: HttpRequest) -> list[MenuGroup]:
    """The sidebar for this user; the entry with the longest matching address is active."""
    items = [replace(item, url=reverse(item.url_name)) for item in _offered(request=request, create=False)]
    here = max((item.url for item in items if request.path.startswith(item.url)), key=len, default="")
    groups = [
        MenuGroup(
            key=key,
            label=label,
            items=[replace(item, active=item.url == here) for item in items if item.group == key],
        )
        for key, label in _GROUPS
    ]
    return [group for group in groups if group.items]


def build_create_links(*, request: HttpRequest) -> list[MenuItem]:
    """The entries of the “New” drop-down for this user."""
    return [replace(item, url=reverse(item.url_name)) for item in _offered(request=request, create=True)]
