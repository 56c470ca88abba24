"""A handover's life: made, assigned, accepted, returned, paused, contacted.

Every act locks the row and looks at its state again, so two colleagues cannot both take a handover.
"""

from collections.abc import Iterable
from datetime import date, datetime
from time import perf_counter_ns

from django.db import transaction

from trichter.core.accounts.models import Team, User
from trichter.core.accounts.roles import MARKETING
from trichter.core.events import (
    Event,
    HandoverAccepted,
    HandoverContacted,
    HandoverCreated,
    HandoverRecycled,
    HandoverReturned,
    HandoverRouted,
)
from trichter.core.journal.actions import Entry, record
from trichter.core.lifecycle.actions import set_stage
from trichter.core.lifecycle.models import Stage, Transition
from trichter.core.people.actions import assign_owner
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Person
from trichter.core.people.queries import survivor_of
from trichter.core.rights.restricting import is_restricted

from . import queries
from .clocks import next_deadline
from .errors import NotAReason, NotOpen, NotYours
from .models import Assignment, Entrance, Handover, HandoverSettings, Pause
from .routing import Decision, Why, decide
from .summary import gather
from .telling import tell
from .wording import stored

State = Handover.State
CHANNELS = ("phone", "mail", "message", "other")


def fact(*, handover: Handover, event: Event, at: datetime) -> None:
    """Write a fact about the person of a handover."""
    record(Entry(fact=event, at=at, identity=identity_for(person=handover.person)))


def locked(handover: Handover) -> Handover:
    """The row, locked for the rest of the transaction."""
    found: Handover = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("person__company", "rep", "team", "sla")
        .get(pk=handover.pk)
    )
    return found


def lock_house() -> HandoverSettings:
    """Routing takes turns: the load that a decision looks at must not change meanwhile."""
    HandoverSettings.objects.get_or_create(pk=1)
    return HandoverSettings.objects.select_for_update(of=("self",)).get(pk=1)


def refresh(handover: Handover) -> None:
    """Bring the copy of the next deadline up to date."""
    found = next_deadline(
        state=queries.state_of(handover, pauses=handover.pauses.all()),
        terms=queries.terms_of(handover), calendar=queries.calendar_of(team=handover.team_id),
    )  # fmt: skip
    handover.clock, handover.deadline = found if found else ("", None)
    if not found and handover.state == State.OPEN:
        handover.clock = "accept"
    handover.save(update_fields=["clock", "deadline"])


@transaction.atomic
def create(*, entrance: Entrance, now: datetime) -> Handover | None:
    """Hand over the person of an entry, once for ever; None (with the reason on the row) when not at all."""
    house = lock_house()
    entrance = Entrance.objects.select_for_update(of=("self",)).select_related("person").get(pk=entrance.pk)
    if entrance.handled_at is not None:
        return None
    person = survivor_of(entrance.person)
    entrance.handled_at, entrance.skipped = now, _against(house=house, person=person, entrance=entrance)
    entrance.save(update_fields=["handled_at", "skipped"])
    if entrance.skipped:
        return None
    summary = gather(person=person, now=now)
    handover = Handover.objects.create(
        person=person, entrance=entrance, stage=house.stage, entered_at=entrance.at, created_at=now,
        sla=queries.sla(now=now), source=person.source, campaign=summary["campaign"][:160],
        score=person.score, summary=summary,
    )  # fmt: skip
    fact(handover=handover, event=HandoverCreated(handover=handover.pk, stage=house.stage), at=now)
    assign(handover=handover, now=now)
    return handover


def _against(*, house: HandoverSettings, person: Person, entrance: Entrance) -> str:
    """Why an entry hands nobody over; empty when it does."""
    if not house.active:
        return "inactive"
    if is_restricted(person.pk):
        return "restricted"
    if person.stage != house.stage:
        return "passed"
    last = Handover.objects.filter(person=person).order_by("-entered_at", "-id").first()
    if last is None or last.state == State.CLOSED:
        return ""
    if last.state == State.OPEN:
        return "open"
    # An event that comes late moves an entry, a retracted one too: only a move back makes a new one.
    back = Transition.objects.filter(
        person=person, backward=True, at__gte=last.entered_at, at__lte=entrance.at
    ).exists()
    return "" if back else "again"


