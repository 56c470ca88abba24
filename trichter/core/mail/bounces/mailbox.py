"""The bounce mailbox: fetched by IMAP, stored as it came, then understood."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from .. import addresses, queries, returns, tokens
from ..models import Delivery, Inbound, MailSettings
from ..sealed import unseal
from . import parsing

_LARGEST = 200_000
_AT_ONCE = 200
_TIMEOUT = 30


def fetch(*, house: MailSettings) -> int:
    """Take over what is new in the mailbox; returns how many messages. Raises OSError and imap_tools' errors.

    A message is marked as seen only when it is stored, and one that is fetched twice counts once.
    """
    from imap_tools import AND, MailBox, MailBoxUnencrypted, MailMessageFlags

    box_type = MailBox if house.imap_tls else MailBoxUnencrypted
    count = 0
    with box_type(house.imap_host, house.imap_port, timeout=_TIMEOUT).login(
        house.imap_user, unseal(house.imap_password), initial_folder="INBOX"
    ) as box:
        for message in box.fetch(AND(seen=False), mark_seen=False, bulk=False, limit=_AT_ONCE):
            take(raw=message.obj.as_bytes(), at=timezone.now())
            if message.uid:
                box.flag(message.uid, MailMessageFlags.SEEN, True)
            count += 1
    return count


def take(*, raw: bytes, at: datetime) -> Inbound:
    """Store a returned message, then draw the conclusions. The same bytes are concluded from once."""
    digest = hashlib.sha256(raw).hexdigest()
    text = raw[:_LARGEST].decode("utf-8", "replace").replace("\0", "")
    row, _ = Inbound.objects.get_or_create(digest=digest, defaults={"raw": text, "received_at": at})
    conclude(row=row, raw=raw, at=at)
    return row


@transaction.atomic
def conclude(*, row: Inbound, raw: bytes, at: datetime) -> None:
    """Understand one stored message and act on it."""
    row = Inbound.objects.select_for_update().get(pk=row.pk)
    if row.processed_at is not None:
        return
    found = parsing.read(raw)
    marks = [mark for one in found.addresses if (mark := addresses.read_plus(one))[0]]
    row.kind, row.detail = found.kind, found.detail
    if any(what == addresses.PROOF for what, _ in marks):
        _proof(tokens_=[token for what, token in marks if what == addresses.PROOF], at=at)
        row.kind = Inbound.Kind.PROOF
    elif row.delivery is None:
        row.delivery = _delivery(marks=marks, message_ids=found.message_ids)
        if row.delivery is not None:
            row.kind = _act(row.delivery, found=found, marks=marks, at=at)
    row.processed_at = at
    row.save(update_fields=["kind", "detail", "delivery", "processed_at"])


def _act(
    delivery: Delivery, *, found: parsing.Returned, marks: Iterable[tuple[str, str]], at: datetime
) -> str:
    if any(what == addresses.UNSUBSCRIBE for what, _ in marks):
        returns.unsubscribed(delivery=delivery, at=at, how="mail")
        return Inbound.Kind.UNSUBSCRIBE
    if found.kind in ("hard", "soft"):
        returns.bounced(delivery=delivery, hard=found.kind == "hard", detail=found.detail, at=at)
    elif found.kind == "complaint":
        returns.complained(delivery=delivery, detail=found.detail, at=at)
    return found.kind


def _delivery(*, marks: Iterable[tuple[str, str]], message_ids: Iterable[str]) -> Delivery | None:
    """The row a returned message belongs to: by our signed address, else by the mail it gives back."""
    for what, token in marks:
        use = "unsubscribe" if what == addresses.UNSUBSCRIBE else "bounce"
        number = tokens.read(use=use, token=token)  # type: ignore[arg-type]
        if number is not None:
            return Delivery.objects.filter(pk=number).select_related("mailing", "person").first()
    known = Delivery.objects.filter(message_id__in=list(message_ids)).select_related("mailing", "person")
    return known.first()


def _proof(*, tokens_: Iterable[str], at: datetime) -> None:
    """The test mail came back: bounces will, too."""
    for nonce in tokens_:
        MailSettings.objects.filter(pk=1, proof_nonce=nonce).exclude(proof_nonce="").update(proof_seen_at=at)


def poll() -> dict[str, int]:
    """Fetch, and keep how it went for the screens; raises what went wrong, so that the job tells it too."""
    house = queries.mail_settings()
    if not house.imap_host:
        return {"messages": 0}
    try:
        count = fetch(house=house)
    except Exception as error:
        MailSettings.objects.filter(pk=1).update(mailbox_error=f"{type(error).__name__}: {error}"[:500])
        raise
    MailSettings.objects.filter(pk=1).update(mailbox_seen_at=timezone.now(), mailbox_error="")
    return {"messages": count}
