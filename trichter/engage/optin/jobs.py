"""What the worker does by itself."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from . import actions


@scheduled(name="optin.remind", cron="15 * * * *", title=_("Remind of open confirmations"))
def remind(context: JobContext) -> dict[str, int]:
    """Once per request, if the settings want it."""
    return {"mails": actions.remind(now=timezone.now())}


@scheduled(name="optin.tidy", cron="40 3 * * *", title=_("Delete requests that nobody confirmed"))
def tidy(context: JobContext) -> dict[str, int]:
    """And addresses of the network whose time is over."""
    return {"rows": actions.tidy(now=timezone.now())}
