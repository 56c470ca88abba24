"""What journeys do by the clock: stages entered and dates reached let people in."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import day_of, day_start

from . import queries
from .entering import enter


@scheduled(name="journeys.minute", cron="* * * * *", title=_("Journeys: stages and dates"))
def minute(context: JobContext) -> dict[str, int]:
    """Stage entries are derived and never in the journal, and days pass without an event."""
    return {"entered": let_in_by_stage() + let_in_by_date()}


def let_in_by_stage() -> int:
    """Whoever entered the stage of a trigger since the journey runs."""
    count = 0
    for journey, plan in queries.running():
        stages = [one.stage for one in plan.definition.triggers if one.stage]
        if not stages or journey.running_since is None:
            continue
        rows = queries.stage_entries(journey=journey, stages=stages, since=journey.running_since)
        for row in rows.select_related("person").iterator(500):
            assert row.person is not None
            count += enter(journey=journey, person=row.person, how="stage", at=row.at) is not None
    return count


def let_in_by_date() -> int:
    """Whoever's date lies exactly so many days (of the company's zone) back."""
    now, zone, count = timezone.now(), company_zone(), 0
    for journey, plan in queries.running():
        for trigger in plan.definition.triggers:
            if not trigger.field:
                continue
            day = day_of(now, zone) - timedelta(days=trigger.days)
            first, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)
            # The moment is the beginning of today: on one day nobody enters by a date twice.
            at = max(day_start(day_of(now, zone), zone), journey.running_since or now)
            people: list[Person] = list(queries.on_day(field=trigger.field, first=first, end=end))
            for person in people:
                count += enter(journey=journey, person=person, how="date", at=at) is not None
    return count
