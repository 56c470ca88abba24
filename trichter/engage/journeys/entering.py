"""Letting people in."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.events import JourneyEntered
from trichter.core.journal.actions import Entry, record
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Person
from trichter.core.people.queries import survivor_of
from trichter.core.rights.restricting import is_restricted

from . import effects, queries, walking
from .errors import NotAllowed, NotRunning
from .models import Enrolment, Journey, Passage
from .rules.walking import may_enter

ENROLLED, TAKEN_OUT = "journeys.enrolled", "journeys.taken_out"


@transaction.atomic
def enter(
    *, journey: Journey, person: Person, how: str, at: datetime, cause: int | None = None,
    now: datetime | None = None,
) -> Enrolment | None:  # fmt: skip
    """Let somebody in by what happened at `at`; None when re-entry, the rule of who may, or a restriction
    of processing forbids it.

    The same event lets nobody in twice: the last round began at or after it.
    """
    moment, person = now or timezone.now(), survivor_of(person)
    assert journey.current is not None
    if is_restricted(person.pk):
        return None
    plan = queries.plan_of(journey.current)
    rounds, last = queries.last_time(journey=journey, person=person)
    if not may_enter(reentry=plan.definition.reentry, last=last, at=at):
        return None
    who = plan.definition.who
    if who is not None and not queries.fulfils(rule=who, person=person, now=moment):
        return None
    row = Enrolment(
        journey=journey, person=person, round=rounds + 1, version=journey.current, step=plan.first,
        came_at=moment, due_at=moment, how=how, cause=cause, since=min(at, moment), started_at=moment,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Another worker let the same person in at the same time.
        return None
    Passage.objects.create(enrolment=row, step=plan.first, came_at=moment)
    record(
        Entry(
            fact=JourneyEntered(journey=journey.pk, name=journey.name, how=how), at=moment,
            identity=identity_for(person=person), uid=effects.number_of(row, "start"),
        )
    )  # fmt: skip
    return row


@transaction.atomic
def enrol_by_hand(*, journey: Journey, person: Person, by: User) -> Enrolment:
    """A colleague puts somebody in. Raises NotRunning, NotAllowed."""
    if journey.state != Journey.State.RUNNING or journey.current is None:
        raise NotRunning
    row = enter(journey=journey, person=person, how="hand", at=timezone.now())
    if row is None:
        raise NotAllowed
    audit.note(user=by, action=ENROLLED, target=row.person, details={"journey": journey.name})
    return row


@transaction.atomic
def take_out(*, enrolment: Enrolment, by: User) -> bool:
    """A colleague takes somebody out; False when the way had ended."""
    now = timezone.now()
    if not walking.end(enrolment=enrolment, state=Enrolment.State.LEFT, why="hand", now=now):
        return False
    audit.note(
        user=by, action=TAKEN_OUT, target=enrolment.person, details={"journey": enrolment.journey.name}
    )
    return True
