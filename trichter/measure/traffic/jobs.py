"""Sends the saved reports in the morning."""

from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled
from trichter.core.shell.queries import company_today

from .actions import send_due


@scheduled(name="traffic.reports", cron="30 6 * * *", title=_("Send reports of the web analytics"))
def reports(context: JobContext) -> int:
    """How many mails were queued. A morning without a worker is made up for by the next one."""
    return send_due(today=company_today())
