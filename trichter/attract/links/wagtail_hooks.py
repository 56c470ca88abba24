"""What the short links offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .views.office import ShortLinks


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Links, and a new one."""
    return [
        MenuItem(
            group="traffic", label=_("Links and QR codes"), url_name="links:shortlink_list", icon="qrcode",
            permission="links.view_shortlink", order=58,
        ),
        MenuItem(
            group="traffic", label=_("Short link"), url_name="links:shortlink_new", icon="qrcode",
            permission="links.add_shortlink", order=58, create=True,
        ),
    ]  # fmt: skip


@hooks.register("register_search")
def search() -> Provider:
    """Links by name, short name, target and campaign."""
    return ShortLinks.get().search_provider(order=82)
