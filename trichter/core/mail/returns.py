"""What follows from bounces and complaints: suppression, and pauses before more damage is done."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.consent.actions import Evidence, withdraw
from trichter.core.events import MailBounced, MailComplained
from trichter.core.journal.actions import Entry, identify, record

from . import actions, queries
from .history import tell
from .ledger import identity_of, uid
from .models import Delivery, Mailing, Step, Suppression
from .rules import rates

S = Delivery.State
_WAVE = timedelta(minutes=15)


@transaction.atomic
def suppress(*, address: str, why: str, at: datetime, detail: str = "") -> Suppression:
    """Write to this address no more. Lifted entries come back; a hard bounce outranks what was there."""
    identity = identify(kind="email", value=address)
    values = {
        "address": address, "identity_id": identity, "why": why, "detail": detail[:500], "since": at,
        "lifted_at": None,
    }  # fmt: skip
    row, new = Suppression.objects.select_for_update().get_or_create(
        digest=queries.digest_of(address), defaults=values
    )
    if not new and (row.lifted_at is not None or why == "hard" != row.why):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return row


def lift(*, suppression: Suppression, at: datetime) -> None:
    """The address may be written to again."""
    suppression.lifted_at = at
    suppression.save(update_fields=["lifted_at"])


def _locked(delivery: Delivery) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("mailing", "person")
    return rows.get(pk=delivery.pk)


@transaction.atomic
def bounced(*, delivery: Delivery, hard: bool, detail: str, at: datetime) -> bool:
    """A mail came back. False when this was known. A hard bounce suppresses the address."""
    row = _locked(delivery)
    if row.state == S.BOUNCED and (row.reason == "bounced_hard" or not hard):
        return False
    reason = "bounced_hard" if hard else "bounced_soft"
    row.state, row.reason, row.detail, row.bounced_at = S.BOUNCED, reason, detail[:500], row.bounced_at or at
    # A bounce of an unclear mail tells that it had left.
    row.sent_at = row.sent_at or at
    row.save(update_fields=["state", "reason", "detail", "bounced_at", "sent_at"])
    tell(deliveries=[row], state=S.BOUNCED, reason=reason, detail=detail, at=at)
    identity = identity_of(row)
    if identity is not None:
        fact = MailBounced(subject=row.subject, mailing=row.mailing.key, hard=hard)
        record(Entry(fact=fact, at=at, identity=identity, uid=uid(row, reason)))
    if hard and row.address:
        suppress(address=row.address, why="hard", detail=detail, at=at)
    watch_soft(mailing=row.mailing, now=at)
    return True


@transaction.atomic
def complained(*, delivery: Delivery, at: datetime, detail: str = "") -> bool:
    """The recipient reported the mail as spam: no more advertising, and the consent is taken back."""
    row = _locked(delivery)
    if row.complained_at is not None:
        return False
    row.complained_at = at
    row.save(update_fields=["complained_at"])
    tell(deliveries=[row], state=row.state, reason="complained", detail=detail, at=at)
    identity = identity_of(row)
    if identity is not None:
        fact = MailComplained(subject=row.subject, mailing=row.mailing.key)
        record(Entry(fact=fact, at=at, identity=identity, uid=uid(row, "complained")))
    if row.address:
        suppress(address=row.address, why="complaint", detail=detail, at=at)
    unsubscribed(delivery=row, at=at, how="complaint")
    _watch_complaints(mailing=row.mailing, now=at)
    return True


@transaction.atomic
def unsubscribed(*, delivery: Delivery, at: datetime, how: str) -> bool:
    """Take the consent back for which this mail was sent. False when it was for none, or erased since."""
    mailing = delivery.mailing
    if delivery.identity_id is None or mailing.message_class != Mailing.Class.MARKETING:
        return False
    withdraw(
        identity=delivery.identity_id, purpose=mailing.purpose or actions.NEWSLETTER, channel="email", at=at,
        how="link", evidence=Evidence(proof={"mail_message_id": delivery.message_id, "by": how}),
    )  # fmt: skip
    tell(deliveries=[delivery], state=delivery.state, reason="unsubscribed", detail=how, at=at)
    return True


def watch_soft(*, mailing: Mailing, now: datetime) -> None:
    """Pause a mailing that a whole provider turns away, before all of its rows have been tried."""
    if mailing.state != Mailing.State.RUNNING:
        return
    recent = Step.objects.filter(delivery__mailing=mailing, at__gt=now - _WAVE, at__lte=now)
    tried = recent.exclude(state=S.DUE, reason="").values("delivery").distinct().count()
    soft = recent.filter(reason__in=["try_later", "bounced_soft"]).values("delivery").distinct().count()
    if rates.soft_wave(tried=tried, soft=soft):
        why = _("%(soft)s of the last %(tried)s mails were put off by the receiving servers.")
        if actions.pause(mailing=mailing, why=why % {"soft": soft, "tried": tried}):
            audit.note(
                user=None, action=actions.PAUSED, target=mailing, details={"soft": soft, "tried": tried}
            )


def _watch_complaints(*, mailing: Mailing, now: datetime) -> None:
    found = queries.rates(mailing=mailing, now=now)
    if rates.complaint_level(sent=found.sent, complained=found.complained) == "pause":
        why = _("%(complained)s complaints about %(sent)s mails: from 0.30 %% on sending stops.")
        if actions.pause(mailing=mailing, why=why % {"complained": found.complained, "sent": found.sent}):
            details = {"complained": found.complained, "sent": found.sent}
            audit.note(user=None, action=actions.PAUSED, target=mailing, details=details)
