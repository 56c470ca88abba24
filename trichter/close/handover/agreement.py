"""Proposing a service level agreement, signing it for one's side, taking a proposal back."""

from datetime import datetime
from typing import Final, Literal

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User

from .clocks import Terms
from .errors import AlreadyInForce, AlreadySigned, InThePast, SameColleague
from .models import SlaVersion

Side = Literal["marketing", "sales"]
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
    if planned_for is not None and planned_for < (now or timezone.now()):
        raise InThePast
    numbers = list(SlaVersion.objects.select_for_update().values_list("number", flat=True))
    version = SlaVersion.objects.create(
        number=1 + max(numbers, default=0), terms=terms.to_json(), note=note.strip(),
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
    version = SlaVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.effective_from is not None:
        raise AlreadyInForce
    other = version.sales_by_id if side == "marketing" else version.marketing_by_id
    if (version.marketing_at if side == "marketing" else version.sales_at) is not None:
        raise AlreadySigned
    if other == by.pk:
        raise SameColleague
    setattr(version, f"{side}_by", by)
    setattr(version, f"{side}_at", moment)
    if version.marketing_at is not None and version.sales_at is not None:
        version.effective_from = max(version.planned_for or moment, moment)
    version.save(update_fields=[f"{side}_by", f"{side}_at", "effective_from"])
    audit.note(user=by, action=SIGNED, target=version, details={"version": version.number, "side": side})
    return version


@transaction.atomic
def withdraw(*, version: SlaVersion, by: User) -> None:
    """Take back a proposal. Raises AlreadyInForce."""
    version = SlaVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.effective_from is not None:
        raise AlreadyInForce
    audit.note(user=by, action=WITHDRAWN, target=version, details={"version": version.number})
    version.delete()
