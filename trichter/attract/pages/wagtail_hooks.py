"""What the pages offer: menu entries and search to the shell, the check to the editor."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .models import ContentPage
from .seo.actions import check
from .views.office import Contents


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """The list of content, whom it is for and what it is about, and a new landing page."""
    return [
        MenuItem(
            group="site", label=_("Contents"), url_name="pages:contentpage_list", icon="file-text",
            permission="pages.view_contentpage", order=15,
        ),
        MenuItem(
            group="site", label=_("Personas"), url_name="pages:persona_list", icon="user",
            permission="pages.view_persona", order=16,
        ),
        MenuItem(
            group="site", label=_("Topics"), url_name="pages:topic_list", icon="tags",
            permission="pages.view_topic", order=17,
        ),
        MenuItem(
            group="site", label=_("Landing page"), url_name="pages:landing_new", icon="file-text",
            permission="pages.add_landingpage", order=20, create=True,
        ),
    ]  # fmt: skip


@hooks.register("register_search")
def search() -> Provider:
    """Pages by title and address."""
    return Contents.get().search_provider(order=70)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def judge(_request: HttpRequest, page: Any) -> None:
    """Every save in the editor ends with a check of what was saved."""
    if isinstance(page, ContentPage):
        check(page=page)
