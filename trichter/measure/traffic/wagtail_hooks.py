"""What the web analytics offer to the shell: menu entries."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """The overview."""
    return [
        MenuItem(
            group="traffic", label=_("Web analytics"), url_name="traffic:overview", icon="chart-line",
            permission="traffic.view_traffic", order=10,
        ),
    ]  # fmt: skip
