"""What the calls to action offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .views import Ctas


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Calls to action, and a new one."""
    return [
        MenuItem(
            group="site", label=_("CTAs"), url_name="ctas:cta_list", icon="click",
            permission="ctas.view_cta", order=43,
        ),
        MenuItem(
            group="site", label=_("Call to action"), url_name="ctas:cta_new", icon="click",
            permission="ctas.add_cta", order=43, create=True,
        ),
    ]  # fmt: skip


@hooks.register("register_search")
def search() -> Provider:
    """Calls to action by name and text."""
    return Ctas.get().search_provider(order=84)
