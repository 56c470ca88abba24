"""Each minute: which steps of which clocks are due. A step happens when its row is new, so only once."""

from datetime import datetime

from django.db import transaction

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import MANAGEMENT
from trichter.core.events import HandoverBreached
from trichter.core.shell.queries import company_today

from . import actions, queries
from .clocks import Due, due_steps
from .models import ClockStep, Handover
from .telling import tell

State = Handover.State
OWNER, ALARM, FALLBACK = "owner", "alarm", "fallback"


def tick(*, handover: int, now: datetime) -> list[Due]:
    """Take the steps of one handover that are due; returns the new ones. Idempotent."""
    with transaction.atomic():
        row = actions.locked(Handover(pk=handover))
        if row.ended_at is not None:
            return []
        due = due_steps(
            state=queries.state_of(row), terms=queries.terms_of(row), now=now,
            calendar=queries.calendar_of(team=row.team_id),
        )  # fmt: skip
        new = [one for one in due if _first_time(row, one.clock, one.step, one.deadline, now)]
        for one in new:
            _act(row, one, told={d.step for d in new if d.clock == one.clock}, now=now)
        if row.rep_id is None:
            _nobody_has_it(row, now)
        return new


def _first_time(row: Handover, clock: str, step: str, deadline: datetime, now: datetime) -> bool:
    return ClockStep.objects.get_or_create(
        handover=row, round=row.round, clock=clock, step=step,
        defaults={"at": now, "deadline": deadline, "rep": row.rep},
    )[1]  # fmt: skip


def _act(row: Handover, due: Due, *, told: set[str], now: datetime) -> None:
    """Tell of the step. After an outage several come at once: then the earlier ones are not told any more."""
    mine = [row.rep] if row.rep is not None else []
    if due.step == "warn" and "breach" not in told:
        tell(handover=row, kind="warn", users=mine, clock=due.clock, now=now)
    elif due.step == "breach":
        event = HandoverBreached(handover=row.pk, clock=due.clock, round=row.round)
        actions.fact(handover=row, event=event, at=now)
        tell(handover=row, kind="breach", users=mine, clock=due.clock, now=now)
    elif due.step == "escalate":
        leaders = queries.leaders(team=row.team_id)
        tell(handover=row, kind="escalate", users=leaders, clock=due.clock, now=now)
    elif due.step == "reassign" and row.rep_id is not None:
        had = {pk for pk in row.assignments.values_list("rep_id", flat=True) if pk is not None}
        found = actions.route(person=row.person, now=now, exclude=frozenset(had))
        # When nobody else is free, it is better where it is than with nobody.
        if found.rep is not None:
            actions.assign(handover=row, now=now, cause="breach", exclude=had)


def _nobody_has_it(row: Handover, now: datetime) -> None:
    """Somebody may be free by now; else there is an alarm, once a round."""
    house = queries.house()
    if actions.route(person=row.person, now=now, house=house).rep is not None:
        actions.assign(handover=row, now=now, cause=FALLBACK)
        return
    waited = (now - row.created_at).total_seconds() / 60
    if waited >= house.alarm_minutes and _first_time(row, OWNER, ALARM, now, now):
        management = list(User.objects.filter(is_active=True, groups__name=MANAGEMENT).distinct())
        tell(handover=row, kind="alarm", users=[*management, *queries.leaders(team=row.team_id)], now=now)


def waiting(*, now: datetime) -> list[int]:
    """Handovers whose clocks run."""
    return list(queries.running().order_by("pk").values_list("pk", flat=True))


def to_recycle(*, now: datetime) -> list[Handover]:
    """Returned ones whose day has come."""
    today = company_today(now=now)
    rows = Handover.objects.filter(state=State.RETURNED, recycled_at=None, recycle_on__lte=today)
    return list(rows.order_by("pk")[:500])
