"""What segments offer to the house."""

from wagtail import hooks

from .follower import SegmentFollower


@hooks.register("register_follower")
def follower() -> SegmentFollower:
    """Keeps memberships in step with the journal and with edits of profiles."""
    return SegmentFollower()

