"""What funnels offer to the shell: menu entries and the search."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Hit, Provider

from .queries import funnels_matching
from .views.audiences import Audiences


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """The funnels, the saved lists, a new funnel."""
    return [
        MenuItem(
            group="management", label=_("Funnels"), url_name="funnels:funnel_list", icon="filter",
            permission="funnels.view_funnel", order=10,
        ),
        MenuItem(
            group="marketing", label=_("Saved lists"), url_name="funnels:savedaudience_list",
            icon="list-details", permission="funnels.view_savedaudience", order=80,
        ),
        MenuItem(
            group="management", label=_("Funnel"), url_name="funnels:funnel_new", icon="filter",
            permission="funnels.add_funnel", order=90, create=True,
        ),
    ]  # fmt: skip


@hooks.register("register_search")
def search() -> list[Provider]:
    """Funnels by name and step, saved lists by name."""

    def find(query: str, user: Any, limit: int) -> Sequence[Hit]:
        return [
            Hit(label=funnel.name, url=reverse("funnels:funnel_detail", args=[funnel.slug]), icon="filter")
            for funnel in funnels_matching(query)[:limit]
        ]

    return [
        Provider(label=_("Funnels"), find=find, permission="funnels.view_funnel", order=50),
        Audiences.get().search_provider(order=70),
    ]
