"""The sender: claims a row, asks whether it may go, hands the mail over, and writes down how it ended."""

import logging
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from trichter.core.consent.queries import may
from trichter.core.shell.queries import company_zone

from . import actions, composing, holds, ledger, queries, readiness
from .models import Delivery, Mailing, MailSettings
from .rendering import CannotRender
from .returns import suppress, watch_soft
from .rules import gates
from .rules.answers import MAX_ATTEMPTS, Outcome, Verdict, retry_pause
from .rules.rates import free_again
from .rules.times import end_of_quiet, warmup_limit, zone_of
from .transport import Attempt, Transport, transport

logger = logging.getLogger(__name__)

S = Delivery.State
TRACKING = "mail-tracking"
_TURN = 50
_GRACE = timedelta(hours=12)
_LOOK_EVERY, _SWEEP_EVERY = 2.0, 15.0


@dataclass(kw_only=True)
class _View:
    """What the sender looks up every two seconds instead of for every mail."""

    house: MailSettings
    zone: ZoneInfo
    without: frozenset[str]
    own_server: bool
    marketing: bool
    fetched: float = field(default_factory=time.monotonic)


class Sender:
    """One sender with its own connection; any number may work at once, in threads or processes."""

    def __init__(self, *, way: Transport | None = None, lease: timedelta = ledger.LEASE) -> None:
        self._way = way or transport()
        self._lease = lease
        self._view: _View | None = None
        self._swept = float("-inf")
        # Quotas that are used up, by scope, with the end of their slot.
        self._full: dict[str, datetime] = {}

    def turn(self, stop: threading.Event) -> bool:
        """Some mails; False when there was nothing to send."""
        if time.monotonic() - self._swept >= _SWEEP_EVERY:
            ledger.sweep(now=timezone.now())
            self._swept = time.monotonic()
        for count in range(_TURN):
            if stop.is_set() or not self.send_next():
                return count > 0
        return True

    def close(self) -> None:
        """Hang up."""
        self._way.close()

    def send_next(self, *, now: datetime | None = None) -> bool:
        """Deal with the next row that is due. False when there is none that may be dealt with now."""
        at = now or timezone.now()
        view = self._look(at=at)
        if view.own_server:
            return False
        self._full = {scope: until for scope, until in self._full.items() if until > at}
        if {"minute", "hour"} & set(self._full):
            return False
        full = {scope.partition(":")[2] for scope in self._full if scope.startswith("domain:")}
        row = ledger.claim(
            now=at, without=view.without | full, lease=self._lease,
            marketing=view.marketing and "day" not in self._full,
        )  # fmt: skip
        if row is None:
            return False
        try:
            self._deal_with(row, view=view, at=at)
        except Exception as error:
            # Something of ours is broken for this one row; it must not stop the rows behind it.
            logger.exception("mail %s", row.pk)
            ledger.settle(
                delivery=row, state=S.FAILED, now=timezone.now(), reason="broken",
                detail=f"{type(error).__name__}: {error}",
            )  # fmt: skip
        return True

    def _look(self, *, at: datetime) -> _View:
        if self._view is None or time.monotonic() - self._view.fetched > _LOOK_EVERY:
            held = set(queries.holds(now=at).values_list("domain", flat=True))
            self._view = _View(
                house=queries.mail_settings(), zone=company_zone(),
                without=frozenset(held - {holds.OWN_SERVER}),
                own_server=holds.OWN_SERVER in held, marketing=not readiness.blocking(),
            )  # fmt: skip
        return self._view

    # One row ----------------------------------------------------------------

    def _deal_with(self, row: Delivery, *, view: _View, at: datetime) -> None:
        marketing = row.mailing.message_class == Mailing.Class.MARKETING
        quiet = _quiet_until(row, view=view, at=at) if marketing else None
        if quiet is not None:
            ledger.put_back(delivery=row, at=quiet, now=at, count=False)
            return
        refusal = gates.refusal(_facts(row, at=at))
        if refusal:
            ledger.settle(delivery=row, state=S.SUPPRESSED, now=at, reason=refusal)
            return
        free = _free_again(row, house=view.house, at=at) if marketing else None
        if free is not None:
            ledger.put_back(delivery=row, at=free, now=at, count=False, reason="too_often")
            return
        wait = self._quota(row, view=view, marketing=marketing, at=at)
        if wait is not None:
            ledger.put_back(delivery=row, at=wait, now=at, count=False)
            return
        per_person = marketing and row.identity_id is not None
        per_person = per_person and may(purpose=TRACKING, channel="email", identity=row.identity_id, at=at)
        try:
            mail = composing.compose(delivery=row, house=view.house, per_person=per_person, at=at)
        except CannotRender as reason:
            ledger.settle(delivery=row, state=S.FAILED, now=at, reason="no_text", detail=str(reason))
            return
        attempt = self._way.deliver(
            sender=mail.sender, recipient=_wire(row.address), message=mail.message, house=view.house
        )
        self._end(row, attempt=attempt, subject=mail.subject, per_person=per_person)

    def _quota(self, row: Delivery, *, view: _View, marketing: bool, at: datetime) -> datetime | None:
        """Use up one of every limit there is; the end of the slot when one of them is used up already."""
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        hour = minute.replace(minute=0)
        house, zone = view.house, view.zone
        today = at.astimezone(zone).date()
        day = datetime.combine(today, datetime.min.time(), tzinfo=zone)
        plan = warmup_limit(
            start=house.warmup_start, first=house.warmup_first, growth=house.warmup_growth, today=today
        )
        tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), tzinfo=zone)
        limits: list[tuple[str, int | None, datetime, datetime]] = [
            ("day", plan if marketing else None, day, tomorrow),
            ("hour", house.per_hour or None, hour, hour + timedelta(hours=1)),
            (f"domain:{row.domain}", house.per_domain_minute or None, minute, minute + timedelta(minutes=1)),
            ("minute", house.per_minute or None, minute, minute + timedelta(minutes=1)),
        ]  # fmt: skip
        for scope, limit, slot, end in limits:
            if limit is not None and not ledger.take_quota(
                scope=scope, slot=slot.astimezone(UTC), limit=limit
            ):
                self._full[scope] = end
                return end
        return None

    def _end(self, row: Delivery, *, attempt: Attempt, subject: str, per_person: bool) -> None:
        now, verdict = timezone.now(), attempt.verdict
        match verdict.outcome:
            case Outcome.SENT:
                ledger.settle(
                    delivery=row, state=S.SENT, now=now, detail=attempt.answer, subject=subject,
                    per_person=per_person, provider_id=attempt.provider_id,
                )  # fmt: skip
                if self._view is not None and row.domain in self._view.without:
                    holds.release(domain=row.domain)
            case Outcome.UNCLEAR:
                ledger.settle(
                    delivery=row, state=S.UNCLEAR, now=now, reason=verdict.reason, detail=attempt.answer,
                    subject=subject, per_person=per_person,
                )  # fmt: skip
            case Outcome.FAILED:
                ledger.settle(
                    delivery=row, state=S.FAILED, now=now, reason=verdict.reason, detail=attempt.answer,
                    subject=subject,
                )  # fmt: skip
                if verdict.gone:
                    suppress(address=row.address, why="hard", detail=attempt.answer, at=now)
            case Outcome.RETRY:
                self._later(row, verdict=verdict, answer=attempt.answer, now=now)
            case Outcome.SERVER:
                until = holds.hold(domain=holds.OWN_SERVER, answer=attempt.answer, now=now)
                ledger.put_back(
                    delivery=row, at=until, now=now, reason=verdict.reason, detail=attempt.answer, count=False
                )
                self._view = None
            case Outcome.PAUSE:
                ledger.put_back(
                    delivery=row, at=now, now=now, reason=verdict.reason, detail=attempt.answer, count=False
                )
                actions.pause(mailing=row.mailing, why=attempt.answer)

    def _later(self, row: Delivery, *, verdict: Verdict, answer: str, now: datetime) -> None:
        if row.attempts >= MAX_ATTEMPTS:
            ledger.settle(delivery=row, state=S.FAILED, now=now, reason="tried_for_days", detail=answer)
            return
        at = now + retry_pause(attempts=row.attempts, chance=random.random())  # noqa: S311
        if verdict.hold:
            holds.hold(domain=row.domain, answer=answer, now=now)
            self._view = None
        ledger.put_back(delivery=row, at=at, now=now, reason=verdict.reason, detail=answer)
        watch_soft(mailing=row.mailing, now=now)


