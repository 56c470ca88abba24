"""Proposing a service level agreement, signing it for one's side, taking a proposal back."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.lifecycle.signing import Side, check_plan, next_number, proposal, put_name

from .clocks import Terms
from .models import SlaVersion

PROPOSED, SIGNED, WITHDRAWN = "sla.proposed", "sla.signed", "sla.withdrawn"
TITLES: Final[dict[str, str | Promise]] = {
    PROPOSED: _("Service level agreement proposed"),
    SIGNED: _("Service level agreement signed"),
    WITHDRAWN: _("Service level agreement withdrawn"),
}


@transaction.atomic
def propose(
    *, terms: Terms, by: User | None, note: str = "", reason: str = "", planned_for: datetime | None = None,
    now: datetime | None = None,
) -> SlaVersion:  # fmt: skip
    """A new version that nobody has signed yet. Raises InThePast."""
    check_plan(planned_for, now=now)
    version = SlaVersion.objects.create(
        number=next_number(SlaVersion), terms=terms.to_json(), note=note.strip(),
        reason=reason.strip()[:300], planned_for=planned_for, created_by=by,
    )  # fmt: skip
    audit.note(user=by, action=PROPOSED, target=version, details={"version": version.number})
    return version


@transaction.atomic
def sign(*, version: SlaVersion, side: Side, by: User, now: datetime | None = None) -> SlaVersion:
    """Sign for one side; with the second it takes effect: now, or when it is planned for.

    Handovers that exist keep the times that held when they were made. Raises AlreadyInForce,
    AlreadySigned, SameColleague.
    """
    moment = now or timezone.now()
    version = proposal(version)
    if put_name(version, side=side, by=by, at=moment):
        version.effective_from = max(version.planned_for or moment, moment)
        version.save(update_fields=["effective_from"])
    audit.note(user=by, action=SIGNED, target=version, details={"version": version.number, "side": side})
    return version


@transaction.atomic
def withdraw(*, version: SlaVersion, by: User) -> None:
    """Take back a proposal. Raises AlreadyInForce."""
    version = proposal(version)
    audit.note(user=by, action=WITHDRAWN, target=version, details={"version": version.number})
    version.delete()
