"""Reads of the ledger."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from trichter.core.consent.queries import name_of
from trichter.core.journal.models import Identity
from trichter.core.people.models import Person
from trichter.core.people.queries import PERSON_IDENTITY, emails_of, identities_of
from trichter.core.shell.queries import installation
from trichter.kit.addresses import domain_of

from .models import Delivery, Frequency, Hit, Hold, Mailing, MailSettings, Suppression

S = Delivery.State
ACCEPTED = (S.SENT, S.BOUNCED)
RATE_DAYS = 7


def mail_settings() -> MailSettings:
    """How this house sends; the defaults while nothing is saved."""
    return MailSettings.objects.filter(pk=1).first() or MailSettings(pk=1)


def sender_address(house: MailSettings | None = None) -> str:
    """The house's own sender."""
    return (house or mail_settings()).from_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def own_hosts(house: MailSettings | None = None) -> set[str]:
    """Hosts from which a mail may load something."""
    base = urlsplit((house or mail_settings()).base_url).hostname or ""
    return {base, *installation().own_domains} - {""}


def leaves_the_house() -> bool:
    """Whether mails reach real servers. Without a mail server they are printed, in tests they are kept."""
    return "smtp" in settings.MAIL_TRANSPORT or settings.MAIL_TRANSPORT.startswith("anymail.")


def by_provider() -> bool:
    """Whether a sending service is used instead of a mail server."""
    return bool(settings.MAIL_TRANSPORT.startswith("anymail.backends."))


def digest_of(address: str) -> str:
    """What is left of an address in the list of the suppressed after an erasure."""
    return hashlib.sha256(f"{settings.SECRET_KEY}\0{address.lower()}".encode()).hexdigest()


def suppression(*, address: str) -> Suppression | None:
    """Why this address is not written to; None when it may be."""
    return Suppression.objects.filter(digest=digest_of(address), lifted_at=None).first()


def suppressions_of(person: Person) -> list[Suppression]:
    """Which of the person's addresses are not written to, and why."""
    digests = [digest_of(one) for one in {person.email, *emails_of(person)} if one]
    return list(Suppression.objects.filter(digest__in=digests, lifted_at=None))


def stopped(*, addresses: Collection[str]) -> dict[str, str]:
    """Why these are not written to, by digest; those that may be are missing."""
    rows = Suppression.objects.filter(digest__in=[digest_of(one) for one in addresses], lifted_at=None)
    return dict(rows.values_list("digest", "why"))


def own_identities(*, people: Collection[int]) -> dict[int, int]:
    """The identities of people's own records, by person, as far as they exist."""
    rows = Identity.objects.filter(kind=PERSON_IDENTITY, value__in=[str(one) for one in people])
    return {int(value): pk for value, pk in rows.values_list("value", "pk")}


def mailing_of(*, key: str) -> Mailing | None:
    """The mailing of this key."""
    return Mailing.objects.filter(key=key).first()


def delivery_of(*, mailing: Mailing, key: str, address: str) -> Delivery | None:
    """The row for this purpose and recipient."""
    return Delivery.objects.filter(
        mailing=mailing, key=key, identity__kind="email", identity__value=address
    ).first()


def of_person(person: Person) -> QuerySet[Delivery]:
    """A person's mails, newest first."""
    # The identities are named: by way of a join every mail of everybody would be read.
    rows = Delivery.objects.filter(Q(person=person) | Q(identity__in=identities_of(person)))
    return rows.select_related("mailing").order_by("-id")


def states(*, mailing: Mailing | None = None) -> dict[str, int]:
    """How many rows are in each state; every state is named."""
    rows = Delivery.objects.filter(mailing=mailing) if mailing else Delivery.objects.all()
    found = dict(rows.order_by().values_list("state").annotate(n=Count("id")))
    return {state: found.get(state, 0) for state in S.values}


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Bounces and complaints among `sent` marketing mails."""

    sent: int
    bounced: int
    complained: int

    @property
    def complaint_rate(self) -> float:
        """Complaints per mail that was accepted."""
        return self.complained / self.sent if self.sent else 0.0

    @property
    def bounce_rate(self) -> float:
        """Bounces per mail."""
        return self.bounced / self.sent if self.sent else 0.0


def rates(*, mailing: Mailing | None = None, now: datetime | None = None) -> Rates:
    """Of the last seven days."""
    since = (now or timezone.now()) - timedelta(days=RATE_DAYS)
    rows = Delivery.objects.filter(sent_at__gte=since, mailing__message_class=Mailing.Class.MARKETING)
    rows = rows.filter(mailing=mailing) if mailing else rows
    found = rows.aggregate(
        sent=Count("id"),
        bounced=Count("id", filter=Q(bounced_at__isnull=False)),
        complained=Count("id", filter=Q(complained_at__isnull=False)),
    )
    return Rates(sent=found["sent"], bounced=found["bounced"], complained=found["complained"])


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """What people did with a mailing; machines are counted apart. `known`: evaluated per person."""

    sent: int
    known: int
    opened: int
    clicked: int


def engagement(*, mailing: Mailing) -> Engagement:
    """People who opened and clicked, of those who agreed to that evaluation."""
    rows = Delivery.objects.filter(mailing=mailing, sent_at__isnull=False)
    found = rows.aggregate(
        sent=Count("id"),
        known=Count("id", filter=Q(per_person=True)),
        opened=Count("id", filter=Q(opened_at__isnull=False)),
        clicked=Count("id", filter=Q(clicked_at__isnull=False)),
    )
    return Engagement(**found)


def holds(*, now: datetime) -> QuerySet[Hold]:
    """Domains that asked us to wait, and still do."""
    return Hold.objects.filter(until__gt=now)


def domain_from(settings_: MailSettings) -> str:
    """The domain that recipients see as the sender's."""
    return domain_of(sender_address(settings_))


