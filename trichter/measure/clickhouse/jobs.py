"""Stage entries also change without an event: at the date of a rule, or when a rule was changed."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from .follower import Feed
from .questions import own


@scheduled(name="clickhouse.stages", cron="* * * * *", title=_("Carry stage entries to ClickHouse"))
def stages(context: JobContext) -> int:
    """How many changes were carried over; 0 where ClickHouse is not used, or the follower is at work."""
    return Feed(own).carry_stages() if settings.CLICKHOUSE_URL else 0
