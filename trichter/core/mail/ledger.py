"""Holding a row: every step is one conditional update, so two workers never send the same mail."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from django.db import connection, transaction
from django.db.models import F, Q

from trichter.core.consent.models import ChainHead
from trichter.core.events import MailSent
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, record
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Link
from trichter.core.rights.restricting import NOT_HELD

from . import queries
from .asking import Known
from .history import tell
from .models import Delivery, Mailing, Quota, Suppression

# Longer than the slowest conversation with a mail server may take; who overruns it still may report.
LEASE = timedelta(minutes=6)
# A claimed row has not been touched: when its worker dies another may have it soon.
CLAIM = timedelta(seconds=45)
S = Delivery.State
_SPACE = uuid.UUID("6f0a5b8e-54a2-4a53-9a77-2b1d2a0c7f10")
_JOINED = ("mailing", "content", "person__company", "person__owner")


# One statement, and none of the query builder's: it runs for every mail, in front of the commit.
_MARK = f"""
    UPDATE "{Delivery._meta.db_table}" SET "state" = %s, "lease_until" = %s, "attempts" = "attempts" + 1
    WHERE "id" = %s AND "state" = %s AND "lease_token" = %s AND "identity_id" = %s AND "address" = %s
    AND EXISTS (SELECT 1 FROM "{Mailing._meta.db_table}" m WHERE m."id" = %s AND m."state" = %s)
    AND NOT EXISTS (SELECT 1 FROM "{Suppression._meta.db_table}" s
                    WHERE s."digest" = %s AND s."lifted_at" IS NULL AND s."why" <> %s)
"""  # noqa: S608
_END = f"""
    UPDATE "{Delivery._meta.db_table}" SET {{}}
    WHERE "id" = %s AND "lease_token" = %s AND "state" IN ('{S.DUE}', '{S.SENDING}', '{S.UNCLEAR}')
"""  # noqa: S608
_MARK_MARKETING = f"""
    AND COALESCE((SELECT h."number" FROM "{ChainHead._meta.db_table}" h WHERE h."id" = 1), 0) = %s
"""  # noqa: S608

_MARK_FREE = f" AND {NOT_HELD}"


def stored(name: str, value: Any) -> Any:
    """A value of a row as the database keeps it."""
    field: Any = Delivery._meta.get_field(name)
    return field.get_db_prep_value(value, connection)


def due(*, now: datetime, without: Collection[str] = (), marketing: bool = True) -> Any:
    """Rows that may be claimed, in order. `without`: domains that asked us to wait."""
    rows = Delivery.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        state=S.DUE,
        next_at__lte=now,
        mailing__state=Mailing.State.RUNNING,
        lane__in=[0, 1] if marketing else [0],
    )
    rows = rows.exclude(domain__in=list(without)) if without else rows
    return rows.order_by("lane", "next_at", "pk")


def claim(
    *, now: datetime, limit: int, without: Collection[str] = (), marketing: bool = True
) -> list[Delivery]:
    """Take up to `limit` rows that have been due for longest, in order; none when others took them.

    They stay `due` with a lease: only `mark` allows to hand one over, one at a time.
    """
    found = due(now=now, without=without, marketing=marketing)
    if not found.exists():
        return []
    token = Delivery.new_token()
    with transaction.atomic():
        locked = found.select_for_update(skip_locked=True, of=("self",))
        pks = list(locked.values_list("pk", flat=True)[:limit])
        taken = Delivery.objects.filter(pk__in=pks, state=S.DUE)
        taken.update(lease_token=token, lease_until=now + CLAIM)
    crash_point("mail_claimed")
    rows = Delivery.objects.filter(pk__in=pks, state=S.DUE, lease_token=token).select_related(*_JOINED)
    return sorted(rows, key=lambda one: pks.index(one.pk))


def mark(*, delivery: Delivery, now: datetime, known: Known, lease: timedelta = LEASE) -> bool:
    """The permission to hand over one claimed row: it is `sending` from now on.

    False when that is not so any more: it was called off, erased or taken by another worker, its mailing
    was paused, its address was suppressed, its recipient's data was restricted, or somebody gave or took a
    consent since `known` was looked up.
    """
    marketing = delivery.mailing.message_class == Mailing.Class.MARKETING
    values = [
        S.SENDING.value, stored("lease_until", now + lease), delivery.pk, S.DUE.value,
        stored("lease_token", delivery.lease_token), delivery.identity_id, delivery.address,
        delivery.mailing_id, Mailing.State.RUNNING.value, queries.digest_of(delivery.address),
        known.why(delivery), *([known.head] if marketing else []),
        *([] if delivery.own_request else [delivery.person_id or 0, delivery.identity_id or 0]),
    ]  # fmt: skip
    asked = f"{_MARK_MARKETING if marketing else ''}{'' if delivery.own_request else _MARK_FREE}"
    with connection.cursor() as cursor:
        cursor.execute(f"{_MARK}{asked}", values)
        if cursor.rowcount != 1:
            return False
    delivery.state, delivery.attempts = S.SENDING, delivery.attempts + 1
    return True


def still_claimed(*, deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Those of claimed rows that may still be marked, as they are now; the others are let go."""
    claimed = list(deliveries)
    if not claimed:
        return []
    pks = [one.pk for one in claimed]
    rows = Delivery.objects.filter(
        pk__in=pks, state=S.DUE, lease_token=claimed[0].lease_token, mailing__state=Mailing.State.RUNNING
    )
    found = {one.pk: one for one in rows.select_related(*_JOINED)}
    release(deliveries=[one for one in claimed if one.pk not in found])
    return [found[pk] for pk in pks if pk in found]


