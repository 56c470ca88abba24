"""Reads of handovers and of everything a decision about them needs."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from trichter.core.accounts.models import Team, User
from trichter.core.accounts.roles import MANAGEMENT, SALES
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_today, company_zone, installation

from .calendars import Calendar, Windows
from .clocks import Running, Terms, read_terms
from .models import (
    Absence,
    BusinessCalendar,
    ChatChannel,
    Handover,
    HandoverSettings,
    RoutingRule,
    Seat,
    SlaVersion,
)
from .routing import Lead, Rep, Rule, parse_postcodes

RECENT = timedelta(days=30)
State = Handover.State


def house() -> HandoverSettings:
    """The settings; the defaults while none are saved."""
    return HandoverSettings.objects.filter(pk=1).first() or HandoverSettings(pk=1)


def sla(*, now: datetime | None = None) -> SlaVersion | None:
    """The agreement in force."""
    found = SlaVersion.objects.filter(effective_from__lte=now or timezone.now())
    return found.order_by("-effective_from", "-number").first()


def sla_versions() -> list[SlaVersion]:
    """All versions, newest first."""
    return list(SlaVersion.objects.select_related("created_by", "marketing_by", "sales_by"))


def terms_of(handover: Handover) -> Terms:
    """What was agreed when the person was handed over; the defaults when nothing was."""
    return read_terms(handover.sla.terms if handover.sla is not None else {})


# Calendars ------------------------------------------------------------------


def read_windows(data: object) -> Windows:
    """Windows from stored data; what is none is left out."""
    found: list[tuple[time, time]] = []
    for pair in data if isinstance(data, list) else []:
        try:
            first, last = (time.fromisoformat(text) for text in pair)
        except (TypeError, ValueError):
            continue
        if last > first or last == time(0):
            found.append((first, last))
    return tuple(sorted(found))


def calendar_from(row: BusinessCalendar | None) -> Calendar:
    """A calendar as the rules read it; Monday to Friday, nine to five, without a row."""
    if row is None:
        return Calendar(zone=company_zone(), country=installation().phone_region or "DE")
    try:
        zone = ZoneInfo(row.zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = company_zone()
    week = {day: read_windows(row.week.get(str(day))) for day in range(7)}
    exceptions: dict[date, Windows] = {}
    for text, windows in (row.exceptions or {}).items():
        try:
            exceptions[date.fromisoformat(text)] = read_windows(windows)
        except ValueError:
            continue
    return Calendar(
        zone=zone, week=week, country=row.country, subdivision=row.subdivision, exceptions=exceptions
    )


def calendars() -> dict[int | None, Calendar]:
    """Calendars by team; that of everybody else under None, always there."""
    found = {row.team_id: calendar_from(row) for row in BusinessCalendar.objects.all()}
    found.setdefault(None, calendar_from(None))
    return found


def calendar_of(*, team: int | None) -> Calendar:
    """The calendar of a team, or else that of everybody."""
    rows = {row.team_id: row for row in BusinessCalendar.objects.filter(Q(team=team) | Q(team=None))}
    return calendar_from(rows.get(team) or rows.get(None))


def leaders(*, team: int | None) -> list[User]:
    """Who hears of an escalation: the team's leader, else management."""
    row = BusinessCalendar.objects.filter(team=team, leader__is_active=True).select_related("leader").first()
    if row is not None and row.leader is not None:
        return [row.leader]
    return list(User.objects.filter(is_active=True, groups__name=MANAGEMENT).distinct())


# Routing --------------------------------------------------------------------


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for one in text.split(",") if (word := one.strip().lower()))


def rules() -> list[Rule]:
    """The active rules in order; a rule whose postcodes cannot be read matches nobody."""
    found = []
    rows: Any = RoutingRule.objects.filter(active=True).order_by("position", "id").values()
    for number, row in enumerate(rows, 1):
        try:
            postcodes = parse_postcodes(row["postcodes"])
        except ValueError:
            continue
        found.append(
            Rule(
                id=row["id"], number=number, name=row["name"], industries=_words(row["industries"]),
                employees_min=row["employees_min"], employees_max=row["employees_max"],
                countries=tuple(word.upper() for word in _words(row["countries"])), postcodes=postcodes,
                languages=_words(row["languages"]), score_min=row["score_min"], score_max=row["score_max"],
                sources=_words(row["sources"]), tags=_words(row["tags"]), rep=row["rep_id"],
                team=row["team_id"], method="round" if row["method"] == "round" else "least",
            )
        )  # fmt: skip
    return found


