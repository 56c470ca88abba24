"""What the journal offers: its place in the menu."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem

from . import attention

hooks.register("register_attention", attention.points)


@hooks.register("register_menu")
def status_entry() -> MenuItem:
    return MenuItem(
        group="settings",
        label=_("System status"),
        url_name="journal:status",
        icon="heart-rate-monitor",
        permission="journal.view_cursor",
        order=900,
    )