def _facts(row: Delivery, *, at: datetime) -> gates.Facts:
    marketing = row.mailing.message_class == Mailing.Class.MARKETING
    stopped = queries.suppression(address=row.address) if row.address else None
    consent, enough = True, False
    if marketing:
        purpose = row.mailing.purpose or actions.NEWSLETTER
        consent = row.identity_id is not None and may(
            purpose=purpose, channel="email", identity=row.identity_id, at=at
        )
        wish = queries.frequency(identity=row.identity_id) if row.identity_id is not None else 0
        if wish and row.identity_id is not None:
            # Half a day of grace: a weekly mail does not leave at the same minute every week.
            enough = queries.marketing_within(identity=row.identity_id, at=at + _GRACE, days=wish)
    return gates.Facts(
        message_class=row.mailing.message_class, has_address=bool(row.address and row.identity_id),
        consent=consent, suppressed=stopped.why if stopped else "", enough=enough,
    )  # fmt: skip


def _free_again(row: Delivery, *, house: MailSettings, at: datetime) -> datetime | None:
    """Enough marketing mails for one person, whoever asked for them: this one waits."""
    if not (house.per_person_day or house.per_person_week) or row.identity_id is None:
        return None
    return free_again(
        sent=queries.recent_marketing(row, at=at), per_day=house.per_person_day,
        per_week=house.per_person_week, at=at,
    )  # fmt: skip


def _quiet_until(row: Delivery, *, view: _View, at: datetime) -> datetime | None:
    house = view.house
    if house.quiet_from is None or house.quiet_to is None:
        return None
    country = row.person.country if row.person else ""
    zone = zone_of(named=row.zone, country=country) or view.zone
    return end_of_quiet(at=at, zone=zone, quiet_from=house.quiet_from, quiet_to=house.quiet_to)


def _wire(address: str) -> str:
    """As mail servers read it: the domain in ASCII."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address
