"""What the tracking does by itself."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from .models import DropSample, InboxPosition, Pulse
from .salts import forget_old

_HOURS = timedelta(hours=6)
_SAMPLES = timedelta(days=7)
_LOST = timedelta(days=60)


@scheduled(name="tracking.forget", cron="5 0 * * *", title=_("Delete old salts of visitor keys"))
def forget(context: JobContext) -> int:
    """Old keys must not be computable any more; the live view's counts and examples go, too."""
    now = timezone.now()
    Pulse.objects.filter(minute__lt=now - _HOURS).delete()
    DropSample.objects.filter(at__lt=now - _SAMPLES).delete()
    # A crash between removing a segment and its position leaves the position.
    InboxPosition.objects.filter(updated_at__lt=now - _LOST).delete()
    return forget_old(now=now)