def recent_marketing(row: Delivery, *, at: datetime) -> list[datetime]:
    """When this person, or this address, got marketing mails in the last seven days, whatever sent them.

    One that another worker is just sending counts as sent now; of two at once the older row goes first.
    """
    mine = Q(identity_id=row.identity_id)
    if row.person_id is not None:
        mine |= Q(person_id=row.person_id)
    counting = Q(sent_at__gt=at - timedelta(days=7)) | Q(state=S.SENDING, pk__lt=row.pk)
    rows = Delivery.objects.filter(mine, counting, mailing__message_class=Mailing.Class.MARKETING)
    found = rows.exclude(pk=row.pk).order_by().values_list("sent_at", "state")
    return [at if sent is None or state == S.SENDING else sent for sent, state in found]


def recent_marketing_of(rows: Sequence[Delivery], *, at: datetime) -> dict[int, list[datetime]]:
    """By row as `recent_marketing`, in one query, without what is just being sent; only rows with any."""
    identities: dict[int, list[int]] = defaultdict(list)
    people: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.identity_id is not None:
            identities[row.identity_id].append(row.pk)
        if row.person_id is not None:
            people[row.person_id].append(row.pk)
    mine = Q(identity_id__in=list(identities)) | Q(person_id__in=list(people))
    sent = Delivery.objects.filter(
        mine, sent_at__gt=at - timedelta(days=7), mailing__message_class=Mailing.Class.MARKETING
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for pk, identity, person, when in sent.order_by().values_list(
        "pk", "identity_id", "person_id", "sent_at"
    ):
        assert when is not None
        for one in {*identities.get(identity or 0, ()), *people.get(person or 0, ())} - {pk}:
            found[one].append(when)
    return dict(found)


def held_back() -> int:
    """Marketing mails that wait because their contact got enough of them."""
    return Delivery.objects.filter(state=S.DUE, reason="too_often").count()


def frequency(*, identity: int) -> int:
    """At most one marketing mail in so many days, as this recipient said; 0: no such wish."""
    return Frequency.objects.filter(identity_id=identity).values_list("days", flat=True).first() or 0


def marketing_within(row: Delivery, *, at: datetime, days: int) -> bool:
    """Whether this row's address got a marketing mail in the last days, or gets one of an older row now."""
    rows = Delivery.objects.filter(
        Q(sent_at__gt=at - timedelta(days=days)) | Q(state=S.SENDING, pk__lt=row.pk),
        identity_id=row.identity_id or 0, mailing__message_class=Mailing.Class.MARKETING,
    )  # fmt: skip
    return rows.exclude(pk=row.pk).exists()


def delivery(*, number: int) -> Delivery | None:
    """A row by its number, with what its facts need."""
    return Delivery.objects.select_related("mailing", "person").filter(pk=number).first()


def mailing_exists(*, number: int) -> bool:
    """Whether there is such a mailing."""
    return Mailing.objects.filter(pk=number).exists()


def purpose_name(row: Delivery | None) -> str:
    """What a recipient of this mail unsubscribes from, in words."""
    return name_of(row.mailing.purpose) if row is not None and row.mailing.purpose else ""


def unclear(*, user: Any) -> QuerySet[Delivery]:
    """Rows of which nobody knows whether they left, for this user to decide."""
    rows = Delivery.objects.visible_to(user).filter(state=S.UNCLEAR)
    return rows.select_related("mailing", "person").order_by("pk")


@dataclass(frozen=True, kw_only=True)
class MachineShare:
    """Opens and clicks of one kind: by people and by machines, judged ones only."""

    kind: str
    people: int
    machines: int


def machine_shares(*, now: datetime) -> list[MachineShare]:
    """Of the last thirty days."""
    rows = Hit.objects.filter(
        at__gte=now - timedelta(days=30), machine__isnull=False, kind__in=["open", "click"]
    )
    found = {
        row["kind"]: row
        for row in rows.order_by()
        .values("kind")
        .annotate(people=Count("id", filter=Q(machine="")), machines=Count("id", filter=~Q(machine="")))
    }
    return [
        MachineShare(kind=kind, people=one["people"], machines=one["machines"]) for kind, one in found.items()
    ]
