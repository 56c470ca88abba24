"""Seed tests: what may be sent to the own mailboxes, sending it, and writing down where it arrived.

Features offer mails that can be written for nobody in particular:

    @hooks.register("register_seed_mails")
    def newsletters() -> Iterable[SeedMail]:
        yield SeedMail(key="newsletter-7", name="December", renderer=KEY, variables={"newsletter": 7})

A test goes through the ledger like every mail. It needs no consent, because its recipients are the house's
own mailboxes: an address that belongs to a contact is refused, when it is entered and again when it is used.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail import hooks

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.people.queries import people_by_email

from . import actions
from .models import Delivery, SeedBox, SeedResult, SeedTest

SENT = "mail.seed_sent"
ADVERTISING, SERVICE = "seed-test", "seed-test-service"
MOST = 50


class OfAContact(Exception):
    """These addresses belong to contacts: `addresses`."""

    def __init__(self, addresses: Collection[str]) -> None:
        super().__init__(", ".join(sorted(addresses)))
        self.addresses = addresses


class NoBoxes(Exception):
    """There is no test mailbox in use."""


@dataclass(frozen=True, kw_only=True)
class SeedMail:
    """A mail that can be tested. `renderer` with `variables`: who writes it, for no contact."""

    key: str
    name: str
    renderer: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    advertising: bool = True


def offered() -> dict[str, SeedMail]:
    """All mails that can be tested, by key."""
    return {one.key: one for offer in hooks.get_hooks("register_seed_mails") for one in offer()}


def add_box(*, address: str, provider: str) -> SeedBox:
    """One more own mailbox; one that was put aside is in use again. Raises OfAContact."""
    if found := people_by_email([address]):
        raise OfAContact(found)
    return SeedBox.objects.update_or_create(
        address=address.lower(), defaults={"provider": provider[:60], "active": True}
    )[0]


def put_aside(*, box: SeedBox) -> None:
    """It gets no more tests; the results there are stay."""
    SeedBox.objects.filter(pk=box.pk).update(active=False)


def boxes() -> list[SeedBox]:
    """Those in use."""
    return list(SeedBox.objects.filter(active=True))


@transaction.atomic
def send(*, mail: SeedMail, by: User, now: datetime) -> SeedTest:
    """Ask for one mail to each test mailbox in use. Raises NoBoxes, OfAContact, MailError."""
    found = boxes()[:MOST]
    if not found:
        raise NoBoxes
    if taken := people_by_email(one.address for one in found):
        raise OfAContact(taken)
    with override(settings.LANGUAGE_CODE):
        name = _("Seed tests")
    mailing = actions.ensure_mailing(
        key=ADVERTISING if mail.advertising else SERVICE, name=name, message_class=actions.SYSTEM
    )
    test = SeedTest.objects.create(
        name=mail.name[:160], source=mail.key[:80], advertising=mail.advertising, sent_by=by, created_at=now
    )
    for box in found:
        delivery = actions.queue(
            mailing=mailing, key=f"{test.pk}", address=box.address, renderer=mail.renderer,
            variables=mail.variables, own_request=True,
        )  # fmt: skip
        SeedResult.objects.create(test=test, address=box.address, provider=box.provider, delivery=delivery)
    audit.note(user=by, action=SENT, target=test, details={"boxes": len(found)})
    return test


@transaction.atomic
def note(*, test: SeedTest, places: Mapping[int, str], by: User, now: datetime) -> int:
    """Write down where it was found, by number of the result; returns how many changed."""
    changed = 0
    for row in test.results.select_for_update():
        place = places.get(row.pk, row.place)
        if place != row.place and place in SeedResult.Place.values:
            row.place, row.looked_by, row.looked_at = place, by, now
            row.save(update_fields=["place", "looked_by", "looked_at"])
            changed += 1
    return changed


@dataclass(frozen=True, kw_only=True)
class Found:
    """Of one test: how many mailboxes, how many looked into, and what was found there.

    lost: those that came back or were refused, which the ledger knows by itself.
    """

    boxes: int
    looked: int
    inbox: int
    tab: int
    spam: int
    missing: int
    lost: int


def found_in(results: Sequence[SeedResult]) -> Found:
    """Counts over the results of one test."""
    places = [one.place for one in results]
    lost = [one for one in results if one.delivery and one.delivery.state in _LOST]
    return Found(
        boxes=len(results), looked=sum(bool(one) for one in places), lost=len(lost),
        **{place: places.count(place) for place in ("inbox", "tab", "spam", "missing")},
    )  # fmt: skip


_LOST = (Delivery.State.BOUNCED, Delivery.State.FAILED, Delivery.State.SUPPRESSED)


def tests(*, most: int) -> list[tuple[SeedTest, Found]]:
    """The last ones with their counts, newest first."""
    rows = SeedTest.objects.select_related("sent_by").prefetch_related("results__delivery")[:most]
    return [(one, found_in(list(one.results.all()))) for one in rows]


def results(test: SeedTest) -> list[SeedResult]:
    """Mailbox by mailbox."""
    return list(test.results.select_related("delivery", "looked_by"))
