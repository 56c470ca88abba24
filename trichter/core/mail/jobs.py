"""What the worker does by itself: judge hits, fetch bounces, understand calls, look at the name service."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import job, scheduled

from . import ledger, proof
from .bounces import mailbox, providers
from .checks.lookup import look_up
from .models import Inbound, ProviderCall, Quota
from .tracking import hits

CHECK, PROVE = "mail.check", "mail.prove"
_KEEP_RAW = timedelta(days=90)


@scheduled(name="mail.minute", cron="* * * * *", title=_("Judge opens and clicks, read reports"))
def minute(context: JobContext) -> dict[str, int]:
    """Everything that should not wait long and costs little."""
    now = timezone.now()
    return {
        "unclear": ledger.sweep(now=now),
        "hits": hits.judge_new(now=now),
        "calls": providers.work_off(now=now),
    }


@scheduled(name="mail.mailbox", cron="*/5 * * * *", title=_("Fetch returned mails"), max_attempts=1)
def fetch(context: JobContext) -> dict[str, int]:
    """The bounce mailbox."""
    return mailbox.poll()


@scheduled(name="mail.check", cron="20 5 * * *", title=_("Check the mail domain"))
def check(context: JobContext) -> dict[str, str]:
    """Once a day, and when somebody asks."""
    return look_up()


@job(name=PROVE, title=_("Test the way of returned mails"), max_attempts=2)
def prove(context: JobContext) -> dict[str, bool]:
    """Send a mail to the bounce address; the mailbox tells whether it arrives."""
    return {"sent": proof.send()}


@scheduled(name="mail.tidy", cron="50 3 * * *", title=_("Tidy up returned mails and raw hits"))
def tidy(context: JobContext) -> dict[str, int]:
    """What was understood is kept for 90 days, raw hits for half a year, used quotas for a week."""
    now = timezone.now()
    before = now - _KEEP_RAW
    inbound = Inbound.objects.filter(processed_at__lt=before).delete()[0]
    calls = ProviderCall.objects.filter(processed_at__lt=before).exclude(events__isnull=False)
    calls_gone = calls.delete()[0]
    # The numbers of events stay, or a repeated call would count again; the bodies go.
    ProviderCall.objects.filter(processed_at__lt=before).update(body="")
    quotas = Quota.objects.filter(slot__lt=now - timedelta(days=7)).delete()[0]
    return {"inbound": inbound, "calls": calls_gone, "quotas": quotas, "hits": hits.forget_old(now=now)}
