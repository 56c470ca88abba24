"""What the gates need to know about some rows, looked up for all of them at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from trichter.core.consent.queries import head_number, may_many
from trichter.core.people.models import Link
from trichter.core.rights.restricting import restricted, restricted_identities

from . import queries
from .actions import NEWSLETTER
from .models import Delivery, Frequency, Mailing
from .rules import gates

TRACKING = "mail-tracking"
# Half a day of grace: a weekly mail does not leave at the same minute every week.
_GRACE = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Known:
    """`allowed`: purpose and identity of consents. `tracked`: identities.

    `stopped`: why, by digest. `wishes`: days by identity. `recent`: times of the marketing mails of seven
    days, by number of the row. `stories`: whose story a mail to this address and person is part of, as far as
    that is known. `head`: the end of the ledger of consents before it was read. `restricted`: numbers of the
    rows whose recipients' data may only be stored (Art. 18 GDPR).
    """

    head: int
    allowed: Collection[tuple[str, int]]
    tracked: Collection[int]
    stopped: Mapping[str, str]
    wishes: Mapping[int, int]
    stories: Mapping[tuple[int, int | None], int]
    recent: Mapping[int, Sequence[datetime]]
    restricted: Collection[int] = ()

    def facts(self, row: Delivery, *, at: datetime) -> gates.Facts:
        """For the decision whether it may go."""
        consent = not _marketing(row) or (_purpose(row), row.identity_id) in self.allowed
        return gates.Facts(
            message_class=row.mailing.message_class, has_address=bool(row.address and row.identity_id),
            consent=consent, suppressed=self.why(row),
            enough=self.enough(row, at=at), restricted=row.pk in self.restricted,
        )  # fmt: skip

    def enough(self, row: Delivery, *, at: datetime) -> bool:
        """Whether the recipient wished for fewer marketing mails than this one would make."""
        if not self.wish(row) or row.identity_id is None:
            return False
        return queries.marketing_within(row, at=at + _GRACE, days=self.wish(row))

    def wish(self, row: Delivery) -> int:
        """At most one marketing mail in so many days; 0: no such wish, or a mail that it is not about."""
        return self.wishes.get(row.identity_id or 0, 0) if _marketing(row) else 0

    def why(self, row: Delivery) -> str:
        """The reason of a suppression of this address; empty when there is none."""
        return self.stopped.get(queries.digest_of(row.address), "") if row.address else ""

    def story(self, row: Delivery) -> int | None:
        """Whose story the mail is part of; None when that is not known."""
        return self.stories.get((row.identity_id or 0, row.person_id))


def known_of(rows: Sequence[Delivery], *, at: datetime) -> Known:
    """A dozen queries for any number of rows."""
    head = head_number()
    purposes: dict[str, list[int]] = {}
    for one in rows:
        if _marketing(one) and one.identity_id is not None:
            purposes.setdefault(_purpose(one), []).append(one.identity_id)
    advertised = [identity for found in purposes.values() for identity in found]
    return Known(
        head=head,
        allowed={
            (purpose, identity)
            for purpose, asked in purposes.items()
            for identity in may_many(identities=asked, purpose=purpose, channel="email", at=at)
        },
        tracked=may_many(identities=advertised, purpose=TRACKING, channel="email", at=at),
        stopped=queries.stopped(addresses=[one.address for one in rows if one.address]),
        wishes=dict(Frequency.objects.filter(identity_id__in=advertised).values_list("identity_id", "days")),
        stories=_stories(rows),
        recent=queries.recent_marketing_of([one for one in rows if _marketing(one)], at=at),
        restricted=_restricted([one for one in rows if not one.own_request]),
    )


def _restricted(rows: Sequence[Delivery]) -> set[int]:
    """Rows about, or to an address of, somebody whose data is only stored."""
    people = restricted({one.person_id for one in rows if one.person_id is not None})
    identities = restricted_identities({one.identity_id for one in rows if one.identity_id is not None})
    return {one.pk for one in rows if one.person_id in people or one.identity_id in identities}


def _stories(rows: Sequence[Delivery]) -> dict[tuple[int, int | None], int]:
    """As `ledger.identity_of`, without those for which it would make something."""
    identities = [one.identity_id for one in rows if one.identity_id is not None]
    linked = set(Link.objects.filter(identity_id__in=identities).values_list("identity_id", flat=True))
    alone = [one for one in rows if one.person_id is not None and one.identity_id not in linked]
    own = queries.own_identities(people=[one.person_id or 0 for one in alone]) if alone else {}
    found: dict[tuple[int, int | None], int] = {}
    for one in rows:
        known = own.get(one.person_id or 0) if one in alone else one.identity_id
        if one.identity_id is not None and known is not None:
            found[one.identity_id, one.person_id] = known
    return found


def _marketing(row: Delivery) -> bool:
    return row.mailing.message_class == Mailing.Class.MARKETING


def _purpose(row: Delivery) -> str:
    return row.mailing.purpose or NEWSLETTER
