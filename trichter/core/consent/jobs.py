"""What the ledger does at night."""

import logging
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from . import checking
from .models import ChainCheck

logger = logging.getLogger(__name__)

_KEEP = timedelta(days=400)


@scheduled(name="consent.check", cron="10 4 * * *", title=_("Check the ledger of consents"))
def check_the_ledger(context: JobContext) -> dict[str, int]:
    """Every night over all of it; the log keeps the last hash, so that a rewritten ledger can be told."""
    found = checking.check_and_keep()
    logger.info("ledger of consents: %s records, hash %s", found.records, found.hash)
    if found.problems:
        logger.error("the ledger of consents does not fit: %s", found.problems[:20])
    ChainCheck.objects.filter(at__lt=timezone.now() - _KEEP, problems=[]).delete()
    return {"records": found.records, "problems": len(found.problems)}
