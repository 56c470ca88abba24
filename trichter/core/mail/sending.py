"""The sender: claims some rows, asks whether each may go, hands it over, and writes down how it ended.

One row at a time is marked as `sending`, durably, before its text is handed over: whenever a worker dies, at
most one mail is unclear. How a mail ended is written in the transaction that marks the next one.
"""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from trichter.core.jobs.crash import crash_point
from trichter.core.shell.queries import company_zone, installation

from . import actions, composing, holds, ledger, limits, queries, readiness
from .asking import Known, known_of
from .memory import Memo
from .models import Delivery, Mailing, MailSettings
from .rendering import CannotRender
from .returns import suppress, watch_soft
from .rules import gates
from .rules.answers import MAX_ATTEMPTS, Outcome, Verdict, retry_pause
from .transport import Attempt, Transport, transport

logger = logging.getLogger(__name__)

S = Delivery.State
BATCH = 100
# Then mails of the first lane get their turn, and what was looked up for many rows is looked up again.
_LONGEST = 2.0
_LOOK_EVERY, _SWEEP_EVERY = 2.0, 15.0


class _Then(Enum):
    NEXT = auto()
    LOOK_AGAIN = auto()
    HALT = auto()


@dataclass(kw_only=True)
class _View:
    """What the sender looks up every two seconds instead of for every mail."""

    house: MailSettings
    zone: ZoneInfo
    without: frozenset[str]
    own_server: bool
    marketing: bool
    memo: Memo = field(default_factory=dict)
    fetched: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A mail that waits for nothing but the permission. `packed`: what the transport hands over."""

    row: Delivery
    sender: str
    recipient: str
    subject: str
    packed: object
    per_person: bool
    identity: int | None


class Sender:
    """One sender with its own connection; any number may work at once, in threads or processes."""

    def __init__(self, *, way: Transport | None = None, lease: timedelta = ledger.LEASE) -> None:
        self._way = way or transport()
        self._lease = lease
        self._view: _View | None = None
        self._swept = float("-inf")
        # Quotas that are used up, by scope, with the end of their slot.
        self._full: dict[str, datetime] = {}
        # The mail behind the one whose answer is awaited, as far as it could be written already.
        self._next: _Ready | None = None
        # Ends of mails that wait for the next transaction.
        self._ends: list[Callable[[], object]] = []

    def turn(self, stop: threading.Event) -> bool:
        """Some mails; False when there was nothing to send."""
        if time.monotonic() - self._swept >= _SWEEP_EVERY:
            ledger.sweep(now=timezone.now())
            self._swept = time.monotonic()
        return self.send(stop=stop) > 0

    def close(self) -> None:
        """Hang up."""
        self._way.close()

    def send_next(self, *, now: datetime | None = None) -> bool:
        """Deal with the next row that is due. False when there is none that may be dealt with now."""
        return self.send(now=now, limit=1) > 0

    def send(
        self, *, now: datetime | None = None, limit: int = BATCH, stop: threading.Event | None = None
    ) -> int:
        """Deal with up to `limit` rows that are due, for two seconds. Returns with how many it did."""
        at = now or timezone.now()
        view = self._look(at=at)
        self._full = {scope: until for scope, until in self._full.items() if until > at}
        if view.own_server or {"minute", "hour"} & set(self._full):
            return 0
        full = {scope.partition(":")[2] for scope in self._full if scope.startswith("domain:")}
        rows = deque(
            ledger.claim(
                now=at, limit=limit, without=view.without | full,
                marketing=view.marketing and "day" not in self._full,
            )
        )  # fmt: skip
        known = known_of(rows, at=at) if rows else None
        done, begun = 0, time.monotonic()
        try:
            while rows and known is not None:
                at = now or timezone.now()
                then = self._deal_with(
                    rows[0], view=view, known=known, at=at,
                    behind=rows[1] if len(rows) > 1 and time.monotonic() - begun < _LONGEST else None,
                )  # fmt: skip
                if then is _Then.LOOK_AGAIN:
                    rows = deque(ledger.still_claimed(deliveries=rows))
                    known = known_of(rows, at=now or timezone.now()) if rows else None
                    continue
                rows.popleft()
                done += 1
                late = time.monotonic() - begun > _LONGEST
                if then is _Then.HALT or late or (stop is not None and stop.is_set()):
                    break
        finally:
            self._next = None
            self._write_down()
            ledger.release(deliveries=rows)
        return done

    def _look(self, *, at: datetime) -> _View:
        if self._view is None or time.monotonic() - self._view.fetched > _LOOK_EVERY:
            held = set(queries.holds(now=at).values_list("domain", flat=True))
            house = queries.mail_settings()
            # Each mail names it; asking for it takes as long as writing the mail.
            house.from_name = house.from_name or installation().name
            self._view = _View(
                house=house, zone=company_zone(),
                without=frozenset(held - {holds.OWN_SERVER}),
                own_server=holds.OWN_SERVER in held, marketing=not readiness.blocking(),
            )  # fmt: skip
        return self._view

    def _write_down(self) -> None:
        """The ends that no transaction has taken along."""
        ends, self._ends = self._ends, []
        for end in ends:
            try:
                end()
            except Exception:
                # It stays `sending` and becomes unclear: nobody can tell any more that it arrived.
                logger.exception("the end of a mail could not be written")

    # One row ----------------------------------------------------------------

    def _deal_with(
        self, row: Delivery, *, view: _View, known: Known, at: datetime, behind: Delivery | None
    ) -> _Then:
        """`behind`: the row that is likely to be the next."""
        ahead, self._next = self._next, None
        try:
            if ahead is not None and ahead.row is row:
                ready: _Ready | None = ahead
            else:
                ready = self._ready(row, view=view, known=known, at=at)
        except Exception as error:
            # Something of ours is broken for this one row; it must not stop the rows behind it.
            logger.exception("mail %s", row.pk)
            ledger.settle(
                delivery=row, state=S.FAILED, now=timezone.now(), reason="broken",
                detail=f"{type(error).__name__}: {error}",
            )  # fmt: skip
            return _Then.NEXT
        if ready is None:
            return _Then.NEXT
        full, marked = None, False
        with transaction.atomic():
            for end in self._ends:
                end()
            full = self._use_quota(row, view=view, at=at)
            if full is not None:
                ledger.put_back(delivery=row, at=full, now=at)
            else:
                marked = ledger.mark(delivery=row, now=at, known=known, lease=self._lease)
                if not marked:
                    # Nothing of a limit was used either.
                    transaction.set_rollback(True)
        if not (full or marked):
            return _Then.LOOK_AGAIN
        self._ends.clear()
        if full:
            return _Then.HALT
        crash_point("mail_marked")
        if not self._still_free(row, view=view, known=known, at=at):
            return _Then.NEXT
        return self._hand_over(
            ready, meanwhile=lambda: self._write_ahead(behind, view=view, known=known, at=at)
        )

    def _write_ahead(self, row: Delivery | None, *, view: _View, known: Known, at: datetime) -> None:
        """Write the next mail while the answer to this one is awaited. What stands against it, or goes wrong,
        shows again when it is its turn; whether it may go is asked then in any case.
        """
        if row is None:
            return
        try:
            if self._waits(row, view=view, known=known, at=at) is None:
                self._next = self._written(row, view=view, known=known, at=at)
        except Exception:
            logger.debug("mail %s could not be written ahead", row.pk, exc_info=True)

    def _ready(self, row: Delivery, *, view: _View, known: Known, at: datetime) -> _Ready | None:
        """The finished mail; None when it may not go, or not now, which is written down."""
        against = self._waits(row, view=view, known=known, at=at)
        if against is not None:
            against()
            return None
        try:
            return self._written(row, view=view, known=known, at=at)
        except CannotRender as reason:
            ledger.settle(delivery=row, state=S.FAILED, now=at, reason="no_text", detail=str(reason))
            return None

    def _waits(
        self, row: Delivery, *, view: _View, known: Known, at: datetime
    ) -> Callable[[], object] | None:
        """What to do instead of handing it over; None when nothing stands against it."""
        marketing = row.mailing.message_class == Mailing.Class.MARKETING
        quiet = limits.quiet_until(row, house=view.house, zone=view.zone, at=at) if marketing else None
        if quiet is not None:
            return lambda: ledger.put_back(delivery=row, at=quiet, now=at)
        refusal = gates.refusal(known.facts(row, at=at))
        if refusal:
            return lambda: ledger.settle(delivery=row, state=S.SUPPRESSED, now=at, reason=refusal)
        sent = known.recent.get(row.pk, ())
        free = limits.free_again(row, house=view.house, at=at, sent=sent) if marketing else None
        if free is not None:
            return lambda: ledger.put_back(delivery=row, at=free, now=at, reason="too_often")
        return None

    def _written(self, row: Delivery, *, view: _View, known: Known, at: datetime) -> _Ready:
        """Raises CannotRender."""
        marketing = row.mailing.message_class == Mailing.Class.MARKETING
        per_person = marketing and row.identity_id in known.tracked
        mail = composing.compose(delivery=row, house=view.house, per_person=per_person, at=at, memo=view.memo)
        return _Ready(
            row=row, sender=mail.sender, recipient=_wire(row.address), subject=mail.subject,
            packed=self._way.pack(message=mail.message, house=view.house), per_person=per_person,
            identity=known.story(row),
        )  # fmt: skip

    def _use_quota(self, row: Delivery, *, view: _View, at: datetime) -> datetime | None:
        """One of every limit there is; the end of the slot when one of them is used up already."""
        for scope, limit, slot, end in limits.of_house(row, house=view.house, zone=view.zone, at=at):
            if not ledger.take_quota(scope=scope, slot=slot.astimezone(UTC), limit=limit):
                self._full[scope] = end
                return end
        return None

    def _still_free(self, row: Delivery, *, view: _View, known: Known, at: datetime) -> bool:
        """How often one person is written to, asked once more now that other workers see this row."""
        if row.mailing.message_class != Mailing.Class.MARKETING:
            return True
        free = limits.free_again(row, house=view.house, at=at)
        if free is not None:
            ledger.put_back(delivery=row, at=free, now=at, count=False, reason="too_often")
        elif known.enough(row, at=at):
            ledger.settle(delivery=row, state=S.SUPPRESSED, now=at, reason="wish")
        else:
            return True
        return False

    def _hand_over(self, ready: _Ready, *, meanwhile: Callable[[], object]) -> _Then:
        try:
            attempt = self._way.deliver(
                sender=ready.sender, recipient=ready.recipient, packed=ready.packed, meanwhile=meanwhile
            )
        except Exception as error:
            logger.exception("mail %s", ready.row.pk)
            ledger.settle(
                delivery=ready.row, state=S.UNCLEAR, now=timezone.now(), reason="broken",
                detail=f"{type(error).__name__}: {error}",
            )  # fmt: skip
            return _Then.NEXT
        now = timezone.now()
        if attempt.verdict.outcome == Outcome.SENT:
            self._ends.append(lambda: self._sent(ready, attempt=attempt, now=now))
            return _Then.NEXT
        return self._not_sent(ready, attempt=attempt, now=now)

    def _sent(self, ready: _Ready, *, attempt: Attempt, now: datetime) -> None:
        row = ready.row
        ledger.settle(
            delivery=row, state=S.SENT, now=now, detail=attempt.answer, subject=ready.subject,
            per_person=ready.per_person, provider_id=attempt.provider_id, identity=ready.identity,
        )  # fmt: skip
        if self._view is not None and row.domain in self._view.without:
            holds.release(domain=row.domain)

    def _not_sent(self, ready: _Ready, *, attempt: Attempt, now: datetime) -> _Then:
        row, verdict = ready.row, attempt.verdict
        match verdict.outcome:
            case Outcome.UNCLEAR:
                ledger.settle(
                    delivery=row, state=S.UNCLEAR, now=now, reason=verdict.reason, detail=attempt.answer,
                    subject=ready.subject, per_person=ready.per_person,
                )  # fmt: skip
            case Outcome.FAILED:
                ledger.settle(
                    delivery=row, state=S.FAILED, now=now, reason=verdict.reason, detail=attempt.answer,
                    subject=ready.subject,
                )  # fmt: skip
                if verdict.gone:
                    suppress(address=row.address, why="hard", detail=attempt.answer, at=now)
            case Outcome.RETRY:
                return self._later(row, verdict=verdict, answer=attempt.answer, now=now)
            case Outcome.SERVER:
                until = holds.hold(domain=holds.OWN_SERVER, answer=attempt.answer, now=now)
                ledger.put_back(
                    delivery=row, at=until, now=now, reason=verdict.reason, detail=attempt.answer, count=False
                )
                self._view = None
                return _Then.HALT
            case Outcome.PAUSE:
                ledger.put_back(
                    delivery=row, at=now, now=now, reason=verdict.reason, detail=attempt.answer, count=False
                )
                actions.pause(mailing=row.mailing, why=attempt.answer)
                return _Then.HALT
        return _Then.NEXT

    def _later(self, row: Delivery, *, verdict: Verdict, answer: str, now: datetime) -> _Then:
        if row.attempts >= MAX_ATTEMPTS:
            ledger.settle(delivery=row, state=S.FAILED, now=now, reason="tried_for_days", detail=answer)
            return _Then.NEXT
        at = now + retry_pause(attempts=row.attempts, chance=random.random())  # noqa: S311
        if verdict.hold:
            holds.hold(domain=row.domain, answer=answer, now=now)
            self._view = None
        ledger.put_back(delivery=row, at=at, now=now, reason=verdict.reason, detail=answer)
        watch_soft(mailing=row.mailing, now=now)
        return _Then.HALT if verdict.hold else _Then.NEXT


def _wire(address: str) -> str:
    """As mail servers read it: the domain in ASCII."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address
