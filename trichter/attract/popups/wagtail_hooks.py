"""What the pop-ups offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Marketing: pop-ups."""
    return MenuItem(
        group="site", label=_("Pop-ups"), url_name="popups:popup_list", icon="message",
        permission="popups.view_popup", order=44,
    )  # fmt: skip
