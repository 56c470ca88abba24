"""Writing, starting and stopping newsletters. Nothing here sends: the mail house's worker does."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.jobs.actions import enqueue
from trichter.core.mail import actions as mail
from trichter.core.mail.actions import ensure_mailing
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_zone

from . import checking, rules, writing
from .errors import NotOwnAddress, NotReady, WrongState
from .models import Newsletter

State = Newsletter.State
FREEZE = "newsletters.freeze"
STARTED, STOPPED = "newsletter.started", "newsletter.stopped"
_CONTENT = (
    "template", "subject", "preheader", "from_name", "from_address", "reply_to", "purpose",
)  # fmt: skip


def _ready(newsletter: Newsletter, *, now: datetime, late: bool = False) -> None:
    """Raises NotReady with every blocking point. `late`: the time may be in the past by now."""
    points = [
        str(point.text) for point in checking.points(newsletter, now=now)
        if not point.ok and point.blocking and not (late and point.key == "time")
    ]  # fmt: skip
    if points:
        raise NotReady(points)


@transaction.atomic
def schedule(*, newsletter: Newsletter, user: User | None = None, now: datetime | None = None) -> None:
    """Start at its time. Raises NotReady, WrongState."""
    at = now or timezone.now()
    _ready(newsletter, now=at)
    begins = rules.starts_at(
        timing=newsletter.timing, day=newsletter.day, clock=newsletter.clock, zone=company_zone()
    )
    rows = Newsletter.objects.filter(pk=newsletter.pk, state=State.DRAFT)
    if not rows.update(state=State.SCHEDULED, starts_at=begins or at, why=""):
        raise WrongState
    newsletter.refresh_from_db()


@transaction.atomic
def unschedule(*, newsletter: Newsletter, why: str = "") -> None:
    """Back to a draft; its time stays in the form. Raises WrongState."""
    rows = Newsletter.objects.filter(pk=newsletter.pk, state=State.SCHEDULED)
    if not rows.update(state=State.DRAFT, starts_at=None, why=why[:500]):
        raise WrongState
    newsletter.refresh_from_db()


@transaction.atomic
def start(
    *, newsletter: Newsletter, user: User | None = None, now: datetime | None = None, late: bool = False
) -> None:
    """Pin the version, make the mailing, and let the worker freeze the recipients.

    One conditional update decides: of two schedulers in the same second one starts it, the other gets
    WrongState. Raises NotReady.
    """
    at = now or timezone.now()
    _ready(newsletter, now=at, late=late)
    rows = Newsletter.objects.filter(pk=newsletter.pk, state__in=[State.DRAFT, State.SCHEDULED])
    revision = newsletter.template.live_revision_id
    if not rows.update(state=State.FREEZING, started_at=at, starts_at=at, revision=revision, why=""):
        raise WrongState
    mailing = ensure_mailing(
        key=f"newsletter-{newsletter.pk}", name=newsletter.name, message_class=mail.MARKETING,
        purpose=newsletter.purpose, from_name=newsletter.from_name, from_address=newsletter.from_address,
        reply_to=newsletter.reply_to,
    )  # fmt: skip
    Newsletter.objects.filter(pk=newsletter.pk).update(mailing=mailing)
    enqueue(
        name=FREEZE,
        payload={"newsletter": newsletter.pk},
        key=f"newsletter-{newsletter.pk}-freeze",
        user=user,
    )
    newsletter.refresh_from_db()
    audit.note(user=user, action=STARTED, target=newsletter, details={"revision": revision})


def pause(*, newsletter: Newsletter, user: User) -> None:
    """Hold it; freezing goes on, nothing is sent. Raises WrongState."""
    if newsletter.mailing is None or not mail.pause(
        mailing=newsletter.mailing, why=_("by %(user)s") % {"user": user}
    ):
        raise WrongState


def resume(*, newsletter: Newsletter) -> None:
    """Go on with the first mail that was not sent. Raises WrongState."""
    if newsletter.mailing is None or not mail.resume(mailing=newsletter.mailing):
        raise WrongState


@transaction.atomic
def stop(*, newsletter: Newsletter, user: User) -> int:
    """End it for good; what waits is called off. Returns how many mails were. Raises WrongState."""
    rows = Newsletter.objects.filter(pk=newsletter.pk, state__in=[State.FREEZING, State.STARTED])
    if not rows.update(state=State.STOPPED):
        raise WrongState
    newsletter.refresh_from_db()
    assert newsletter.mailing is not None
    count = mail.stop(mailing=newsletter.mailing, why=_("by %(user)s") % {"user": user})
    audit.note(user=user, action=STOPPED, target=newsletter, details={"called_off": count})
    return count


@transaction.atomic
def copy(*, newsletter: Newsletter, user: User) -> Newsletter:
    """A new draft with the same text and segments: no time, no state, no recipients."""
    values = {name: getattr(newsletter, name) for name in _CONTENT}
    name = _("%(name)s (copy)") % {"name": newsletter.name[:100]}
    made = Newsletter.objects.create(name=name, owner=user, **values)
    made.include.set(newsletter.include.all())
    made.exclude.set(newsletter.exclude.all())
    return made


@transaction.atomic
def send_test(*, newsletter: Newsletter, addresses: Sequence[str], person: Person | None, user: User) -> int:
    """Send it as it is now to colleagues, with the data of `person`. Raises NotOwnAddress, NotReady.

    A test needs no consent and counts in no report: it belongs to a mailing of its own.
    """
    wanted = [one.strip().lower() for one in addresses if one.strip()]
    own = set(User.objects.filter(is_active=True, email__in=wanted).values_list("email", flat=True))
    for one in wanted:
        if one not in own:
            raise NotOwnAddress(one)
    if newsletter.template.live_revision_id is None:
        raise NotReady([_("Publish the template first.")])
    with translation.override(settings.LANGUAGE_CODE):  # kept, and read by all colleagues
        name = _("Test mails")
    mailing = ensure_mailing(key="newsletter-test", name=name, message_class=mail.SYSTEM)
    variables: dict[str, Any] = {"newsletter": newsletter.pk, "test": True}
    if person is not None:
        variables["person"] = person.pk
    for one in dict.fromkeys(wanted):
        mail.queue(
            mailing=mailing, key=f"{newsletter.pk}-{uuid.uuid4().hex}", address=one, renderer=writing.KEY,
            variables=variables, own_request=True,
        )  # fmt: skip
    return len(set(wanted))