@transaction.atomic
def assign(
    *, handover: Handover, now: datetime, cause: str = "routed", to: User | None = None,
    by: User | None = None, exclude: Iterable[int] = (),
) -> Decision:  # fmt: skip
    """Decide who gets it and tell them; `to`: somebody was chosen by hand. The clocks begin a new round."""
    house = lock_house()
    handover = locked(handover)
    if handover.ended_at is not None:
        raise NotOpen
    began, before = perf_counter_ns(), handover.rep
    if to is not None:
        code = "taken" if to == by else "by_hand"
        decision = Decision(rep=to.pk, team=to.team_id, why=(Why(code=code, facts={"name": str(by or to)}),))
    else:
        decision = route(person=handover.person, now=now, house=house, exclude=frozenset(exclude))
    micros = (perf_counter_ns() - began) // 1_000
    handover.rep = User.objects.filter(pk=decision.rep).first() if decision.rep else None
    handover.team = Team.objects.filter(pk=decision.team).first() if decision.team else None
    handover.round += 1
    handover.assigned_at, handover.state, handover.accepted_at = now, State.OPEN, None
    handover.save(update_fields=["rep", "team", "round", "assigned_at", "state", "accepted_at"])
    Assignment.objects.create(
        handover=handover, round=handover.round, at=now, rep=handover.rep, team=handover.team,
        rule_id=decision.rule, by=by, cause=cause, why=stored(decision), micros=micros,
    )  # fmt: skip
    if handover.rep is not None and handover.person.owner_id is None:
        assign_owner(people=[handover.person_id], owner=handover.rep)
    fact(
        handover=handover, at=now,
        event=HandoverRouted(handover=handover.pk, user=handover.rep_id, round=handover.round),
    )  # fmt: skip
    refresh(handover)
    _tell_assigned(handover=handover, before=before, cause=cause, by=by, now=now)
    return decision


def _tell_assigned(
    *, handover: Handover, before: User | None, cause: str, by: User | None, now: datetime
) -> None:
    if handover.rep is None:
        members = [user for user in queries.colleagues() if user.team_id == handover.team_id]
        known = members if handover.team_id else []
        tell(handover=handover, kind="pool", users=known, now=now)
    elif handover.rep != by:
        tell(
            handover=handover, kind="created" if handover.round == 1 else "reassigned",
            users=[handover.rep], now=now,
        )  # fmt: skip
    if before is not None and before not in (handover.rep, by):
        tell(handover=handover, kind="lost", users=[before], now=now)


def route(
    *, person: Person, now: datetime, house: HandoverSettings | None = None,
    exclude: frozenset[int] = frozenset(),
) -> Decision:  # fmt: skip
    """Who would get this person now, and why; nothing is written."""
    house = house or queries.house()
    return decide(
        lead=queries.lead_of(person), rules=queries.rules(), reps=queries.reps(now=now),
        teams=queries.teams(), fallback=house.fallback_team_id, keep_owner=house.keep_owner,
        exclude=exclude,
    )  # fmt: skip


@transaction.atomic
def accept(*, handover: Handover, by: User, now: datetime) -> Handover:
    """Take it. One that nobody has goes to whoever is first. Raises NotOpen, NotYours."""
    handover = locked(handover)
    if handover.state != State.OPEN:
        raise NotOpen
    if handover.rep_id is None:
        assign(handover=handover, now=now, cause="taken", to=by, by=by)
        handover = locked(handover)
    if handover.rep_id != by.pk:
        raise NotYours
    handover.state, handover.accepted_at = State.ACCEPTED, now
    handover.save(update_fields=["state", "accepted_at"])
    assign_owner(people=[handover.person_id], owner=by)
    fact(handover=handover, event=HandoverAccepted(handover=handover.pk, user=by.pk), at=now)
    end_pause(handover=handover, now=now)
    refresh(handover)
    return handover


@transaction.atomic
def give_back(
    *, handover: Handover, by: User, reason: str, now: datetime, comment: str = "", fit: int | None = None,
    recycle_on: date | None = None,
) -> Handover:  # fmt: skip
    """Return it to marketing with a reason; the stage goes back as agreed.

    recycle_on: the day on which `handover.recycled` is recorded, which segments and journeys can follow.
    Raises NotOpen, NotYours, NotAReason.
    """
    if reason not in Handover.Reason.values or (fit is not None and not 1 <= fit <= 5):
        raise NotAReason
    handover = locked(handover)
    if handover.state not in (State.OPEN, State.ACCEPTED):
        raise NotOpen
    if handover.rep_id not in (by.pk, None):
        raise NotYours
    handover.rep = handover.rep or by
    handover.state, handover.ended_at = State.RETURNED, now
    handover.reason, handover.comment, handover.fit = reason, comment.strip()[:500], fit
    handover.recycle_on = recycle_on
    handover.save(
        update_fields=["rep", "state", "ended_at", "reason", "comment", "fit", "recycle_on"]
    )  # fmt: skip
    event = HandoverReturned(
        handover=handover.pk, reason=reason, fit=fit, recycle=recycle_on.isoformat() if recycle_on else ""
    )
    fact(handover=handover, event=event, at=now)
    end_pause(handover=handover, now=now)
    refresh(handover)
    _move_back(handover=handover, by=by, now=now)
    marketing = [user for user in User.objects.filter(is_active=True, groups__name=MARKETING) if user != by]
    tell(handover=handover, kind="returned", users=marketing, now=now, chat=False)
    return handover


