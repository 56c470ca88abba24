"""What the mail house offers: a sender in every worker, its screens, and a person's mails."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.journal.worker import Turn
from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.shell.menu import MenuItem

from . import attention, queries
from .labels import REASONS, TONES
from .sending import Sender

_PANEL_ROWS = 8


hooks.register("register_attention", attention.points)


@hooks.register("register_worker_turn")
def sender() -> Turn:
    """Sends what is due, with a connection of its own."""
    found = Sender()
    return Turn(name="mail", work=found.turn, close=found.close)


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Marketing: is everything right, what was sent."""
    return MenuItem(
        group="mail", label=_("Delivery"), url_name="mail:cockpit", icon="mail",
        permission="mail.view_mailsettings", order=50,
    )  # fmt: skip


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """The person's addresses that are not written to; the last mails and what became of them.

    That an address is dead concerns everybody who works with the person.
    """
    panels = []
    if stopped := queries.suppressions_of(person):
        panels.append(Panel(slot="side", order=5, template="mail/stopped.html", context={"stopped": stopped}))
    if not request.user.has_perm("mail.view_delivery"):
        return panels
    rows = [
        (row, REASONS.get(row.reason, ""), TONES.get(row.state, ""))
        for row in queries.of_person(person)[:_PANEL_ROWS]
    ]
    if rows:
        panels.append(Panel(slot="side", order=65, template="mail/panel.html", context={"mails": rows}))
    return panels
