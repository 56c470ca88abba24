"""What the ledger offers to the shell and to the person page."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.shell.menu import MenuItem

from . import queries


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Settings: data protection."""
    return MenuItem(
        group="settings", label=_("Data protection"), url_name="consent:purpose_list", icon="shield-lock",
        permission="consent.view_purpose", order=45,
    )  # fmt: skip


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """What the person allows, with the wording, the day and the proof."""
    if not request.user.has_perm("consent.view_consentrecord"):
        return []
    context = {"standings": queries.standing(person)}
    return [Panel(slot="side", order=60, template="consent/panel.html", context=context)]


@hooks.register("register_purpose_names")
def purpose_name(key: str) -> str:
    """For the timeline, whose events carry the key."""
    return queries.name_of(key)
