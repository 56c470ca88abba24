"""What happens to deals: opened, moved, won, lost, reopened. Each change and its event are one transaction.

A deal is locked before it is judged, so two colleagues at one board cannot both move it from the stage they
saw. Nothing here ever takes an event back: a lost deal has still reached the stages it reached.
"""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from trichter.core.events import DealLost, DealOpened, DealReopened, DealStageReached, DealWon
from trichter.core.events import Event as Fact
from trichter.core.journal.actions import Entry, record
from trichter.core.people.actions import identity_for
from trichter.core.people.models import Company, Person
from trichter.kit.ids import stable_uuid

from .models import Deal, DealPerson, Pipeline, PipelineStage


class DealError(ValueError):
    """The deal is not in a state in which this can happen; the message is for people."""


class StageRow(NamedTuple):
    """A stage of a pipeline as a form describes it; `pk` None: a new one."""

    pk: int | None
    name: str
    probability: int
    rotting_days: int | None = None


@transaction.atomic
def open_deal(
    *,
    name: str,
    pipeline: Pipeline,
    at: datetime,
    stage: PipelineStage | None = None,
    person: Person | None = None,
    company: Company | None = None,
    owner: Any = None,
    amount: int | None = None,
    currency: str = "EUR",
    expected_close: date | None = None,
    external: tuple[str, str] | None = None,
    batch: int | None = None,
) -> Deal:
    """Open a deal in `stage`, or in the pipeline's first one. `amount` in minor units.

    `external` is (system, id) of an imported deal; it makes its events repeatable. Raises DealError for a
    stage of another pipeline.
    """
    if stage is None:
        stage = pipeline.stages.order_by("position", "pk").first()
    elif stage.pipeline_id != pipeline.pk:
        raise DealError(_("This stage belongs to another pipeline."))
    source, number = external or ("", "")
    deal = Deal.objects.create(
        name=name,
        pipeline=pipeline,
        stage=stage,
        person=person,
        company=company,
        owner=owner,
        amount=amount,
        currency=currency,
        opened_at=at,
        stage_since=at,
        expected_close=expected_close,
        external_source=source,
        external_id=number,
    )
    _record(deal=deal, fact=DealOpened(deal=deal.pk, name=name, pipeline=pipeline.name), at=at, batch=batch)
    if stage is not None:
        _record(deal=deal, fact=_reached(deal=deal, stage=stage), at=at, batch=batch)
    return deal


@transaction.atomic
def move_deal(
    *,
    deal: Deal,
    stage: PipelineStage,
    at: datetime,
    by: Any = None,
    seen: int | None = None,
    batch: int | None = None,
) -> bool:
    """Move an open deal to a stage of its pipeline, forwards or back. False when it is there already.

    `seen` is the id of the stage the colleague saw it in. Raises DealError when the deal is closed, the stage
    belongs elsewhere, or the deal has been moved since.
    """
    now = _locked(deal=deal)
    if now.status != Deal.Status.OPEN:
        raise DealError(_("“%(deal)s” is closed; reopen it first.") % {"deal": now.name})
    if stage.pipeline_id != now.pipeline_id:
        raise DealError(_("This stage belongs to another pipeline."))
    if seen is not None and now.stage_id not in (seen, stage.pk):
        raise DealError(_("“%(deal)s” has been moved in the meantime.") % {"deal": now.name})
    if now.stage_id == stage.pk:
        return False
    now.stage, now.stage_since = stage, at
    now.save(update_fields=["stage", "stage_since"])
    deal.stage, deal.stage_since = stage, at
    _record(deal=now, fact=_reached(deal=now, stage=stage), at=at, batch=batch)
    return True


@transaction.atomic
def win_deal(
    *, deal: Deal, at: datetime, by: Any = None, amount: int | None = None, batch: int | None = None
) -> None:
    """The customer said yes; `amount` replaces the deal's when given. Raises DealError when it is closed."""
    now = _open(deal=deal)
    if amount is not None:
        now.amount = amount
    now.status, now.closed_at, now.lost_reason = Deal.Status.WON, at, ""
    now.save(update_fields=["status", "closed_at", "lost_reason", "amount"])
    _copy(source=now, target=deal)
    _record(
        deal=now, fact=DealWon(deal=now.pk, name=now.name, pipeline=now.pipeline.name), at=at, batch=batch
    )


@transaction.atomic
def lose_deal(*, deal: Deal, reason: str, at: datetime, by: Any = None, batch: int | None = None) -> None:
    """It ended without a sale; the stages it reached stay reached. Raises DealError when it is closed."""
    now = _open(deal=deal)
    now.status, now.closed_at, now.lost_reason = Deal.Status.LOST, at, reason[:200]
    now.save(update_fields=["status", "closed_at", "lost_reason"])
    _copy(source=now, target=deal)
    fact = DealLost(deal=now.pk, name=now.name, pipeline=now.pipeline.name, reason=now.lost_reason)
    _record(deal=now, fact=fact, at=at, batch=batch)


