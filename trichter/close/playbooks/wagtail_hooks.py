"""What playbooks offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Marketing, above everything else: it is where a new house begins."""
    return MenuItem(
        group="marketing", label=_("From visit to lead"), url_name="playbooks:whitepaper", icon="player-play",
        permission="playbooks.view_piece", order=1,
    )  # fmt: skip