def release(*, deliveries: Sequence[Delivery]) -> None:
    """Let go of claimed rows with which nothing was done."""
    if deliveries:
        rows = Delivery.objects.filter(pk__in=[one.pk for one in deliveries], state=S.DUE)
        rows.filter(lease_token=deliveries[0].lease_token).update(lease_token=None, lease_until=None)


@transaction.atomic(savepoint=False)
def put_back(
    *, delivery: Delivery, at: datetime, now: datetime, reason: str = "", detail: str = "", count: bool = True
) -> bool:
    """Nothing was handed over: the row waits until `at`. Without `count` the attempt does not count.

    With a `reason` it becomes part of the row's history.
    """
    return _end(
        delivery=delivery, state=S.DUE, now=now, reason=reason, detail=detail, next_at=at,
        quiet=not reason, uncount=delivery.state != S.DUE and not count,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def settle(
    *, delivery: Delivery, state: str, now: datetime, reason: str = "", detail: str = "",
    identity: int | None = None, **changes: Any,
) -> bool:  # fmt: skip
    """Write down how it ended. A sent mail is told to the journal in the same transaction.

    `identity`: whose story a sent mail is part of, when that is known.

    False when the row was decided about meanwhile. Its sender may still report after its lease ended: it
    knows better than the sweep that called the row unclear.
    """
    if state == S.SENT:
        changes["sent_at"] = now
    if not _end(delivery=delivery, state=state, now=now, reason=reason, detail=detail, **changes):
        return False
    if state == S.SENT:
        subject = changes.get("subject", delivery.subject)
        tell_sent(delivery=delivery, subject=subject, at=now, identity=identity)
    return True


def _end(
    *, delivery: Delivery, state: str, now: datetime, reason: str, detail: str, quiet: bool = False,
    uncount: bool = False, **changes: Any,
) -> bool:  # fmt: skip
    values = {
        "state": state, "reason": reason[:40], "detail": detail[:500], "lease_token": None,
        "lease_until": None, **changes,
    }  # fmt: skip
    assigned = ", ".join(f'"{name}" = %s' for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            _END.format(assigned + (', "attempts" = "attempts" - 1' if uncount else "")),
            [*(stored(name, value) for name, value in values.items()), delivery.pk,
             stored("lease_token", delivery.lease_token)],
        )  # fmt: skip
        if cursor.rowcount != 1:
            return False
    if not quiet:
        tell(deliveries=[delivery], state=state, at=now, reason=reason, detail=detail)
    return True


def tell_sent(*, delivery: Delivery, subject: str, at: datetime, identity: int | None = None) -> None:
    """The fact in the journal, once per row however often it is told. `identity`: when it is known."""
    identity = identity or identity_of(delivery)
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
