"""What journeys offer to the house."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.journal.worker import Turn
from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.shell.bulk import BulkAction
from trichter.core.shell.menu import MenuItem

from . import attention, calling, queries, walking
from .entering import enrol_by_hand
from .errors import NotAllowed, NotRunning
from .follower import JourneyFollower
from .forms import EnrolForm
from .story import person_lines

hooks.register("register_attention", attention.points)


@hooks.register("register_follower")
def follower() -> JourneyFollower:
    """Lets people in and wakes them."""
    return JourneyFollower()


@hooks.register("register_worker_turn")
def walker() -> Turn:
    """Moves people."""
    return Turn(name="journeys", work=lambda stop: walking.turn(stop))


@hooks.register("register_worker_turn")
def caller() -> Turn:
    """Calls other programs."""
    return Turn(name="journeys-calls", work=lambda stop: calling.turn(stop))


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Marketing: journeys."""
    return MenuItem(
        group="mail", label=_("Journeys"), url_name="journeys:list", icon="route",
        permission="journeys.view_journey", order=40,
    )  # fmt: skip


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """Why is this person in a journey, and what is next?"""
    if not request.user.has_perm("journeys.view_journey"):
        return []
    lines = person_lines(person)
    may = request.user.has_perm("journeys.enrol_person")
    inside = {line["journey"].pk for line in lines if line["active"]}
    offered = [one for one, _plan in queries.running() if one.pk not in inside] if may else []
    if not lines and not offered:
        return []
    context = {"lines": lines, "offered": offered}
    return [Panel(slot="side", order=68, template="journeys/panel.html", context=context)]


@hooks.register("register_person_bulk")
def person_bulk() -> list[BulkAction]:
    """Chosen people into a journey."""
    return [
        BulkAction(
            key="journey", label=_("Put into a journey"), icon="route", form=EnrolForm, run=_enrol,
            permission="journeys.enrol_person",
        )
    ]  # fmt: skip


def _enrol(rows: Any, user: Any, data: Mapping[str, Any]) -> int:
    count = 0
    for person in rows.iterator(500):
        try:
            enrol_by_hand(journey=data["journey"], person=person, by=user)
            count += 1
        except (NotAllowed, NotRunning):
            continue
    return count
