"""The queue's own jobs: it sends the house's mails and tidies itself up."""

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import mail
from .context import JobContext
from .models import Job, ScheduledRun
from .registry import job, scheduled

KEEP = timedelta(days=30)
_CHUNK = 1_000


@scheduled(name="jobs.housekeeping", cron="40 3 * * *", title=_("Tidy up finished jobs"))
def housekeeping(context: JobContext) -> dict[str, int]:
    """Delete jobs that ended well, and slots, once they are 30 days old.

    Failed jobs stay until somebody has looked at them, unless they are secret and nothing can be done about
    them any more. The newest slot of every schedule stays, because it says which slots are still to come.
    """
    before = timezone.now() - KEEP
    closed = Q(state__in=[Job.State.DONE, Job.State.CANCELLED]) | Q(state=Job.State.FAILED, secret=True)
    ended = Job.objects.filter(closed, finished_at__lt=before)
    jobs = 0
    while found := list(ended.values_list("pk", flat=True)[:_CHUNK]):
        Job.objects.filter(pk__in=found).delete()
        jobs += len(found)
        context.progress(done=jobs)
    newest = ScheduledRun.objects.filter(name=OuterRef("name")).order_by("-slot").values("pk")[:1]
    old = ScheduledRun.objects.filter(slot__lt=before).exclude(pk=Subquery(newest))
    slots, _ = old.delete()
    return {"jobs": jobs, "slots": slots}


@job(
    name=mail.JOB,
    title=_("Send an e-mail"),
    max_attempts=mail.ATTEMPTS,
    lease=timedelta(minutes=10),
    secret=True,
)
def send(context: JobContext, *, sender: str, recipient: str, message: str) -> None:
    """Hand one mail for one recipient to the transport; see `mail` for what happens when that fails."""
    mail.hand_over(sender=sender, recipient=recipient, message=message)
