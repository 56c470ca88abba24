"""Granting, delivering and counting downloads."""

from datetime import datetime

from django.db import transaction

from trichter.attract.forms.consequences import Outcome
from trichter.core.events import FileDownloaded
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.mail import actions as mail
from trichter.core.shell.queries import company_zone
from trichter.engage.optin import actions as optin
from trichter.engage.optin.actions import Offer
from trichter.engage.optin.models import OptinRequest
from trichter.engage.optin.queries import is_confirmed
from trichter.kit.ids import stable_uuid

from . import links, queries
from .models import Grant

MAILING, RENDERER = "downloads", "magnets.link"


def grant(outcome: Outcome) -> None:
    """Whoever sent the form gets its files: at once if the address is known as confirmed, else after that."""
    magnets = list(queries.magnets_of(outcome.form)) if outcome.email else []
    if not magnets:
        return
    sent = outcome.submission
    identity = identify(kind="email", value=outcome.email)
    known = is_confirmed(identity=identity)
    for one in magnets:
        row, new = Grant.objects.get_or_create(
            magnet=one, submission=sent,
            defaults={"identity_id": identity, "person": outcome.person, "requested_at": sent.received_at},
        )  # fmt: skip
        if new and known:
            release(grant=row, at=sent.received_at)
    if not known:
        optin.ask(outcome=outcome, address_too=True)


def release(*, grant: Grant, at: datetime) -> bool:
    """Let the links work, and send one. False when that was done before."""
    if not Grant.objects.filter(pk=grant.pk, released_at=None).update(released_at=at):
        return False
    grant.released_at = at
    crash_point("magnets_released")
    _send(grant, key=f"get-{grant.uid}", own_request=True)
    return True


def _send(row: Grant, *, key: str, own_request: bool = False) -> None:
    mailing = mail.ensure_mailing(key=MAILING, name="Downloads", message_class=mail.CONTRACT)
    delivery = mail.queue(
        mailing=mailing, key=key, address=row.identity.value, person=row.person, renderer=RENDERER,
        variables={"grant": row.pk}, own_request=own_request,
    )  # fmt: skip
    Grant.objects.filter(pk=row.pk).update(delivery=delivery)


@transaction.atomic
def renew(*, grant: Grant, at: datetime) -> None:
    """Send a fresh link to the address that asked first, once a day at most; whoever asks gets nothing."""
    day = at.astimezone(company_zone()).date()
    _send(grant, key=f"again-{grant.uid}-{day:%Y%m%d}")


@transaction.atomic
def note_fetch(*, grant: Grant, at: datetime) -> bool:
    """The file was fetched with this grant's link. One fact per contact, file and day; True for the first.

    The fact is the contact's; nothing is said about the browser, which may be a friend's.
    """
    row = Grant.objects.select_for_update(of=("self",)).select_related("magnet").get(pk=grant.pk)
    day = at.astimezone(company_zone()).date()
    if row.fetched_on == day:
        return False
    row.fetched, row.fetched_on = row.fetched + 1, day
    row.save(update_fields=["fetched", "fetched_on"])
    uid = stable_uuid("file.downloaded", str(row.magnet_id), str(row.identity_id), day.isoformat())
    record(Entry(fact=FileDownloaded(asset=row.magnet.name), at=at, identity=row.identity_id, uid=uid))
    return True


def offers(*, request: OptinRequest, at: datetime) -> list[Offer]:
    """On the page of the confirmation: what waited for it is delivered, and can be fetched right there."""
    found = []
    for row in queries.waiting(identity=request.identity_id).select_related("magnet", "identity", "person"):
        release(grant=row, at=at)
    ready = Grant.objects.filter(submission=request.submission, released_at__isnull=False)
    if request.submission_id is None:
        return []
    for row in ready.filter(identity_id=request.identity_id).select_related("magnet"):
        found.append(Offer(label=row.magnet.name, url=f"/m/d/{links.make(grant=row, at=at)}"))
    return found
