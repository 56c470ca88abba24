"""The worker's part: looking at submissions, and forgetting."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import job, scheduled

from . import actions


@job(name=actions.JOB, title=_("Process a form's submission"), max_attempts=4)
def process(context: JobContext, *, submission: int) -> dict[str, Any]:
    """Check it and make of it what it asks for; what fails is shown, and tried again."""
    try:
        return {"state": actions.process(submission=submission)}
    except Exception as error:
        actions.note_failure(submission=submission, error=error)
        raise


@scheduled(name="forms.tidy", cron="35 3 * * *", title=_("Tidy up submissions of forms"))
def tidy(context: JobContext) -> dict[str, int]:
    """Addresses whose time is over, and sendings that were never completed."""
    return {"rows": actions.tidy(now=timezone.now())}
