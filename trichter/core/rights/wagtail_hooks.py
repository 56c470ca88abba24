"""What this feature offers: tabs of “Data protection”, and a door on the person page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail import hooks

from trichter.core.people.models import Person
from trichter.core.people.panels import Panel

from . import attention

hooks.register("register_attention", attention.points)


@hooks.register("register_privacy_tabs")
def tabs() -> list[tuple[str, Any, str, str]]:
    """Key, label, address, permission."""
    return [
        ("requests", _("Requests"), "rights:request_list", "rights.handle_requests"),
        ("retention", _("Retention"), "rights:rules", "rights.change_retentionrule"),
    ]


@hooks.register("register_person_panels")
def door(person: Person, request: HttpRequest) -> list[Panel]:
    """The way to everything that is held."""
    if not request.user.has_perm("rights.handle_requests"):
        return []
    return [Panel(slot="side", order=90, template="rights/panel.html")]
