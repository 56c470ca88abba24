"""What heatmaps and recordings offer to the shell, to a person's page, to the journal and to retention."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks

from trichter.core.accounts.models import User
from trichter.core.journal.followers import Follower
from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.rights.retention import Kind, written
from trichter.core.shell.menu import MenuItem

from . import actions, queries
from .follower import WithdrawalFollower
from .models import HeatCount, Recording


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Marketing: heatmaps and recordings."""
    return [
        MenuItem(
            group="traffic", label=_("Heatmaps"), url_name="replay:heat", icon="click",
            permission="replay.view_heatpage", order=14,
        ),
        MenuItem(
            group="traffic", label=_("Recordings"), url_name="replay:recording_list", icon="video",
            permission=queries.VIEW, order=15,
        ),
    ]  # fmt: skip


@hooks.register("register_follower")
def withdrawals() -> Follower:
    """Deletes recordings when somebody takes the consent back."""
    return WithdrawalFollower()


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """The person's newest recordings; nothing where there are none."""
    if not (isinstance(request.user, User) and request.user.has_perm(queries.VIEW)):
        return []
    found = queries.of_person(person=person, user=request.user)
    context = {"recordings": found}
    return [Panel(slot="side", order=70, template="replay/panel.html", context=context)] if found else []


@hooks.register("register_retention")
def retention() -> list[Kind]:
    """Recordings go after a month, by a rule that is in use from the beginning; counters after two years."""
    return [
        Kind(
            key="recordings", title=_("Recordings of visits"), months=1, active=True,
            about=_("Recorded visits, with everything that belongs to them."),
            rows=lambda at: Recording.objects.filter(started_at__lt=at), age="started_at",
            counted=lambda n: ngettext("%(n)s recording", "%(n)s recordings", n) % {"n": written(n)},
            example=lambda row: (f"{row.site}{row.page}", reverse("replay:recording_detail", args=[row.pk])),
            apply=actions.delete_recordings_before,
        ),
        Kind(
            key="heatmaps", title=_("Heatmaps"), months=25,
            about=_("Counters of clicks and scrolling. They are about pages, not about persons."),
            rows=lambda at: HeatCount.objects.filter(day__lt=at.date()).select_related("page"), age="day",
            counted=lambda n: ngettext("%(n)s counter", "%(n)s counters", n) % {"n": written(n)},
            example=lambda row: (str(row.page), ""),
            apply=actions.delete_counts_before,
        ),
    ]  # fmt: skip
