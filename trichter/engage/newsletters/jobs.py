"""What the worker does: start what is scheduled, and freeze recipients into rows of the mail ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.crash import crash_point
from trichter.core.jobs.registry import job, scheduled
from trichter.core.mail import actions as mail
from trichter.core.mail.actions import Recipient
from trichter.core.mail.errors import Stopped
from trichter.core.mail.models import Delivery
from trichter.core.mail.rules.times import zone_of
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_zone

from . import actions, queries, rules, writing
from .errors import NotReady, WrongState
from .models import Addressee, Newsletter, Outcome

_SNAPSHOT = 2_000


@scheduled(name="newsletters.minute", cron="* * * * *", title=_("Start newsletters whose time has come"))
def minute(context: JobContext) -> dict[str, int]:
    """Two workers may do this in the same second: the conditional update in `start` lets one pass."""
    started = 0
    for number in queries.due(now=timezone.now()):
        newsletter = queries.newsletter_of(number)
        if newsletter is None:
            continue
        try:
            actions.start(newsletter=newsletter, late=True)
            started += 1
        except WrongState:
            continue
        except NotReady as error:
            actions.unschedule(newsletter=newsletter, why=str(error))
    return {"started": started}


@job(name=actions.FREEZE, title=_("Prepare the recipients of a newsletter"), max_attempts=20)
def freeze(context: JobContext, *, newsletter: int) -> dict[str, int]:
    """Who is in the segments now, in one transaction; then a row of the ledger for each, in batches.

    It can be killed anywhere and begun again: a batch's ledger rows and outcomes are written together.
    """
    snapshot(newsletter=newsletter)
    crash_point("newsletter_snapshot")
    while (left := step(newsletter=newsletter)) is not None:
        found = Newsletter.objects.get(pk=newsletter)
        crash_point("newsletter_batch")
        context.progress(done=found.total - left, total=found.total)
    return {"total": Newsletter.objects.get(pk=newsletter).total}


@transaction.atomic
def snapshot(*, newsletter: int) -> bool:
    """Write down everybody in the segments, once. False when this was done, or it was stopped."""
    row = Newsletter.objects.select_for_update().get(pk=newsletter)
    if row.state != Newsletter.State.FREEZING or row.frozen_at is not None:
        return False
    people = list(queries.meant(row).values_list("pk", flat=True))
    for start in range(0, len(people), _SNAPSHOT):
        part = people[start : start + _SNAPSHOT]
        segments = queries.segments_by_person(row, people=part)
        Addressee.objects.bulk_create(
            [Addressee(newsletter=row, person_id=pk, segments=segments.get(pk, [])) for pk in part]
        )
    row.frozen_at, row.total = timezone.now(), len(people)
    row.save(update_fields=["frozen_at", "total"])
    return True


@transaction.atomic
def step(*, newsletter: int) -> int | None:
    """One batch. Returns how many wait after it; None when nothing was left, or it was stopped."""
    row = Newsletter.objects.select_for_update(of=("self",)).select_related("mailing").get(pk=newsletter)
    if row.state != Newsletter.State.FREEZING:
        return None
    waiting = Addressee.objects.filter(newsletter=row, outcome=Outcome.WAITING).order_by("pk")
    part = list(waiting[: queries.CHUNK].values_list("person_id", flat=True))
    if not part:
        row.state = Newsletter.State.STARTED
        row.save(update_fields=["state"])
        return None
    people = list(Person.objects.filter(pk__in=part).order_by("pk"))
    addresses = {one.email.strip().lower() for one in people if one.email}
    taken = Delivery.objects.filter(
        mailing=row.mailing, key=queries.ISSUE, identity__kind="email", identity__value__in=addresses
    )
    outcome, address = queries.judged(
        people, purpose=row.purpose, taken=list(taken.values_list("identity__value", flat=True))
    )
    chosen = [one for one in people if outcome[one.pk] == Outcome.QUEUED]
    try:
        _queue(row, people=chosen, addresses=address, now=timezone.now())
    except Stopped:
        return None
    crash_point("newsletter_queued")
    for value in set(outcome.values()):
        Addressee.objects.filter(
            newsletter=row, person_id__in=[pk for pk, one in outcome.items() if one == value]
        ).update(outcome=value)
    return waiting.count()


def _queue(row: Newsletter, *, people: Sequence[Person], addresses: dict[int, str], now: datetime) -> None:
    company = company_zone()
    by_moment: dict[datetime, list[Recipient]] = {}
    for one in people:
        zone = zone_of(named="", country=one.country)
        at = rules.not_before(
            timing=row.timing, day=row.day, clock=row.clock, company=company, contact=zone, now=now
        )
        by_moment.setdefault(at, []).append(
            Recipient(address=addresses[one.pk], person=one, variables={"newsletter": row.pk})
        )
    mailing: Any = row.mailing
    for at, recipients in by_moment.items():
        mail.queue_many(
            mailing=mailing, key=queries.ISSUE, recipients=recipients, renderer=writing.KEY, not_before=at
        )