def running(rows: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Handovers that still need work: not accepted, or accepted with a clock running."""
    found = Handover.objects.all() if rows is None else rows
    return found.filter(Q(state=State.OPEN) | (Q(state=State.ACCEPTED) & ~Q(clock="")))


def late(*, now: datetime, rows: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Those of the running ones whose next deadline has passed."""
    return running(rows).filter(deadline__lt=now)


def colleagues() -> QuerySet[User]:
    """Who may get handovers: the sales role, and whoever was given a capacity."""
    out = Seat.objects.filter(active=False).values("user_id")
    extra = Seat.objects.filter(active=True).values("user_id")
    sales = User.groups.through.objects.filter(group__name=SALES).values("user_id")
    found: QuerySet[User] = User.objects.filter(Q(pk__in=sales) | Q(pk__in=extra), is_active=True)
    return found.exclude(pk__in=out)


def reps(*, now: datetime) -> dict[int, Rep]:
    """Colleagues as they stand now, by id; four queries."""
    seats = {seat.user_id: seat for seat in Seat.objects.all()}
    load = dict(
        running().exclude(rep=None).order_by().values_list("rep").annotate(n=Count("id"))
    )  # fmt: skip
    recent = {
        rep: (n, last)
        for rep, n, last in Handover.objects.filter(assigned_at__gt=now - RECENT)
        .exclude(rep=None)
        .order_by()
        .values_list("rep")
        .annotate(n=Count("id"), last=Max("assigned_at"))
    }
    today = company_today(now=now)
    absent = {
        one.user_id: one.cover_id
        for one in Absence.objects.filter(first__lte=today, last__gte=today).order_by("first", "id")
    }
    found = {}
    for user in colleagues().only("first_name", "last_name", "email", "team_id"):
        seat, (count, last) = seats.get(user.pk), recent.get(user.pk, (0, None))
        found[user.pk] = Rep(
            id=user.pk, name=str(user), team=user.team_id, open=load.get(user.pk, 0),
            capacity=seat.capacity if seat else None, weight=seat.weight if seat else 1, recent=count,
            last=last.timestamp() if last else 0.0, absent=user.pk in absent, cover=absent.get(user.pk),
        )  # fmt: skip
    return found


def teams() -> dict[int, str]:
    """Names of teams by id."""
    return dict(Team.objects.values_list("pk", "name"))


def lead_of(person: Person) -> Lead:
    """What the rules look at; the person's own place before the company's."""
    company = person.company
    own = bool(person.postcode)
    return Lead(
        owner=person.owner_id,
        industry=(company.industry if company else "").lower(),
        employees=company.employees if company else None,
        country=((person.country or "") if own else "") or (company.country if company else "")
        or person.country,
        postcode=person.postcode or (company.postcode if company else ""),
        language=person.language.lower(), score=person.score, source=person.source.lower(),
        tags=frozenset(name.lower() for name in person.tags.values_list("name", flat=True)),
    )  # fmt: skip


# Handovers ------------------------------------------------------------------


def handovers(*, user: Any) -> QuerySet[Any]:
    """Those the user may see, with what lists need."""
    rows = Handover.objects.visible_to(user)
    return rows.select_related("person__company", "rep", "team", "sla")


def handover_of(*, pk: int, user: Any) -> Handover | None:
    """One of them."""
    found: Handover | None = handovers(user=user).filter(pk=pk).first()
    return found


def handovers_of(*, person: Person, user: Any) -> list[Handover]:
    """A person's handovers, newest first."""
    return list(handovers(user=user).filter(person=person).order_by("-created_at"))


def state_of(handover: Handover, *, pauses: Iterable[Any] | None = None) -> Running:
    """A handover as the clocks see it."""
    held = handover.pauses.all() if pauses is None else pauses
    return Running(
        start=handover.assigned_at or handover.created_at, accepted_at=handover.accepted_at,
        first_response_at=handover.first_response_at, attempts=handover.attempts, reached=handover.reached,
        ended=handover.ended_at is not None, assigned=handover.rep_id is not None,
        pauses=tuple((pause.since, pause.until) for pause in held),
    )  # fmt: skip


def channels(*, team: int | None) -> list[ChatChannel]:
    """Active channels of everybody and of this team."""
    mine = Q(team=None) if team is None else Q(team=None) | Q(team=team)
    return list(ChatChannel.objects.filter(mine, active=True))
