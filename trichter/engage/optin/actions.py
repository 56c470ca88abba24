"""Asking for a confirmation, and what follows from it. Mails leave by the ledger of mails alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from wagtail import hooks

from trichter.attract.forms.consequences import Outcome, Ticked
from trichter.attract.forms.models import Submission
from trichter.attract.forms.visitors import may_recognise
from trichter.core.consent import actions as ledger
from trichter.core.consent.models import Purpose
from trichter.core.consent.webconsents import BROWSER_ID
from trichter.core.events import OptInConfirmed
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.mail import actions as mail
from trichter.core.mail.models import Mailing
from trichter.core.people.actions import link
from trichter.core.people.actions.links import lock_identities
from trichter.kit.ids import stable_uuid

from . import queries, rules, texts, writing
from .models import OptinRequest, OptinSettings

S = OptinRequest.State
MAILING, ADDRESS = "double-opt-in", "address"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something the confirmation page leads to, such as a download. Offered by `register_optin_offers`:

    (request, at) -> list[Offer], called in the transaction that confirms, and again whenever the page
    is shown afterwards; it must be idempotent.
    """

    label: str
    url: str


def ask(*, outcome: Outcome, address_too: bool = False) -> OptinRequest | None:
    """Ask the owner of the address to confirm what was ticked in a form. Idempotent per submission.

    Consents that stand already are not asked for again; when none is left nothing is sent, unless
    `address_too`: then the address itself is confirmed, once and for all. None: there is nothing to ask.
    """
    if not outcome.email:
        return None
    known = OptinRequest.objects.filter(submission=outcome.submission).first()
    if known is not None:
        return known
    identity, at = identify(kind="email", value=outcome.email), outcome.submission.received_at
    # Two submissions for one address at once: the second counts the first one's mail.
    lock_identities(identities=[identity])
    items = [one for one in outcome.ticked if _waits(one, identity=identity, at=at)]
    if not items and (not address_too or queries.is_confirmed(identity=identity)):
        return None
    return _write(outcome=outcome, identity=identity, items=items, at=at)


def _waits(one: Ticked, *, identity: int, at: datetime) -> bool:
    if one.given or not Purpose.objects.filter(key=one.purpose, active=True).exists():
        return False
    return not queries.allowed(identity=identity, purpose=one.purpose, channel=one.channel, at=at)


def _write(*, outcome: Outcome, identity: int, items: list[Ticked], at: datetime) -> OptinRequest:
    sent: Submission = outcome.submission
    house = queries.optin_settings()
    language = "de" if (sent.language or "de").startswith("de") else "en"
    page = str(sent.context.get("address") or sent.page)[:1_000]
    limited = rules.too_many(queries.facts(identity=identity, network=sent.network, at=at))
    row = OptinRequest(
        submission=sent, identity_id=identity, person=outcome.person, address=outcome.email,
        language=language, form=outcome.form.slug, page=page, visitor=sent.visitor, network=sent.network,
        ip=sent.ip, ip_until=sent.ip_until, requested_at=at, state=S.LIMITED if limited else S.WAITING,
        items=[
            {"purpose": one.purpose, "channel": one.channel, "wording": one.wording.pk} for one in items
        ],
    )  # fmt: skip
    if limited:
        row.save()
        return row
    until = rules.valid_until(requested_at=at, keep_days=house.keep_days)
    row.mail_version = f"{language} v{texts.VERSION}"
    row.mail_text = writing.write(
        language=language, page=page, at=at, until=until, wordings=[one.wording for one in items]
    )
    row.save()
    row.delivery = mail.queue(
        mailing=_mailing(), key=f"ask-{row.uid}", address=row.address, person=row.person,
        renderer=writing.KEY, variables={"request": row.pk}, own_request=True,
    )  # fmt: skip
    row.save(update_fields=["delivery"])
    return row


def _mailing() -> Mailing:
    return mail.ensure_mailing(key=MAILING, name="Double-Opt-in", message_class=mail.SYSTEM)


