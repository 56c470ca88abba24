"""What handovers offer to the house."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy
from wagtail import hooks

from trichter.core.accounts.models import User
from trichter.core.lifecycle.listeners import Entered
from trichter.core.mail.rendering import CannotRender, Rendered, Renderer, RenderRequest
from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.shell.menu import MenuItem

from . import attention, queries, telling
from .follower import HandoverFollower, note_entries
from .models import Handover
from .summary import lines
from .withdrawing import tell_of_erasure
from .wording import occasion

hooks.register("register_attention", attention.points)
hooks.register("register_erasure_listener", tell_of_erasure)


@hooks.register("register_stage_listener")
def entries() -> Callable[[Sequence[Entered]], None]:
    """Entries into the agreed stage are kept at once."""
    return note_entries


@hooks.register("register_follower")
def follower() -> HandoverFollower:
    """Makes handovers and follows contacts."""
    return HandoverFollower()


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Sales: the queue; management: agreement and attainment; settings: rules and the rest."""
    rules = "handover.change_routingrule"
    return [
        MenuItem(
            group="sales", label=pgettext_lazy("sales", "Handovers"), url_name="handover:handover_list",
            icon="switch-horizontal", permission="handover.view_handover", order=5,
        ),
        MenuItem(
            group="sales", label=_("Absences"), url_name="handover:absence_list", icon="calendar-event",
            permission="handover.view_absence", order=90,
        ),
        MenuItem(
            group="management", label=_("SLA"), url_name="handover:sla", icon="heart-handshake",
            permission="handover.view_slaversion", order=30,
        ),
        MenuItem(
            group="management", label=_("SLA attainment"), url_name="handover:attainment", icon="target",
            permission="handover.view_attainment", order=31,
        ),
        MenuItem(
            group="settings", label=_("Handover"), url_name="handover:settings", icon="switch-horizontal",
            permission="handover.change_handoversettings", order=41,
        ),
        MenuItem(
            group="settings", label=_("Routing rules"), url_name="handover:routingrule_list", icon="route",
            permission=rules, order=42,
        ),
    ]  # fmt: skip


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """A person's handovers."""
    if not request.user.has_perm("handover.view_handover"):
        return []
    found = queries.handovers_of(person=person, user=request.user)
    if not found:
        return []
    return [Panel(slot="side", order=5, template="handover/panel.html", context={"handovers": found})]


@hooks.register("register_mail_renderer")
def notice() -> Renderer:
    """Mails to colleagues, written when they are sent."""
    return Renderer(key=telling.RENDERER, render=render_notice)


def render_notice(request: RenderRequest) -> Rendered:
    """The occasion, the summary and the link, in the colleague's language."""
    values: Any = request.variables
    handover = (
        Handover.objects.select_related("person__company", "rep").filter(pk=values.get("handover")).first()
    )
    user = User.objects.filter(pk=values.get("user"), is_active=True).first()
    if handover is None or user is None:
        raise CannotRender("the handover or the colleague is gone")
    with override(telling.language_of(user)):
        subject = occasion(values.get("kind", ""), name=handover.person.name, clock=values.get("clock", ""))
        text = [subject, telling.absolute(telling.link(handover.pk)), ""]
        if handover.withdrawn:
            return Rendered(subject=subject, text="\n".join([*text, handover.get_withdrawn_display()]))
        for title, told in lines(handover.summary):
            text += [f"{title}:", *(f"  {line}" for line in told)]
    return Rendered(subject=subject, text="\n".join(text))
