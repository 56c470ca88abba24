"""What ClickHouse offers: its follower, where there is an address."""

from django.conf import settings
from wagtail import hooks

from .follower import Feed
from .questions import own


def follower() -> Feed:
    """Keeps the table in step with the journal."""
    return Feed(own)


if settings.CLICKHOUSE_URL:
    hooks.register("register_follower", follower)
