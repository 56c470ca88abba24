"""The agreed times as data, and which of their steps are due. Pure: the clock is passed in.

The numbers here are the ones the SLA document is written from (see `document`), so text and timers cannot
differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from .calendars import Calendar, after_business_time, elapsed_business_time, end_of_business_day

Clock = Literal["accept", "response", "attempts"]
Step = Literal["warn", "breach", "escalate", "reassign"]
CLOCKS: tuple[Clock, ...] = ("accept", "response", "attempts")
STEPS: tuple[Step, ...] = ("warn", "breach", "escalate", "reassign")


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What both sides promise. Minutes are business minutes, days business days; 0 switches a step off.

    mql_per_month, accepted_percent: what marketing owes: how many handovers, and the share sales accepts.
    reassign_minutes: so long after the breach of the acceptance. escalate_minutes: so long after any breach.
    """

    mql_per_month: int = 20
    accepted_percent: int = 70
    accept_minutes: int = 60
    response_minutes: int = 240
    attempts: int = 5
    attempts_days: int = 10
    warn_percent: int = 75
    escalate_minutes: int = 15
    reassign_minutes: int = 60

    def to_json(self) -> dict[str, int]:
        """As stored."""
        return asdict(self)


LIMITS: Mapping[str, tuple[int, int]] = {
    "mql_per_month": (0, 100_000), "accepted_percent": (0, 100), "accept_minutes": (1, 10_000),
    "response_minutes": (1, 20_000), "attempts": (0, 50), "attempts_days": (1, 200),
    "warn_percent": (1, 99), "escalate_minutes": (0, 10_000), "reassign_minutes": (0, 10_000),
}  # fmt: skip


def read_terms(data: object) -> Terms:
    """Terms from stored data; what is missing or out of its limits takes the default."""
    found: dict[str, int] = {}
    for one in fields(Terms):
        value = data.get(one.name) if isinstance(data, Mapping) else None
        low, high = LIMITS[one.name]
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            found[one.name] = value
    return Terms(**found)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A handover as the clocks see it. `start`: when this colleague got it; None stamps: not yet.

    attempts: contacts so far. ended: returned or withdrawn, so that no clock runs any more.
    """

    start: datetime
    accepted_at: datetime | None = None
    first_response_at: datetime | None = None
    attempts: int = 0
    reached: bool = False
    ended: bool = False
    assigned: bool = True
    pauses: Sequence[tuple[datetime, datetime | None]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A step that is due; `deadline`: when the agreed time had passed."""

    clock: Clock
    step: Step
    deadline: datetime


def runs(*, clock: Clock, state: Running, terms: Terms) -> bool:
    """Whether this clock still waits for something."""
    if state.ended:
        return False
    if clock == "accept":
        return state.accepted_at is None
    if clock == "response":
        return state.first_response_at is None
    return terms.attempts > 0 and state.attempts < terms.attempts and not state.reached


def deadline(*, clock: Clock, state: Running, terms: Terms, calendar: Calendar) -> datetime | None:
    """When the agreed time will have passed; None when not foreseeable (an open pause)."""
    if clock == "attempts":
        end = end_of_business_day(state.start, terms.attempts_days, calendar)
        if end is None or not state.pauses:
            return end
        wanted = elapsed_business_time(state.start, end, calendar)
        return after_business_time(state.start, wanted, calendar, pauses=state.pauses)
    minutes = terms.accept_minutes if clock == "accept" else terms.response_minutes
    return after_business_time(state.start, timedelta(minutes=minutes), calendar, pauses=state.pauses)


def due_steps(*, state: Running, terms: Terms, calendar: Calendar, now: datetime) -> list[Due]:
    """Every step whose time has come, whether or not it was taken before; nothing while a pause is open."""
    if any(until is None for _since, until in state.pauses):
        return []
    found: list[Due] = []
    for clock in CLOCKS:
        if not runs(clock=clock, state=state, terms=terms):
            continue
        end = deadline(clock=clock, state=state, terms=terms, calendar=calendar)
        if end is None:
            continue
        whole = elapsed_business_time(state.start, end, calendar, pauses=state.pauses)
        passed = elapsed_business_time(state.start, now, calendar, pauses=state.pauses)
        over = passed - whole
        zero = timedelta()
        if passed * 100 >= whole * terms.warn_percent and (passed > zero or now >= end):
            found.append(Due(clock=clock, step="warn", deadline=end))
        if now < end:
            continue
        found.append(Due(clock=clock, step="breach", deadline=end))
        if terms.escalate_minutes and over >= timedelta(minutes=terms.escalate_minutes):
            found.append(Due(clock=clock, step="escalate", deadline=end))
        reassign = clock == "accept" and terms.reassign_minutes and state.assigned
        if reassign and over >= timedelta(minutes=terms.reassign_minutes):
            found.append(Due(clock=clock, step="reassign", deadline=end))
    return found


def next_deadline(*, state: Running, terms: Terms, calendar: Calendar) -> tuple[Clock, datetime] | None:
    """The clock that runs out first."""
    ends: list[tuple[datetime, Clock]] = []
    for clock in CLOCKS:
        if runs(clock=clock, state=state, terms=terms):
            end = deadline(clock=clock, state=state, terms=terms, calendar=calendar)
            if end is not None:
                ends.append((end, clock))
    return (min(ends)[1], min(ends)[0]) if ends else None


def terms_difference(*, old: Terms, new: Terms) -> list[tuple[str, Any, Any]]:
    """What changed: name, old and new number."""
    before, after = old.to_json(), new.to_json()
    return [(name, before[name], after[name]) for name in after if before[name] != after[name]]
