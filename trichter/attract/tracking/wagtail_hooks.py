"""What the tracking offers to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem


@hooks.register("register_menu")
def menu() -> MenuItem:
    """The tag and everything about it."""
    return MenuItem(
        group="traffic",
        label=_("Tracking"),
        url_name="tracking:tag",
        icon="activity",
        permission="tracking.view_trackingsettings",
        order=80,
    )