@transaction.atomic
def reopen_deal(*, deal: Deal, at: datetime, by: Any = None, batch: int | None = None) -> None:
    """A closed deal goes on in the stage where it stopped. Raises DealError when it is open."""
    now = _locked(deal=deal)
    if now.status == Deal.Status.OPEN:
        raise DealError(_("“%(deal)s” is open already.") % {"deal": now.name})
    now.status, now.closed_at, now.lost_reason, now.stage_since = Deal.Status.OPEN, None, "", at
    now.save(update_fields=["status", "closed_at", "lost_reason", "stage_since"])
    _copy(source=now, target=deal)
    fact = DealReopened(deal=now.pk, name=now.name, pipeline=now.pipeline.name)
    _record(deal=now, fact=fact, at=at, batch=batch)


@transaction.atomic
def save_stages(*, pipeline: Pipeline, stages: list[StageRow]) -> None:
    """Make a pipeline's stages these, in this order.

    A stage that is left out is deleted. Raises DealError when deals stand in it.
    """
    keep = {stage.pk for stage in stages if stage.pk is not None}
    if PipelineStage.objects.filter(pk__in=keep).exclude(pipeline=pipeline).exists():
        raise DealError(_("This stage belongs to another pipeline."))
    doomed = PipelineStage.objects.select_for_update().filter(pipeline=pipeline).exclude(pk__in=keep)
    for stage in doomed:
        if Deal.objects.filter(stage=stage).exists():
            raise DealError(_("Deals stand in “%(stage)s”; move them first.") % {"stage": stage.name})
    doomed.delete()
    # Names are unique per pipeline: parked names let two stages swap theirs.
    for stage in PipelineStage.objects.filter(pipeline=pipeline, pk__in=keep):
        stage.name = f"\u2060{stage.pk}"
        stage.save(update_fields=["name"])
    for position, row in enumerate(stages, start=1):
        values = {
            "name": row.name,
            "probability": row.probability,
            "rotting_days": row.rotting_days,
            "position": position,
        }
        if row.pk is None:
            PipelineStage.objects.create(pipeline=pipeline, **values)
        else:
            PipelineStage.objects.filter(pk=row.pk).update(**values)


def _locked(*, deal: Deal) -> Deal:
    # `of` keeps the lock to the deal itself; SQLite has taken the writer's lock at the start already.
    rows = Deal.objects.select_related("pipeline", "person")
    found: Deal = rows.select_for_update(of=("self",)).get(pk=deal.pk)
    return found


def _open(*, deal: Deal) -> Deal:
    now = _locked(deal=deal)
    if now.status != Deal.Status.OPEN:
        raise DealError(_("“%(deal)s” is closed; reopen it first.") % {"deal": now.name})
    return now


def _copy(*, source: Deal, target: Deal) -> None:
    for name in ("status", "closed_at", "lost_reason", "amount", "stage_since"):
        setattr(target, name, getattr(source, name))


@transaction.atomic
def involve(*, deal: Deal, person: Person) -> bool:
    """Count somebody among the people of a deal. False when they are there already."""
    if person.pk == deal.person_id:
        return False
    _row, made = DealPerson.objects.get_or_create(deal=deal, person=person)
    return made


@transaction.atomic
def leave_out(*, deal: Deal, person: Person) -> bool:
    """Take somebody off a deal's people; the deal's own contact is changed by editing the deal."""
    row = DealPerson.objects.filter(deal=deal, person=person).first()
    if row is None:
        return False
    row.delete()
    return True


def _reached(*, deal: Deal, stage: PipelineStage) -> DealStageReached:
    return DealStageReached(
        deal=deal.pk, name=deal.name, pipeline=deal.pipeline.name, stage=stage.name, position=stage.position
    )


def _uid(*, deal: Deal, fact: Fact, at: datetime) -> UUID:
    """The same for the same step of the same imported deal; random for our own."""
    if not deal.external_id:
        return uuid4()
    stage = getattr(fact, "stage", "")
    return stable_uuid(
        "pipeline.deal", deal.external_source, deal.external_id, fact.kind, stage, at.isoformat()
    )


def _record(*, deal: Deal, fact: Fact, at: datetime, batch: int | None) -> None:
    record(
        Entry(
            fact=fact,
            at=at,
            uid=_uid(deal=deal, fact=fact, at=at),
            batch=batch,
            value=deal.amount,
            currency=deal.currency if deal.amount is not None else "",
            identity=identity_for(person=deal.person) if deal.person is not None else None,
        )
    )
