"""What runs by itself, or takes too long for a request."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from .actions import find_duplicates


@scheduled(name="people.find_duplicates", cron="20 3 * * *", title=_("Look for duplicates"))
def nightly_search(context: JobContext) -> int:
    """Renew the queue of possible duplicates; also started from the queue's page. Returns the pairs found."""
    return find_duplicates(at=timezone.now())
