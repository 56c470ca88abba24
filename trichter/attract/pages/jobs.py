"""What runs by itself."""

from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from .actions import publish_due


@scheduled(
    name="pages.publish", cron="* * * * *", title=_("Publish scheduled pages and take down expired ones")
)
def publish(context: JobContext) -> None:
    """Every minute. Running it twice changes nothing: what is published is no longer due."""
    publish_due()
