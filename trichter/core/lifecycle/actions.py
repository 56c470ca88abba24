"""Changing the agreement, and moving somebody by hand."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.events import StageSet
from trichter.core.jobs.actions import enqueue
from trichter.core.journal.actions import Entry, record
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Person
from trichter.core.people.queries import survivor_of

from . import queries
from .defaults import default_stages
from .errors import AlreadyInForce, InThePast, KeyTaken, NotAfterLatest, StageInUse
from .models import ScoreVersion, Stage, StageVersion
from .program import BEGINNING
from .recomputing import recompute
from .rule import Rule
from .rule_json import existing_kinds, read_rule
from .scoring.defaults import WRITTEN, default_model

__all__ = [
    "add_stage", "add_version", "change_stage", "ensure_defaults", "move_stage", "recompute", "remove_stage",
    "set_stage", "withdraw_version",
]  # fmt: skip

STAGE_SET = "stage.set"
RECOMPUTE_JOB = "lifecycle.recompute"
PREVIEW_JOB = "lifecycle.preview"
SCORE_PREVIEW_JOB = "lifecycle.score_preview"
ADVICE_JOB = "lifecycle.score_advice"


@transaction.atomic
def ensure_defaults(*, language: str | None = None) -> int:
    """Create the six stages with version 1 of their rules when there is no stage; returns how many were made.

    They have been in force since the beginning, so imported history is judged by them.
    """
    if Stage.objects.exists():
        return 0
    lang = "de" if (language or settings.LANGUAGE_CODE).startswith("de") else "en"
    stages = default_stages()
    for position, default in enumerate(stages, 1):
        stage = Stage.objects.create(
            key=default.key, label=default.label[lang], band=default.band, position=position
        )
        StageVersion.objects.create(
            stage=stage, number=1, written_rule=default.written[lang], machine_rule=default.rule,
            effective_from=BEGINNING, applied_at=timezone.now(),
        )  # fmt: skip
    if not ScoreVersion.objects.exists():
        ScoreVersion.objects.create(
            number=1, written=WRITTEN[lang], definition=default_model(language=lang),
            effective_from=BEGINNING, applied_at=timezone.now(),
        )  # fmt: skip
    return len(stages)


@transaction.atomic
def set_stage(
    *, person: Person, stage: Stage, reason: str, by: User | None, at: datetime | None = None
) -> Person:
    """Move a person to a stage by hand, forwards or backwards; recorded with the reason, at once."""
    person = survivor_of(person)
    record(
        Entry(
            fact=StageSet(stage=stage.key, reason=reason.strip()[:300]), at=at or timezone.now(),
            identity=identity_for(person=person),
        )
    )  # fmt: skip
    audit.note(
        user=by, action=STAGE_SET, target=person, details={"stage": stage.key, "reason": reason.strip()}
    )
    recompute(people=[person.pk])
    person.refresh_from_db(fields=["stage", "score"])
    return person


def checked_rule(*, stage: Stage, machine_rule: object) -> Rule:
    """The rule in JSON data of any origin, as a new version of this stage; raises `Malformed`."""
    keys = [known.key for known in queries.stages()]
    below = [known.key for known in queries.stages() if known.position < stage.position]
    return read_rule(machine_rule, below=below, stages=keys, kinds=existing_kinds())


@transaction.atomic
def add_version(
    *,
    stage: Stage,
    written_rule: str,
    machine_rule: object,
    by: User | None,
    effective_from: datetime | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> StageVersion:
    """Agree on a new rule from a moment on (None: now). Earlier versions stay as they are.

    Everybody is looked at again when it becomes effective: at once by a job, or when its time has come.
    Raises Malformed for an unsound rule, InThePast, or NotAfterLatest.
    """  # fmt: skip
    rule = checked_rule(stage=stage, machine_rule=machine_rule)
    moment = now or timezone.now()
    start = effective_from or moment
    if start < moment:
        raise InThePast
    Stage.objects.select_for_update().get(pk=stage.pk)
    latest = stage.versions.order_by("-effective_from").first()
    if latest is not None and latest.effective_from >= start:
        raise NotAfterLatest
    version = StageVersion.objects.create(
        stage=stage, number=1 + max(stage.versions.values_list("number", flat=True), default=0),
        written_rule=written_rule.strip(), machine_rule=rule.to_json(), effective_from=start,
        reason=reason.strip()[:300], created_by=by,
    )  # fmt: skip
    if start <= moment:
        look_at_everybody(by=by)
    return version


@transaction.atomic
def withdraw_version(*, version: StageVersion, now: datetime | None = None) -> None:
    """Take back a version that is not in force yet. Raises AlreadyInForce."""
    if version.effective_from <= (now or timezone.now()):
        raise AlreadyInForce
    version.delete()


@transaction.atomic
def add_stage(
    *,
    key: str,
    label: str,
    band: str,
    position: int,
    written_rule: str,
    machine_rule: object,
    by: User | None,
    now: datetime | None = None,
) -> Stage:
    """A new stage with version 1 of its rule, effective now, put before what is at `position` (from 1).

    Whoever stands beyond it is taken to have come through it (implied). Raises Malformed, KeyTaken.
    """  # fmt: skip
    if Stage.objects.filter(key=key).exists():
        raise KeyTaken
    order = [stage.pk for stage in queries.stages()]
    stage = Stage.objects.create(key=key, label=label.strip(), band=band, position=1 + _highest())
    order.insert(max(0, min(position - 1, len(order))), stage.pk)
    _arrange(order)
    stage.refresh_from_db()
    moment = now or timezone.now()
    add_version(
        stage=stage,
        written_rule=written_rule,
        machine_rule=machine_rule,
        by=by,
        effective_from=moment,
        now=moment,
    )
    return stage


@transaction.atomic
def change_stage(*, stage: Stage, label: str, band: str) -> Stage:
    """Give a stage another name or phase. Its key stays, because events and rules refer to it."""
    stage.label, stage.band = label.strip(), band
    stage.save(update_fields=["label", "band"])
    return stage


@transaction.atomic
def move_stage(*, stage: Stage, by: int, user: User | None = None) -> None:
    """Put a stage so many places further down (negative: up); everybody is looked at again."""
    order = [known.pk for known in queries.stages()]
    here = order.index(stage.pk)
    there = max(0, min(here + by, len(order) - 1))
    if here == there:
        return
    order.insert(there, order.pop(here))
    _arrange(order)
    look_at_everybody(by=user)


@transaction.atomic
def remove_stage(*, stage: Stage, by: User | None) -> None:
    """Take away a stage that nobody entered by its own rule and no rule builds on. Raises StageInUse."""
    if queries.is_in_use(stage=stage):
        raise StageInUse
    stage.delete()
    _arrange([known.pk for known in queries.stages()])
    look_at_everybody(by=by)


def look_at_everybody(*, by: User | None) -> None:
    """Ask for the job that brings all stage entries into line with the agreement."""
    enqueue(name=RECOMPUTE_JOB, user=by)


def _highest() -> int:
    return max(Stage.objects.values_list("position", flat=True), default=0)


def _arrange(order: Sequence[int]) -> None:
    """Number the stages from 1; in two steps, because no two may have the same number in between."""
    Stage.objects.update(position=F("position") + 1_000)
    for position, pk in enumerate(order, 1):
        Stage.objects.filter(pk=pk).update(position=position)
