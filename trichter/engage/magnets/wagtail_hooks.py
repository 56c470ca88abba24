"""What lead magnets offer to forms, confirmations, mails and the shell."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.attract.forms.consequences import Consequence
from trichter.core.mail.rendering import Renderer
from trichter.core.shell.menu import MenuItem
from trichter.engage.optin.actions import Offer
from trichter.engage.optin.models import OptinRequest

from . import actions, writing


@hooks.register("register_form_consequence")
def granting() -> Consequence:
    """Whoever sends the form gets its file."""
    return Consequence(key="magnets", run=actions.grant)


@hooks.register("register_optin_offers")
def after_confirmation(*, request: OptinRequest, at: datetime) -> list[Offer]:
    """The file on the page of the confirmation, and by mail."""
    return actions.offers(request=request, at=at)


@hooks.register("register_mail_renderer")
def mail_with_link() -> Renderer:
    """The mail with the link."""
    return Renderer(key=actions.RENDERER, render=writing.render)


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Marketing: downloads."""
    return [
        MenuItem(
            group="site", label=_("Downloads"), url_name="magnets:magnet_list", icon="download",
            permission="magnets.view_magnet", order=43,
        ),
        MenuItem(
            group="site", label=_("Download"), url_name="magnets:magnet_new", icon="download",
            permission="magnets.add_magnet", order=43, create=True,
        ),
    ]  # fmt: skip
