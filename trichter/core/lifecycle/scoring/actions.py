"""Proposing a score model, agreeing to it for one's side, switching it on, taking it back."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User

from ..actions import look_at_everybody
from ..errors import AlreadyInForce, NotAfterLatest
from ..models import ScoreVersion
from ..rule_json import existing_kinds
from ..signing import Side, check_plan, next_number, proposal, put_name
from .model import Model
from .model_json import read_model

PROPOSED, AGREED, SWITCHED_ON, WITHDRAWN = (
    "score.proposed",
    "score.agreed",
    "score.switched_on",
    "score.withdrawn",
)
TITLES: Final[dict[str, str | Promise]] = {
    PROPOSED: _("Score model proposed"),
    AGREED: _("Score model agreed to"),
    SWITCHED_ON: _("Score model switched on"),
    WITHDRAWN: _("Score model withdrawn"),
}


def checked_model(*, definition: object) -> Model:
    """The model in JSON data of any origin; raises `Malformed`."""
    return read_model(definition, kinds=existing_kinds())


@transaction.atomic
def propose(
    *, definition: object, written: str, by: User | None, reason: str = "",
    planned_for: datetime | None = None, now: datetime | None = None,
) -> ScoreVersion:  # fmt: skip
    """A new version that nobody has agreed to yet. Raises Malformed, InThePast."""
    model = checked_model(definition=definition)
    check_plan(planned_for, now=now)
    version = ScoreVersion.objects.create(
        number=next_number(ScoreVersion), written=written.strip(), definition=model.to_json(),
        reason=reason.strip()[:300], planned_for=planned_for, created_by=by,
    )  # fmt: skip
    _note(PROPOSED, version, by)
    return version


@transaction.atomic
def agree(*, version: ScoreVersion, side: Side, by: User, now: datetime | None = None) -> ScoreVersion:
    """Agree to a proposal for one side. With the second side it takes effect: now, or when it is planned for.

    Raises AlreadyInForce, AlreadySigned, SameColleague (one person cannot stand for both), NotAfterLatest.
    """
    moment = now or timezone.now()
    version = proposal(version)
    both = put_name(version, side=side, by=by, at=moment)
    _note(AGREED, version, by, side=side)
    if both:
        _take_effect(version, moment, by=by)
    return version


@transaction.atomic
def switch_on(*, version: ScoreVersion, by: User, now: datetime | None = None) -> ScoreVersion:
    """Management lets a version take effect without both sides. Raises AlreadyInForce, NotAfterLatest."""
    version = proposal(version)
    version.switched_on_by = by
    version.save(update_fields=["switched_on_by"])
    _note(SWITCHED_ON, version, by)
    _take_effect(version, now or timezone.now(), by=by)
    return version


@transaction.atomic
def withdraw(*, version: ScoreVersion, by: User | None, now: datetime | None = None) -> None:
    """Take back a version that is not in force yet. Raises AlreadyInForce."""
    version = ScoreVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.effective_from is not None and version.effective_from <= (now or timezone.now()):
        raise AlreadyInForce
    _note(WITHDRAWN, version, by)
    version.delete()


def _take_effect(version: ScoreVersion, moment: datetime, *, by: User | None) -> None:
    start = max(version.planned_for or moment, moment)
    others = ScoreVersion.objects.exclude(pk=version.pk).filter(effective_from__gte=start)
    if others.exists():
        raise NotAfterLatest
    version.effective_from = start
    version.save(update_fields=["effective_from"])
    if start <= moment:
        look_at_everybody(by=by)


def _note(action: str, version: ScoreVersion, by: User | None, *, side: str = "") -> None:
    audit.note(user=by, action=action, target=version, details={"version": version.number, "side": side})
