"""What heatmaps and recordings do by themselves."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from .actions import delete_not_allowed
from .models import HeatBatch, Outcome, Recording

_BATCHES = timedelta(days=2)
_OUTCOMES = timedelta(days=60)


@scheduled(name="replay.tidy", cron="40 3 * * *", title=_("Tidy heatmaps and recordings"))
def tidy(context: JobContext) -> int:
    """Consents also expire, which is no event; and numbers of batches are of no use after two days."""
    now = timezone.now()
    HeatBatch.objects.filter(at__lt=now - _BATCHES).delete()
    Outcome.objects.filter(day__lt=(now - _OUTCOMES).date()).delete()
    return delete_not_allowed(identities=set(Recording.objects.values_list("identity", flat=True)))
