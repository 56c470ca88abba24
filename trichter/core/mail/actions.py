"""Asking for mails to be sent, and changing one's mind. Nothing here sends: the worker does."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.journal.actions import identify, identify_many
from trichter.core.people.models import Person
from trichter.kit.addresses import domain_of, normalise_email

from . import html, queries
from .errors import BadAddress, ForeignHost, NothingToSend, NotUnclear, Stopped
from .history import tell
from .models import Content, Delivery, Frequency, Mailing, MailSettings
from .rendering import renderers

MARKETING, CONTRACT, SYSTEM = "marketing", "contract", "system"
DECIDED, PAUSED = "mail.decided", "mail.paused"
NEWSLETTER = "newsletter"
_CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """One recipient of `queue_many`. `variables`: handed to the renderer. `zone`: else from the country."""

    address: str
    person: Person | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    zone: str = ""


@transaction.atomic
def ensure_mailing(
    *, key: str, name: str, message_class: str, purpose: str = "", from_name: str = "",
    from_address: str = "", reply_to: str = "",
) -> Mailing:  # fmt: skip
    """The mailing of this key, made at first use. Marketing without a purpose asks for `newsletter`."""
    asked = purpose or (NEWSLETTER if message_class == MARKETING else "")
    return Mailing.objects.get_or_create(
        key=key,
        defaults={
            "name": name, "message_class": message_class, "purpose": asked, "from_name": from_name,
            "from_address": from_address, "reply_to": reply_to,
        },
    )[0]  # fmt: skip


def store_content(*, mailing: Mailing, subject: str, html_text: str = "", text: str = "") -> Content:
    """Keep a finished text for many recipients; the same text is kept once.

    Raises NothingToSend for an empty one, ForeignHost when opening it would load from elsewhere.
    """
    if not (html_text.strip() or text.strip()):
        raise NothingToSend
    if html.foreign_hosts(html_text, own=queries.own_hosts()):
        raise ForeignHost
    digest = hashlib.sha256("\0".join((subject, html_text, text)).encode()).hexdigest()
    return Content.objects.get_or_create(
        mailing=mailing, digest=digest, defaults={"subject": subject[:250], "html": html_text, "text": text}
    )[0]


@transaction.atomic
def queue(
    *, mailing: Mailing, key: str, address: str, person: Person | None = None,
    content: Content | None = None, renderer: str = "", variables: Mapping[str, Any] | None = None,
    not_before: datetime | None = None, zone: str = "", own_request: bool = False,
) -> Delivery:  # fmt: skip
    """Ask for one mail, as part of the caller's transaction. The same key and address ask only once.

    key: the purpose, unique together with mailing and recipient ("order-4711", "2026-12"). content, or the
    key of a renderer with its variables (JSON). Whether the mail may go is asked when it is sent, not here.
    own_request: the recipient has asked for this very mail just now, or is a colleague: it goes also while
    processing of the recipient's data is restricted.
    Returns the row there is when it was asked before. Raises BadAddress, NothingToSend, Stopped.
    """
    found = normalise_email(address).value
    if found is None:
        raise BadAddress
    _check(mailing=mailing, content=content, renderer=renderer)
    recipient = Recipient(address=found, person=person, variables=variables or {}, zone=zone)
    identity = identify(kind="email", value=found)
    known = Delivery.objects.filter(mailing=mailing, key=key, identity_id=identity).first()
    if known is not None:
        return known
    row = _row(
        mailing=mailing, key=key, recipient=recipient, identity=identity, content=content,
        renderer=renderer, at=not_before or timezone.now(),
    )  # fmt: skip
    row.own_request = own_request
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    saved = Delivery.objects.get(mailing=mailing, key=key, identity_id=identity)
    if saved.message_id == row.message_id:
        tell(deliveries=[saved], state=Delivery.State.DUE, at=timezone.now())
    return saved


@transaction.atomic
def queue_many(
    *, mailing: Mailing, key: str, recipients: Iterable[Recipient], content: Content | None = None,
    renderer: str = "", not_before: datetime | None = None,
) -> int:  # fmt: skip
    """The same for many; addresses that are none are left out. Returns how many rows are new."""
    _check(mailing=mailing, content=content, renderer=renderer)
    at, part, new = not_before or timezone.now(), dict[str, Recipient](), 0
    for one in recipients:
        address = normalise_email(one.address).value
        if address is not None:
            part.setdefault(address, one)
        if len(part) >= _CHUNK:
            new += _queue_part(mailing=mailing, key=key, part=part, content=content, renderer=renderer, at=at)
            part = {}
    return new + _queue_part(mailing=mailing, key=key, part=part, content=content, renderer=renderer, at=at)


def _queue_part(
    *, mailing: Mailing, key: str, part: Mapping[str, Recipient], content: Content | None, renderer: str,
    at: datetime,
) -> int:  # fmt: skip
    if not part:
        return 0
    identities = identify_many(kind="email", values=part)
    rows = [
        _row(
            mailing=mailing, key=key, identity=identities[address], content=content, renderer=renderer, at=at,
            recipient=Recipient(
                address=address, person=one.person, variables=one.variables, zone=one.zone
            ),
        )
        for address, one in part.items()
    ]  # fmt: skip
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    made = list(Delivery.objects.filter(message_id__in=[row.message_id for row in rows]))
    tell(deliveries=made, state=Delivery.State.DUE, at=timezone.now())
    return len(made)


def _check(*, mailing: Mailing, content: Content | None, renderer: str) -> None:
    if mailing.state == Mailing.State.STOPPED:
        raise Stopped
    if content is None and renderer not in renderers():
        raise NothingToSend


def _row(
    *, mailing: Mailing, key: str, recipient: Recipient, identity: int, content: Content | None,
    renderer: str, at: datetime,
) -> Delivery:  # fmt: skip
    sender = mailing.from_address or queries.sender_address()
    return Delivery(
        mailing=mailing, key=key, identity_id=identity, person=recipient.person, address=recipient.address,
        domain=domain_of(recipient.address), zone=recipient.zone, content=content,
        renderer="" if content else renderer, variables=dict(recipient.variables),
        subject=content.subject if content else "",
        message_id=f"<{uuid.uuid4().hex}@{domain_of(sender) or 'localhost'}>",
        lane=1 if mailing.message_class == MARKETING else 0, not_before=at, next_at=at,
    )  # fmt: skip


@transaction.atomic
def cancel(*, delivery: int) -> bool:
    """Call a waiting mail off; False when it is being sent or has ended."""
    return bool(_cancel(Delivery.objects.filter(pk=delivery)))


@transaction.atomic
def cancel_key(*, mailing: Mailing, key: str) -> int:
    """Call off what still waits for this purpose. Returns how many."""
    return _cancel(Delivery.objects.filter(mailing=mailing, key=key))


def _cancel(rows: Any) -> int:
    due, now, count = rows.filter(state=Delivery.State.DUE).order_by("pk"), timezone.now(), 0
    while found := list(due.select_for_update(of=("self",))[:_CHUNK]):
        Delivery.objects.filter(pk__in=[one.pk for one in found]).update(state=Delivery.State.CANCELLED)
        tell(deliveries=found, state=Delivery.State.CANCELLED, at=now)
        count += len(found)
    return count


def pause(*, mailing: Mailing, why: str = "") -> bool:
    """Hold a mailing; what waits goes on waiting. False when it was not running."""
    return _switch(mailing=mailing, before=[Mailing.State.RUNNING], after=Mailing.State.PAUSED, why=why)


def resume(*, mailing: Mailing) -> bool:
    """Go on with a paused mailing."""
    return _switch(mailing=mailing, before=[Mailing.State.PAUSED], after=Mailing.State.RUNNING, why="")


@transaction.atomic
def stop(*, mailing: Mailing, why: str = "") -> int:
    """End a mailing for good and call off what waits. Returns how many mails were called off."""
    open_ = [Mailing.State.RUNNING, Mailing.State.PAUSED]
    _switch(mailing=mailing, before=open_, after=Mailing.State.STOPPED, why=why)
    return _cancel(Delivery.objects.filter(mailing=mailing))


def _switch(*, mailing: Mailing, before: list[Any], after: Any, why: str) -> bool:
    now = timezone.now()
    changed = Mailing.objects.filter(pk=mailing.pk, state__in=before).update(
        state=after, why=why[:500], changed_at=now
    )
    if changed:
        mailing.state, mailing.why, mailing.changed_at = after, why[:500], now
    return bool(changed)


@transaction.atomic
def decide(*, delivery: Delivery, sent: bool, by: User) -> None:
    """A colleague found out what became of an unclear mail: it arrived, or it shall be sent again.

    Raises NotUnclear when the row has another state by now.
    """
    now = timezone.now()
    rows = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.UNCLEAR)
    after = Delivery.State.SENT if sent else Delivery.State.DUE
    changes: dict[str, Any] = {"sent_at": now} if sent else {"next_at": now}
    if not rows.update(state=after, reason="decided", lease_token=None, lease_until=None, **changes):
        raise NotUnclear
    tell(deliveries=[delivery], state=after, reason="decided", detail=str(by), at=now)
    audit.note(action=DECIDED, target=delivery, user=by, details={"sent": sent})


def wish_frequency(*, identity: int, days: int, at: datetime) -> None:
    """The recipient wants one marketing mail in so many days at most; 0: as they come."""
    if days:
        Frequency.objects.update_or_create(identity_id=identity, defaults={"days": days, "since": at})
    else:
        Frequency.objects.filter(identity_id=identity).delete()


def save_settings(*, saved: MailSettings) -> MailSettings:
    """Store the settings' one row."""
    saved.pk = 1
    saved.save()
    return saved
