"""What the lifecycle offers to the house."""

from wagtail import hooks

from trichter.core.people.panels import StageName

from . import queries
from .follower import StageFollower


@hooks.register("register_follower")
def stages() -> StageFollower:
    """Keeps the stage entries in step with the journal."""
    return StageFollower()


@hooks.register("register_stages")
def stage_names() -> list[StageName]:
    """Names and order of the stages, for badges and filters of lists."""
    return [
        StageName(key=stage.key, label=stage.label, band=stage.band, position=stage.position)
        for stage in queries.stages()
    ]


@hooks.register("register_rebuilt_models")
def rebuilt() -> list[str]:
    """Entries are not moved by a merge: the follower computes them anew."""
    return ["lifecycle.Transition"]
