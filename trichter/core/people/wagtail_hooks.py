"""What people and companies offer to the rest of the house."""

from wagtail import hooks

from trichter.core.journal.followers import Follower

from .profile import ProfileFollower


@hooks.register("register_follower")
def profile() -> Follower:
    """First source and times of activity, for lists."""
    return ProfileFollower()
