"""What double opt-in offers to forms, mails and the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.attract.forms.consequences import Consequence, Outcome
from trichter.core.mail.rendering import Renderer
from trichter.core.shell.menu import MenuItem

from . import actions, writing


def _ask(outcome: Outcome) -> None:
    actions.ask(outcome=outcome)


@hooks.register("register_form_consequence")
def double_opt_in() -> Consequence:
    """Ask for the confirmation of what was ticked."""
    return Consequence(key="optin", run=_ask)


@hooks.register("register_mail_renderer")
def confirmation() -> Renderer:
    """The confirmation mail."""
    return Renderer(key=writing.KEY, render=writing.render)


@hooks.register("register_mail_preferences")
def preferences(token: str) -> str:
    """Where recipients choose what they get."""
    return actions.preferences_path(token)


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Marketing: who was asked, who confirmed."""
    return MenuItem(
        group="mail", label=_("Double opt-in"), url_name="optin:optinrequest_list", icon="shield-check",
        permission="optin.view_optinrequest", order=44,
    )  # fmt: skip