@transaction.atomic
def confirm(*, request: OptinRequest, at: datetime, ip: str = "") -> bool:
    """The owner of the address pressed the button. False when it was pressed before, or too late.

    ip: of the confirming browser; kept beside the consent if that of the form was kept.
    """
    house = queries.optin_settings()
    rows = OptinRequest.objects.filter(
        pk=request.pk, state=S.WAITING, requested_at__gt=at - timedelta(days=house.keep_days)
    )
    if not rows.update(state=S.CONFIRMED, confirmed_at=at):
        return False
    row = queries.request_of(number=request.pk)
    assert row is not None
    crash_point("optin_confirmed")
    numbers = [number for item in row.items if (number := _give(row, item, at=at, ip=ip))]
    for purpose in [item["purpose"] for item in row.items] or [ADDRESS]:
        fact = OptInConfirmed(purpose=purpose, proof=", ".join(f"#{number}" for number in numbers))
        uid = stable_uuid("optin.confirmed", f"{row.uid} {purpose}")
        record(Entry(fact=fact, at=at, identity=row.identity_id, uid=uid))
    row.records = numbers
    row.save(update_fields=["records"])
    _link_browser(row, at=at)
    offers(request=row, at=at)
    return True


def _give(row: OptinRequest, item: dict[str, str], *, at: datetime, ip: str) -> int | None:
    """The ledger's entry with all that proves it; None for a purpose that is gone since."""
    words = {one.pk: one for one in queries.wordings_of(row)}
    wording = words.get(int(item["wording"]))
    if wording is None or not wording.purpose.active:
        return None
    sent = row.delivery
    proof = {
        "form": row.form, "submission": str(row.submission.uid) if row.submission else "",
        "signed_up_at": row.requested_at.isoformat(),
        "mail_message_id": sent.message_id if sent else "",
        # The click may come before the sender has written down that the mail left.
        "mail_sent_at": (sent.sent_at or sent.not_before).isoformat() if sent else "",
        "confirmation_wording": row.mail_text, "confirmation_version": row.mail_version,
        "confirmed_at": at.isoformat(),
    }  # fmt: skip
    network = {"ip": row.ip, "confirmation_ip": ip} if row.ip else {}
    evidence = ledger.Evidence(page=row.page, proof=proof, network={k: str(v) for k, v in network.items()})
    return ledger.give(
        identity=row.identity_id, purpose=item["purpose"], channel=item["channel"], at=at, how="confirmed",
        wording=wording, evidence=evidence,
    ).number  # fmt: skip


def _link_browser(row: OptinRequest, *, at: datetime) -> None:
    """The browser that sent the form, whose address is now proven; never the one that pressed the button.

    Whoever got the mail forwarded may press it, and must not become the contact by that.
    """
    if row.person is None or not row.visitor.startswith(BROWSER_ID):
        return
    if may_recognise(row.visitor.removeprefix(BROWSER_ID)):
        identity = identify(kind="visitor", value=row.visitor)
        link(identity=identity, person=row.person, evidence=f"Double-Opt-in {at:%d.%m.%Y %H:%M} UTC", at=at)


def offers(*, request: OptinRequest, at: datetime) -> list[Offer]:
    """What other features have for somebody who confirmed."""
    found: list[Offer] = []
    for offer in hooks.get_hooks("register_optin_offers"):
        ready: Callable[..., list[Offer]] = offer
        found += ready(request=request, at=at)
    return found


@transaction.atomic
def remind(*, now: datetime) -> int:
    """One reminder for those who have not confirmed yet, if the settings want it. Returns how many."""
    house, count = queries.optin_settings(), 0
    waiting = OptinRequest.objects.filter(state=S.WAITING, reminded_at=None, delivery__sent_at__isnull=False)
    for row in waiting.select_related("person").order_by("pk")[:500]:
        if not rules.reminder_due(
            requested_at=row.requested_at, remind_days=house.remind_days, keep_days=house.keep_days, now=now
        ):
            continue
        if OptinRequest.objects.filter(pk=row.pk, state=S.WAITING, reminded_at=None).update(reminded_at=now):
            mail.queue(
                mailing=_mailing(), key=f"remind-{row.uid}", address=row.address, person=row.person,
                renderer=writing.KEY, variables={"request": row.pk, "reminder": True},
            )  # fmt: skip
            count += 1
    return count


@transaction.atomic
def tidy(*, now: datetime) -> int:
    """Delete what nobody confirmed in time, and addresses of the network whose time is over."""
    house = queries.optin_settings()
    gone = queries.unconfirmed_before(before=now - timedelta(days=house.keep_days)).delete()[0]
    kept = OptinRequest.objects.filter(ip_until__lte=now).update(ip=None, ip_until=None)
    return gone + kept


def save_settings(*, saved: OptinSettings) -> OptinSettings:
    """Store what holds for all confirmations."""
    saved.pk = 1
    saved.save()
    return saved


def preferences_path(token: str) -> str:
    """The address of the preferences for this token of a mail."""
    return reverse("optin_public:preferences", args=[token])