def _move_back(*, handover: Handover, by: User, now: datetime) -> None:
    """Only from the stage that was handed over: whoever has moved on since stays there."""
    stage = Stage.objects.filter(key=queries.house().back_stage).first()
    person = survivor_of(handover.person)
    if stage is not None and person.stage == handover.stage:
        reason = str(Handover.Reason(handover.reason).label)
        set_stage(person=person, stage=stage, reason=reason, by=by, at=now)


@transaction.atomic
def reassign(*, handover: Handover, to: User, by: User, now: datetime) -> Handover:
    """A leader gives it to another colleague. Raises NotOpen."""
    assign(handover=handover, now=now, cause="by_hand", to=to, by=by)
    return locked(handover)


@transaction.atomic
def contact(*, handover: Handover, by: User, channel: str, now: datetime) -> None:
    """A contact that no other record tells of. Raises NotOpen, NotAReason; the follower stops the clock."""
    if channel not in CHANNELS:
        raise NotAReason
    handover = locked(handover)
    if handover.ended_at is not None:
        raise NotOpen
    fact(handover=handover, event=HandoverContacted(handover=handover.pk, channel=channel), at=now)
    note_contacts(people=[handover.person_id])


@transaction.atomic
def pause(*, handover: Handover, by: User, reason: str, now: datetime) -> bool:
    """Stop the clocks. False when they stand still already. Raises NotOpen."""
    handover = locked(handover)
    if handover.ended_at is not None:
        raise NotOpen
    if handover.pauses.filter(until=None).exists():
        return False
    Pause.objects.create(handover=handover, reason=reason.strip()[:200], since=now, by=by)
    refresh(handover)
    return True


@transaction.atomic
def end_pause(*, handover: Handover, now: datetime) -> bool:
    """Let the clocks go on. False when they do."""
    changed = handover.pauses.filter(until=None).update(until=now)
    if changed:
        refresh(locked(handover))
    return bool(changed)


@transaction.atomic
def note_contacts(*, people: Iterable[int]) -> int:
    """Derive first response and attempts from the journal; returns how many handovers changed.

    A function of the journal alone, so it may run as often as it likes, in any order.
    """
    from .contacts import contacts_since

    changed = 0
    rows = Handover.objects.filter(person_id__in=list(people), state__in=[State.OPEN, State.ACCEPTED])
    for handover in rows.select_for_update(of=("self",)).select_related("person", "sla"):
        found = contacts_since(handover=handover)
        values = (found.first, found.number, found.reached)
        if values == (handover.first_response_at, handover.attempts, handover.reached):
            continue
        handover.first_response_at, handover.attempts, handover.reached = values
        handover.save(update_fields=["first_response_at", "attempts", "reached"])
        refresh(handover)
        changed += 1
    return changed


@transaction.atomic
def recycle(*, handover: Handover, now: datetime) -> bool:
    """The day to look again has come: recorded once. False when it was before."""
    done = Handover.objects.filter(pk=handover.pk, recycled_at=None).update(recycled_at=now)
    if not done:
        return False
    handover = locked(handover)
    event = HandoverRecycled(handover=handover.pk, reason=handover.reason)
    fact(handover=handover, event=event, at=now)
    marketing = User.objects.filter(is_active=True, groups__name=MARKETING).distinct()
    tell(handover=handover, kind="recycled", users=marketing, now=now, chat=False)
    return True


@transaction.atomic
def save_settings(*, row: HandoverSettings, now: datetime) -> HandoverSettings:
    """Store the settings' one row. Switched on again, entries from now on count."""
    before = HandoverSettings.objects.filter(pk=1).first()
    if row.active and before is not None and not before.active:
        row.active_from = now
    row.pk = 1
    row.save()
    return row
