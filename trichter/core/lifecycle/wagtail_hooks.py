"""What the lifecycle offers to the house."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.journal.checks import StatusCheck
from trichter.core.people.models import Person
from trichter.core.people.panels import Panel, StageName
from trichter.core.people.timeline import Line, Moment
from trichter.core.shell.menu import MenuItem

from . import queries, story
from .follower import StageFollower
from .scoring import story as scoring


@hooks.register("register_follower")
def follower() -> StageFollower:
    """Keeps the stage entries in step with the journal."""
    return StageFollower()


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Management: the agreed stages."""
    return MenuItem(
        group="management", label=_("Lifecycle"), url_name="lifecycle:stage_list", icon="filter",
        permission="lifecycle.view_stage", order=20,
    )  # fmt: skip


@hooks.register("register_menu")
def scoring_menu() -> MenuItem:
    """Marketing, and for sales too: the score model that both agree on."""
    return MenuItem(
        group="marketing", label=_("Scoring"), url_name="lifecycle:scoring", icon="gauge",
        permission="lifecycle.view_scoreversion", order=60,
    )  # fmt: skip


@hooks.register("register_person_panels")
def person_panels(person: Person, request: HttpRequest) -> list[Panel]:
    """The way through the stages, the score with its reasons, and the entries with their causes."""
    if not request.user.has_perm("lifecycle.view_stage"):
        return []
    return story.panels(person=person, may_set=request.user.has_perm("lifecycle.set_stage"))


@hooks.register("register_timeline")
def timeline(people: Sequence[int], before: Moment | None, limit: int) -> Iterable[Line]:
    """Stage entries, newest first."""
    return story.lines(people=people, before=before, limit=limit)


@hooks.register("register_stages")
def stage_names() -> Iterable[StageName]:
    """Names and order, for badges and filters."""
    return [
        StageName(key=stage.key, label=stage.name, band=stage.band, position=stage.position)
        for stage in queries.stages()
    ]


@hooks.register("register_rebuilt_models")
def rebuilt() -> list[str]:
    """Left alone by merges; the follower derives it anew."""
    return ["lifecycle.Transition", "lifecycle.Standing", "lifecycle.NotedProfile"]


@hooks.register("register_status_checks")
def stored_scores() -> Iterable[StatusCheck]:
    """What the last nightly comparison of stored scores with a recomputation found."""
    return scoring.score_checks()
