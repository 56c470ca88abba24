"""Holding a row: every step is one conditional update, so two workers never send the same mail."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.db.models import F

from trichter.core.events import MailSent
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, record
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Link

from .history import tell
from .models import Delivery, Mailing, Quota

# Longer than the slowest conversation with a mail server may take; who overruns it still may report.
LEASE = timedelta(minutes=6)
S = Delivery.State
_SPACE = uuid.UUID("6f0a5b8e-54a2-4a53-9a77-2b1d2a0c7f10")
_LOOK_AHEAD = 8


def due(*, now: datetime, without: Collection[str] = (), marketing: bool = True) -> Any:
    """Rows that may be claimed, in order. `without`: domains that asked us to wait."""
    rows = Delivery.objects.filter(
        state=S.DUE,
        next_at__lte=now,
        mailing__state=Mailing.State.RUNNING,
        lane__in=[0, 1] if marketing else [0],
    )
    rows = rows.exclude(domain__in=list(without)) if without else rows
    return rows.order_by("lane", "next_at", "pk")


def claim(
    *, now: datetime, without: Collection[str] = (), marketing: bool = True, lease: timedelta = LEASE
) -> Delivery | None:
    """Take the row that has been due for longest; None when none is, or others took all we saw."""
    found = due(now=now, without=without, marketing=marketing)
    if not found.exists():
        return None
    token = Delivery.new_token()
    with transaction.atomic():
        locked = found.select_for_update(skip_locked=True, of=("self",))
        for pk in locked.values_list("pk", flat=True)[:_LOOK_AHEAD]:
            taken = Delivery.objects.filter(pk=pk, state=S.DUE).update(
                state=S.SENDING, lease_token=token, lease_until=now + lease, attempts=F("attempts") + 1
            )
            if taken:
                break
        else:
            return None
    crash_point("mail_claimed")
    return Delivery.objects.select_related("mailing", "content", "person").get(pk=pk)


@transaction.atomic
def put_back(
    *, delivery: Delivery, at: datetime, now: datetime, reason: str = "", detail: str = "", count: bool = True
) -> bool:
    """Nothing was handed over: the row waits until `at`. Without `count` the attempt does not count.

    With a `reason` it becomes part of the row's history.
    """
    changes: dict[str, Any] = {} if count else {"attempts": F("attempts") - 1}
    return _end(
        delivery=delivery, state=S.DUE, now=now, reason=reason, detail=detail, next_at=at,
        quiet=not reason, **changes,
    )  # fmt: skip


@transaction.atomic
def settle(
    *, delivery: Delivery, state: str, now: datetime, reason: str = "", detail: str = "", **changes: Any
) -> bool:
    """Write down how it ended. A sent mail is told to the journal in the same transaction.

    False when the row was decided about meanwhile. Its sender may still report after its lease ended: it
    knows better than the sweep that called the row unclear.
    """
    if state == S.SENT:
        changes["sent_at"] = now
    if not _end(delivery=delivery, state=state, now=now, reason=reason, detail=detail, **changes):
        return False
    if state == S.SENT:
        tell_sent(delivery=delivery, subject=changes.get("subject", delivery.subject), at=now)
    return True


def _end(
    *, delivery: Delivery, state: str, now: datetime, reason: str, detail: str, quiet: bool = False,
    **changes: Any,
) -> bool:  # fmt: skip
    rows = Delivery.objects.filter(
        pk=delivery.pk, lease_token=delivery.lease_token, state__in=[S.SENDING, S.UNCLEAR]
    )
    if not rows.update(
        state=state, reason=reason[:40], detail=detail[:500], lease_token=None, lease_until=None, **changes
    ):
        return False
    if not quiet:
        tell(deliveries=[delivery], state=state, at=now, reason=reason, detail=detail)
    return True


def tell_sent(*, delivery: Delivery, subject: str, at: datetime) -> None:
    """The fact in the journal, once per row however often it is told."""
    identity = identity_of(delivery)
    if identity is not None:
        record(
            Entry(
                fact=MailSent(subject=subject, mailing=delivery.mailing.key), at=at, identity=identity,
                uid=uid(delivery, "sent"),
            )
        )  # fmt: skip


def uid(delivery: Delivery, what: str) -> uuid.UUID:
    """The number of a fact about this row: the same fact has the same number."""
    return uuid5(_SPACE, f"{delivery.message_id} {what}")


def identity_of(delivery: Delivery) -> int | None:
    """Whose story a fact about this mail belongs to: the address's, or the person's who was named."""
    if delivery.identity_id is None:
        return None
    if delivery.person is not None and not Link.objects.filter(identity_id=delivery.identity_id).exists():
        return identity_for(person=delivery.person)
    return delivery.identity_id


def sweep(*, now: datetime) -> int:
    """Rows of senders that died: nobody knows whether the mail left, so nobody sends it again."""
    count = 0
    lost = Delivery.objects.filter(state=S.SENDING, lease_until__lt=now).order_by("pk")
    while True:
        with transaction.atomic():
            found = list(lost.select_for_update(skip_locked=True, of=("self",))[:200])
            if not found:
                return count
            # The token stays: a sender that was only slow may still say how it ended.
            changed = Delivery.objects.filter(pk__in=[one.pk for one in found], state=S.SENDING)
            changed.update(state=S.UNCLEAR, reason="worker_lost", lease_until=None)
            tell(deliveries=found, state=S.UNCLEAR, reason="worker_lost", at=now)
            count += len(found)


def take_quota(*, scope: str, slot: datetime, limit: int) -> bool:
    """Use one of `limit` in this slot; False when all are used. Exact over any number of workers."""
    rows = Quota.objects.filter(scope=scope, slot=slot)
    if rows.filter(used__lt=limit).update(used=F("used") + 1):
        return True
    if limit < 1 or rows.exists():
        return False
    Quota.objects.bulk_create([Quota(scope=scope, slot=slot)], ignore_conflicts=True)
    return bool(rows.filter(used__lt=limit).update(used=F("used") + 1))
