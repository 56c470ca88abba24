"""Exports and erasures take their time; rules run at night."""

import logging
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import job, scheduled

from . import actions, queries, retention
from .models import Request

logger = logging.getLogger(__name__)


@job(name=actions.EXPORT_JOB, title=_("Export of a person"), max_attempts=3)
def export(context: JobContext, *, request: int) -> None:
    """Write the ZIP."""
    found = Request.objects.select_related("person").get(pk=request)
    actions.export(request=found, now=timezone.now())


@job(name=actions.ERASE_JOB, title=_("Erasure of a person"), max_attempts=5)
def erase(context: JobContext, *, request: int) -> None:
    """Take the person out of everything."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        context.progress(done=done)

    found = Request.objects.select_related("person", "handled_by").get(pk=request)
    actions.erase(request=found, now=timezone.now(), tick=tick)


@scheduled(name="rights.retention", cron="30 4 * * *", title=_("Delete what is too old"))
def keep_the_rules(context: JobContext) -> dict[str, Any]:
    """Apply the rules that are in use, and delete exports whose time is over."""
    now, done = timezone.now(), {}
    for rule in queries.rules():
        if rule.active:
            done[rule.key] = retention.run(rule, now=now)
            context.progress(done=len(done))
    done["exports"] = actions.discard_expired(now=now)
    logger.info("retention: %s", done)
    return done
