"""Moves people: one step, one transaction. A crash at any point leaves the person before or behind the step.

Claim, effect, log and move commit together. The claim is a conditional update on `moves`, so of two workers
one moves the person and the other finds nothing to do.
"""

import logging
import threading
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trichter.core.events import JourneyEnded
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, record
from trichter.core.mail import actions as mail
from trichter.core.people.actions.links import identity_for
from trichter.core.rights.restricting import is_restricted

from . import effects, queries
from .models import Enrolment, Journey, Passage
from .rules.model import Action
from .rules.walking import Decision, Place, decide

logger = logging.getLogger(__name__)
S = Enrolment.State
_TURN = 50
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


def turn(stop: threading.Event, *, now: datetime | None = None) -> bool:
    """Look at those who are due; False when nobody was."""
    found = queries.due(now=now or timezone.now(), limit=_TURN)
    for pk in found:
        if stop.is_set():
            break
        walk(enrolment=pk, now=now)
    return bool(found)


def walk(*, enrolment: int, now: datetime | None = None) -> int:
    """As far as the person gets now; returns the number of moves. A step that breaks is tried again later."""
    count = 0
    try:
        while move(enrolment=enrolment, now=now or timezone.now()):
            count += 1
    except Exception as error:
        # Something is broken for this one person; it must not stop the others.
        logger.exception("enrolment %s", enrolment)
        _put_off(enrolment=enrolment, error=error, now=now or timezone.now())
    return count


@transaction.atomic
def move(*, enrolment: int, now: datetime) -> bool:
    """One step. False when nothing is due, the journey does not run, or others were faster.

    Somebody whose data is only stored (Art. 18 GDPR) stays at the step, as in a journey that is paused.
    """
    row = Enrolment.objects.filter(pk=enrolment).select_related("journey", "version", "person__owner").first()
    if row is None or row.journey.state != Journey.State.RUNNING or is_restricted(row.person_id):
        return False
    mine = Enrolment.objects.filter(pk=enrolment, state=S.ACTIVE, moves=row.moves, due_at__lte=now)
    if not mine.update(moves=F("moves") + 1):
        return False
    crash_point("journeys_claimed")
    if row.person.merged_into_id is not None:
        end(enrolment=row, state=S.LEFT, why="merged", now=now)
        return False
    decision = _decide(row, now=now)
    if decision.kind == "wait":
        Enrolment.objects.filter(pk=enrolment).update(due_at=decision.due, failures=0, error="")
        return False
    if decision.kind == "end":
        missed = decision.outcome == "missed"
        end(enrolment=row, state=S.DONE if missed else S.LEFT, why=decision.outcome, now=now)
        return False
    done = effects.Done(outcome=decision.outcome)
    if decision.kind == "act":
        step = queries.plan_of(row.version).steps[row.step]
        assert isinstance(step, Action)
        done = effects.perform(step=step, enrolment=row, now=now)
        crash_point("journeys_effect")
    leave(enrolment=row, done=done, now=now)
    if decision.outcome == "pulled":
        call_off(enrolment=row)
    if decision.to is None:
        end(enrolment=row, state=S.DONE, why="finished", now=now)
        return False
    arrive(enrolment=row, step=decision.to, now=now)
    crash_point("journeys_moved")
    return True


def _decide(row: Enrolment, *, now: datetime) -> Decision:
    plan = queries.plan_of(row.version)
    done = Passage.objects.filter(enrolment=row).exclude(left_at=None).values_list("step", flat=True)
    look = queries.look_of(
        plan=plan, person=row.person, now=now, since=row.since, cause=row.cause or 0, journey=row.journey_id,
        done=done,
    )  # fmt: skip
    return decide(plan=plan, place=Place(step=row.step, came_at=row.came_at), look=look, now=now)


def arrive(*, enrolment: Enrolment, step: str, now: datetime) -> None:
    """The person stands at this step and is looked at at once."""
    Enrolment.objects.filter(pk=enrolment.pk).update(step=step, came_at=now, due_at=now, failures=0, error="")
    Passage.objects.get_or_create(enrolment=enrolment, step=step, defaults={"came_at": now})


def leave(*, enrolment: Enrolment, done: effects.Done, now: datetime) -> None:
    """The person has left the step, with this outcome. What was left before stays as it was."""
    Passage.objects.filter(enrolment=enrolment, step=enrolment.step, left_at=None).update(
        left_at=now, outcome=done.outcome, detail=done.detail[:300], delivery=done.delivery
    )


def call_off(*, enrolment: Enrolment) -> None:
    """Mails that still wait are out of date: the person has gone on or left."""
    waiting = Passage.objects.filter(enrolment=enrolment, delivery__state="due")
    for pk in waiting.filter(delivery__person=enrolment.person_id).values_list("delivery_id", flat=True):
        mail.cancel(delivery=pk)


@transaction.atomic
def end(*, enrolment: Enrolment, state: str, why: str, now: datetime) -> bool:
    """The way has ended. False when it had before."""
    rows = Enrolment.objects.filter(pk=enrolment.pk, state=S.ACTIVE)
    if not rows.update(state=state, why=why, ended_at=now, due_at=None, moves=F("moves") + 1, error=""):
        return False
    there = Passage.objects.filter(enrolment=enrolment, left_at=None)
    there.update(left_at=now, outcome=why if state == S.DONE else queries.LEAVING, detail=why)
    if state != S.DONE:
        call_off(enrolment=enrolment)
    fact = JourneyEnded(journey=enrolment.journey_id, name=enrolment.journey.name, why=why)
    record(
        Entry(
            fact=fact, at=now, identity=identity_for(person=enrolment.person),
            uid=effects.number_of(enrolment, "end"),
        )
    )  # fmt: skip
    return True


def _put_off(*, enrolment: int, error: Exception, now: datetime) -> None:
    row = Enrolment.objects.filter(pk=enrolment, state=S.ACTIVE).first()
    if row is None:
        return
    pause = min(_FIRST_PAUSE * 2.0 ** min(row.failures, 10), _LONGEST_PAUSE)
    text = f"{type(error).__name__}: {error}"[:500]
    Enrolment.objects.filter(pk=enrolment, state=S.ACTIVE).update(
        due_at=now + pause, failures=min(row.failures + 1, 1_000), error=text
    )
