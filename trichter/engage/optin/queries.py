"""Reads."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from trichter.core.consent.models import ConsentRecord, Purpose, Wording
from trichter.core.consent.queries import may, states_many
from trichter.core.consent.rules import State
from trichter.core.mail.actions import NEWSLETTER
from trichter.core.mail.models import Mailing

from . import rules
from .models import OptinRequest, OptinSettings

S = OptinRequest.State


def optin_settings() -> OptinSettings:
    """What holds for all; the defaults while nothing is saved."""
    return OptinSettings.objects.filter(pk=1).first() or OptinSettings(pk=1)


def request_of(*, number: int = 0, uid: uuid.UUID | None = None) -> OptinRequest | None:
    """The request of this number or id."""
    rows = OptinRequest.objects.select_related("person", "delivery", "submission")
    return (rows.filter(uid=uid) if uid is not None else rows.filter(pk=number)).first()


def is_confirmed(*, identity: int) -> bool:
    """Whether the owner of this address has ever confirmed it by a deliberate act."""
    if OptinRequest.objects.filter(identity_id=identity, state=S.CONFIRMED).exists():
        return True
    return ConsentRecord.objects.filter(
        how="confirmed", decision="given", parts__name="subject", parts__identity_id=identity
    ).exists()


def facts(*, identity: int, network: str, at: datetime) -> rules.Facts:
    """How many mails of this kind left lately. Counts this hour's requests of a network by its hash."""
    house = optin_settings()
    sent = OptinRequest.objects.exclude(state=S.LIMITED)
    return rules.Facts(
        to_address=sent.filter(
            identity_id=identity, requested_at__gt=at - rules.ADDRESS_WINDOW, requested_at__lte=at
        ).count(),
        from_network=sent.filter(
            network=network, requested_at__gt=at - rules.NETWORK_WINDOW, requested_at__lte=at
        ).count()
        if network
        else 0,
        per_address=house.per_address_day, per_network=house.per_network_hour,
    )  # fmt: skip


def wordings_of(row: OptinRequest) -> list[Wording]:
    """The words that wait for the confirmation, in the order of the form."""
    found = Wording.objects.select_related("purpose").in_bulk([one["wording"] for one in row.items])
    return [found[one["wording"]] for one in row.items if one["wording"] in found]


def unconfirmed_before(*, before: datetime) -> QuerySet[OptinRequest]:
    """Requests that nobody confirmed and nobody can confirm any more."""
    return OptinRequest.objects.exclude(state=S.CONFIRMED).filter(requested_at__lt=before)


def topics(*, identity: int) -> list[Purpose]:
    """What a recipient can choose: what mails are sent for, and whatever was said about mails before."""
    used = set(Mailing.objects.exclude(purpose="").values_list("purpose", flat=True)) | {NEWSLETTER}
    said = ConsentRecord.objects.filter(
        channel="email", parts__name="subject", parts__identity_id=identity
    ).values_list("purpose__key", flat=True)
    keys = used | {key for key in said if key}
    rows = Purpose.objects.filter(key__in=keys, active=True, banner=False, basis=Purpose.Basis.CONSENT)
    return list(rows.order_by("position", "key"))


def states(*, identity: int, purposes: list[Purpose]) -> dict[str, State]:
    """Where this address stands on each, by e-mail."""
    return {
        one.key: states_many(identities=[identity], purpose=one.key, channel="email")[identity]
        for one in purposes
    }


def allowed(*, identity: int, purpose: str, channel: str, at: datetime) -> bool:
    """Whether this needs no further confirmation."""
    return may(purpose=purpose, channel=channel, identity=identity, at=at)
