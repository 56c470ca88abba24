"""What segments do by the clock: time passes, sizes are noted, everything is proven at night."""

import logging
import time

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import job, scheduled
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_today

from . import queries
from .columns import Everybody
from .facts import moment_at
from .models import Cause, Check, DayCount, Membership, Segment
from .updating import due_of, fill, look_at_everybody

logger = logging.getLogger(__name__)
FILL_JOB = "segments.fill"


@job(name=FILL_JOB, title=_("Fill a segment"), max_attempts=3)
def fill_segment(context: JobContext, *, segment: int) -> dict[str, int]:
    """Look at everybody under a rule that is new or was changed; and at the segments that build on it."""
    changed = fill(segment=segment)
    for one in queries.live():
        if segment in one.rule.segments():
            context.progress(done=0, total=1)
            changed += look_at_everybody(segments=[one], cause=Cause.SEGMENT, now=timezone.now())
    return {"changed": changed}


@scheduled(name="segments.time", cron="* * * * *", title=_("Segments: time has passed"))
def time_has_passed(context: JobContext) -> dict[str, int]:
    """Segments whose members change by the mere passing of time, when their moment has come."""
    now = timezone.now()
    moment = moment_at(now)
    due = set(Segment.objects.filter(archived_at=None, due_at__lte=now).values_list("pk", flat=True))
    segments = queries.live(only=due)
    if not segments:
        return {}
    everybody = Everybody(moment=moment)
    everybody.learn(one.rule for one in segments)
    changed = 0
    for one in segments:
        changed += look_at_everybody(segments=[one], cause=Cause.TIME, now=now, everybody=everybody)
        Segment.objects.filter(pk=one.id, revision=one.revision).update(due_at=due_of(one, moment))
        context.progress(done=changed, total=changed)
    return {"changed": changed}


@scheduled(name="segments.days", cron="50 23 * * *", title=_("Segments: sizes of the day"))
def note_sizes(context: JobContext) -> None:
    """The size of every segment today, for the trend."""
    day = company_today()
    rows = [DayCount(segment=one, day=day, size=one.size) for one in queries.segments()]
    DayCount.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["segment", "day"], update_fields=["size"]
    )


@scheduled(name="segments.check", cron="20 3 * * *", title=_("Segments: nightly check"))
def everybody_is_where_they_should_be(context: JobContext) -> dict[str, int | float]:
    """What is stored must equal what the rules say. A difference is put right and reported."""
    start, now = time.monotonic(), timezone.now()
    everybody = Everybody(moment=moment_at(now))
    segments = queries.live()
    everybody.learn(one.rule for one in segments)
    wrong = 0
    for number, one in enumerate(segments):
        wrong += look_at_everybody(segments=[one], cause=Cause.CHECK, now=now, everybody=everybody)
        context.progress(done=number + 1, total=len(segments))
    for row in queries.segments():
        size = Membership.objects.filter(segment=row, person__merged_into=None).count()
        Segment.objects.filter(pk=row.pk).exclude(size=size).update(size=size)
    people = Person.objects.filter(merged_into=None).count()
    seconds = round(time.monotonic() - start, 2)
    Check.objects.create(segments=len(segments), people=people, wrong=wrong, seconds=seconds)
    Check.objects.filter(~Q(pk__in=Check.objects.order_by("-pk").values("pk")[:60])).delete()
    if wrong:
        logger.error("%s memberships of segments differed from the rules and were put right", wrong)
    return {"segments": len(segments), "people": people, "wrong": wrong, "seconds": seconds}
