"""Reads of deals: the board, the totals, a deal's past."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext

from trichter.core.events import UnknownKind, load
from trichter.core.journal.models import Event
from trichter.core.people.models import Person
from trichter.core.people.queries import people

from .models import Deal, DealPerson, Pipeline, PipelineStage
from .rules import days_stuck, weighted

DEAL_KINDS = ("deal.opened", "deal.stage_reached", "deal.won", "deal.lost", "deal.reopened")
CARDS_PER_COLUMN = 100


@dataclass(frozen=True, kw_only=True)
class DealSum:
    """Money of one currency in minor units, plain and weighted by probability."""

    currency: str
    total: int
    weighted: int


@dataclass(frozen=True, kw_only=True)
class BoardColumn:
    """A stage with its open deals. `count` and `sums` cover all of them, `deals` at most CARDS_PER_COLUMN."""

    stage: PipelineStage
    deals: list[Deal]
    count: int
    sums: list[DealSum]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a deal's past. `days`: how long it stayed there, None for where it is now."""

    at: datetime
    kind: str
    icon: str
    title: str
    value: int | None
    currency: str
    days: int | None


def deals(*, user: Any) -> QuerySet[Deal]:
    """The deals this user may see."""
    found: QuerySet[Deal] = Deal.objects.visible_to(user)
    return found


def deals_of(*, person: Person) -> Q:
    """Deals whose contact the person is, and those in which they have a say."""
    return Q(person=person) | Q(pk__in=DealPerson.objects.filter(person=person).values("deal"))


def people_of(*, deal: Deal, user: Any) -> list[Person]:
    """The people of a deal whom this user may see: its contact first, then in the order they came."""
    if not user.has_perm("people.view_person"):
        return []
    numbers = [*([deal.person_id] if deal.person_id else [])]
    numbers += deal.involved.exclude(person=deal.person_id).values_list("person", flat=True)
    seen = people(user=user).filter(pk__in=numbers).in_bulk()
    return [seen[number] for number in numbers if number in seen]


def board(*, pipeline: Pipeline, user: Any, owner: Any = None) -> list[BoardColumn]:
    """The pipeline's stages with the user's visible open deals; three queries whatever their number."""
    rows = deals(user=user).filter(pipeline=pipeline, status=Deal.Status.OPEN)
    if owner is not None:
        rows = rows.filter(owner=owner)
    stages = list(pipeline.stages.order_by("position", "pk"))
    sums: dict[int, list[DealSum]] = {stage.pk: [] for stage in stages}
    counts: dict[int, int] = dict.fromkeys(sums, 0)
    found = (
        rows.order_by()
        .values("stage", "stage__probability", "currency")
        .annotate(number=Count("pk"), total=Sum("amount"))
    )
    for line in found.order_by("currency"):
        if line["stage"] in sums:
            counts[line["stage"]] += line["number"]
            if line["total"]:
                sums[line["stage"]].append(
                    DealSum(
                        currency=line["currency"],
                        total=line["total"],
                        weighted=weighted(amount=line["total"], probability=line["stage__probability"]),
                    )
                )
    cards: dict[int, list[Deal]] = {stage.pk: [] for stage in stages}
    ordered = rows.select_related("person", "company", "owner", "stage").order_by(
        F("expected_close").asc(nulls_last=True), "pk"
    )
    for deal in ordered[: CARDS_PER_COLUMN * max(len(stages), 1)]:
        if deal.stage_id in cards and len(cards[deal.stage_id]) < CARDS_PER_COLUMN:
            cards[deal.stage_id].append(deal)
    return [
        BoardColumn(stage=stage, deals=cards[stage.pk], count=counts[stage.pk], sums=sums[stage.pk])
        for stage in stages
    ]


def totals(*, rows: QuerySet[Any]) -> list[DealSum]:
    """Sums of these deals by currency, the largest first; open ones weighted by their stage."""
    found: dict[str, list[int]] = {}
    lines = rows.order_by().values("currency", "status", "stage__probability").annotate(total=Sum("amount"))
    for line in lines:
        both = found.setdefault(line["currency"], [0, 0])
        total = line["total"] or 0
        both[0] += total
        chance = {"won": 100, "lost": 0}.get(line["status"], line["stage__probability"] or 0)
        both[1] += weighted(amount=total, probability=chance)
    sums = [
        DealSum(currency=currency, total=both[0], weighted=both[1])
        for currency, both in found.items()
        if both[0]
    ]
    return sorted(sums, key=lambda one: (-one.total, one.currency))


def past_of(*, deal: Deal) -> list[Step]:
    """What the journal tells of a deal, oldest first."""
    events = list(Event.objects.filter(kind__in=DEAL_KINDS, data__deal=deal.pk).order_by("at", "id"))
    steps = []
    for index, event in enumerate(events):
        following = events[index + 1].at if index + 1 < len(events) else None
        try:
            fact = load(kind=event.kind, version=event.version, data=event.data)
        except (UnknownKind, TypeError):
            continue
        steps.append(
            Step(
                at=event.at,
                kind=event.kind,
                icon=fact.icon,
                title=_title(fact=fact),
                value=event.value,
                currency=event.currency,
                days=(following - event.at).days if following else None,
            )
        )
    return steps


def _title(*, fact: Any) -> str:
    return str(gettext(fact.title) % {"reason": "", **vars(fact)})


def stuck(*, now: datetime) -> Q:
    """Open deals that have stood in their stage for longer than it allows."""
    found = Q(pk__in=[])
    for stage in PipelineStage.objects.filter(rotting_days__gt=0):
        before = now - timedelta(days=stage.rotting_days or 0)
        since = Q(stage_since__lte=before) | Q(stage_since=None, opened_at__lte=before)
        found |= Q(since, stage=stage, status=Deal.Status.OPEN)
    return found


def days_in_stage(*, deal: Deal, now: datetime) -> int | None:
    """The days a deal has stood in its stage, if it is stuck there."""
    if deal.status != Deal.Status.OPEN or deal.stage is None:
        return None
    return days_stuck(since=deal.stage_since or deal.opened_at, now=now, limit=deal.stage.rotting_days)


def is_overdue(*, deal: Deal, today: date) -> bool:
    """An open deal whose expected day has passed."""
    return deal.status == Deal.Status.OPEN and deal.expected_close is not None and deal.expected_close < today
