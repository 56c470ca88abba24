"""Reads: newsletters, whom they are meant for, and what became of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from trichter.core.consent.queries import may_many
from trichter.core.journal.models import Identity
from trichter.core.mail.models import Delivery, Hit, MailCount, Suppression, TrackedLink
from trichter.core.mail.queries import digest_of
from trichter.core.people.models import Person
from trichter.core.rights.restricting import restricted
from trichter.core.segments.queries import member_ids
from trichter.kit.addresses import normalise_email

from .models import Addressee, Newsletter, Outcome
from .rules import Candidate, outcomes

S = Delivery.State
CHUNK = 500
ISSUE = "issue"


def newsletter_of(number: int) -> Newsletter | None:
    """The newsletter of this number, with its template."""
    return Newsletter.objects.select_related("template", "mailing").filter(pk=number).first()


def person_of(number: Any) -> Person | None:
    """A contact by number, whose data a test shows."""
    if not isinstance(number, int):
        return None
    return Person.objects.select_related("company", "owner").filter(pk=number).first()


def meant(newsletter: Newsletter) -> QuerySet[Person]:
    """Everybody in the segments now, without those in the excluded ones; in the order of their numbers."""
    wanted, without = Q(pk__in=[]), Q(pk__in=[])
    for segment in newsletter.include.all():
        wanted |= Q(pk__in=member_ids(segment=segment.pk))
    for segment in newsletter.exclude.all():
        without |= Q(pk__in=member_ids(segment=segment.pk))
    return Person.objects.filter(wanted, merged_into=None).exclude(without).order_by("pk")


def testable(*, most: int = 50) -> list[Newsletter]:
    """Newsletters whose text can be written for nobody in particular, those not sent yet first."""
    rows = Newsletter.objects.filter(template__live_revision__isnull=False).order_by(
        F("started_at").desc(nulls_first=True), "-pk"
    )
    return list(rows[:most])


def segments_by_person(newsletter: Newsletter, *, people: Iterable[int]) -> dict[int, list[int]]:
    """By person the included segments he is in."""
    found: dict[int, list[int]] = {}
    ids = list(people)
    for segment in newsletter.include.order_by("pk"):
        for person in member_ids(segment=segment.pk).filter(person_id__in=ids):
            found.setdefault(person, []).append(segment.pk)
    return found


def judged(
    people: Sequence[Person], *, purpose: str, taken: Iterable[str] = ()
) -> tuple[dict[int, str], dict[int, str]]:
    """For at most 500 people: what becomes of each, and the address, by person."""
    addresses = {one.pk: normalise_email(one.email).value or "" for one in people}
    wanted = {address for address in addresses.values() if address}
    identities = dict(Identity.objects.filter(kind="email", value__in=wanted).values_list("value", "pk"))
    allowed = may_many(identities=list(identities.values()), purpose=purpose, channel="email")
    digests = {digest_of(address): address for address in wanted}
    stopped = Suppression.objects.filter(digest__in=digests, lifted_at=None).values_list("digest", flat=True)
    candidates = [
        Candidate(person=one.pk, address=addresses[one.pk], identity=identities.get(addresses[one.pk], 0))
        for one in people
    ]
    suppressed = {digests[one] for one in stopped}
    found = outcomes(
        candidates, allowed=allowed, suppressed=suppressed, taken=set(taken),
        restricted=restricted(addresses),
    )  # fmt: skip
    return found, addresses


@dataclass(frozen=True, kw_only=True)
class Headcount:
    """Before the start: how many are in the segments, by outcome."""

    total: int
    by: Mapping[str, int]

    @property
    def queued(self) -> int:
        """Who would get the mail."""
        return self.by.get(Outcome.QUEUED, 0)


def count(newsletter: Newsletter) -> Headcount:
    """Looks at everybody, as the start would."""
    by: Counter[str] = Counter()
    for outcome in outcome_by_person(newsletter).values():
        by[outcome] += 1
    return Headcount(total=sum(by.values()), by=dict(by))


def outcome_by_person(newsletter: Newsletter) -> dict[int, str]:
    """Before the start: what would become of everybody."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    people = list(meant(newsletter).only("pk", "email"))
    for start in range(0, len(people), CHUNK):
        part, addresses = judged(people[start : start + CHUNK], purpose=newsletter.purpose, taken=taken)
        found |= part
        taken |= {addresses[pk] for pk, outcome in part.items() if outcome == Outcome.QUEUED}
    return found


def people_with(newsletter: Newsletter, *, outcome: str, user: Any) -> QuerySet[Person]:
    """Those with this outcome whom the user may see: as frozen, else as it would be now."""
    rows: QuerySet[Person] = Person.objects.visible_to(user).select_related("company")
    if newsletter.begun:
        ids: Any = Addressee.objects.filter(newsletter=newsletter, outcome=outcome).values("person_id")
    else:
        ids = [pk for pk, one in outcome_by_person(newsletter).items() if one == outcome]
    return rows.filter(pk__in=ids).order_by("last_name", "first_name", "pk")


def frozen_counts(newsletter: Newsletter) -> Headcount:
    """After the start: the outcomes as written down."""
    rows = Addressee.objects.filter(newsletter=newsletter).order_by()
    by = dict(rows.values_list("outcome").annotate(n=Count("pk")))
    return Headcount(total=sum(by.values()), by=by)


def frozen_from(newsletter: Newsletter, *, segment: int) -> list[int]:
    """People who got it and were in this segment at the start."""
    found = Addressee.objects.filter(newsletter=newsletter, outcome=Outcome.QUEUED)
    return [person for person, segments in found.values_list("person", "segments") if segment in segments]


# The report ------------------------------------------------------------------

ROWS: dict[str, Q] = {
    "all": Q(),
    "waiting": Q(state__in=[S.DUE, S.SENDING]),
    "sent": Q(sent_at__isnull=False),
    "delivered": Q(state=S.SENT),
    "bounced": Q(state=S.BOUNCED),
    "opened": Q(opened_at__isnull=False),
    "clicked": Q(clicked_at__isnull=False),
    "unsubscribed": Q(steps__reason="unsubscribed"),
    "complained": Q(complained_at__isnull=False),
    "not_sent": Q(state__in=[S.FAILED, S.SUPPRESSED, S.CANCELLED, S.UNCLEAR]),
}


def rows(newsletter: Newsletter, *, what: str = "all", link: int | None = None) -> QuerySet[Delivery]:
    """Mails of this newsletter. `link`: those whose recipients followed it."""
    if newsletter.mailing_id is None:
        return Delivery.objects.none()
    found = Delivery.objects.filter(ROWS[what], mailing_id=newsletter.mailing_id, key=ISSUE)
    if link is not None:
        found = found.filter(hits__link_id=link, hits__kind="click", hits__machine="")
    return found.distinct()


def figures(newsletter: Newsletter) -> dict[str, int]:
    """How many mails each key of `ROWS` means."""
    found = {what: rows(newsletter, what=what).count() for what in ROWS}
    evaluated = rows(newsletter, what="sent").filter(per_person=True)
    return found | {"evaluated": evaluated.count()}


def reasons(newsletter: Newsletter) -> list[tuple[str, str, int]]:
    """Why mails were not sent: (state, reason, number)."""
    found = rows(newsletter, what="not_sent").order_by().values_list("state", "reason")
    return [(state, reason, n) for state, reason, n in found.annotate(n=Count("pk", distinct=True))]


@dataclass(frozen=True, kw_only=True)
class LinkFigures:
    """Clicks on one target: recipients (people), and requests by machines."""

    link: TrackedLink
    people: int
    machines: int


def click_map(newsletter: Newsletter) -> list[LinkFigures]:
    """Every target, those with most people first."""
    if newsletter.mailing_id is None:
        return []
    hits = Hit.objects.filter(link__mailing_id=newsletter.mailing_id, kind="click", machine__isnull=False)
    found: dict[Any, Any] = {
        one["link"]: one
        for one in hits.order_by()
        .values("link")
        .annotate(
            people=Count("delivery", filter=Q(machine=""), distinct=True),
            machines=Count("pk", filter=~Q(machine="")),
        )
    }
    links = TrackedLink.objects.filter(mailing_id=newsletter.mailing_id)
    lines = [
        LinkFigures(
            link=one, people=found.get(one.pk, {}).get("people", 0),
            machines=found.get(one.pk, {}).get("machines", 0),
        )
        for one in links
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (-line.people, line.link.url))


def machines(newsletter: Newsletter) -> dict[str, int]:
    """Opens and clicks by machines, and those of recipients who agreed to no evaluation (sums)."""
    mailing = newsletter.mailing_id or 0
    hits = Hit.objects.filter(delivery__mailing_id=mailing, machine__isnull=False)
    sums = MailCount.objects.filter(mailing_id=mailing, machine=False)
    found = {
        f"machine_{kind}": hits.filter(kind=kind).exclude(machine="").count() for kind in ("open", "click")
    }
    for kind in ("open", "click"):
        found[f"unknown_{kind}"] = sum(sums.filter(kind=kind).values_list("count", flat=True))
    return found


@dataclass(frozen=True, kw_only=True)
class SegmentFigures:
    """One included segment: whoever is in several counts in each."""

    segment: Any
    sent: int
    opened: int
    clicked: int


def by_segment(newsletter: Newsletter) -> list[SegmentFigures]:
    """The report per segment, by the membership at the start."""
    sums: dict[int, Counter[str]] = {}
    people = dict(
        Addressee.objects.filter(newsletter=newsletter, outcome=Outcome.QUEUED).values_list(
            "person", "segments"
        )
    )
    lines = rows(newsletter, what="sent").order_by().values_list("person_id", "opened_at", "clicked_at")
    for person, opened, clicked in lines:
        for segment in people.get(person, []):
            one = sums.setdefault(segment, Counter())
            one["sent"] += 1
            one["opened"] += opened is not None
            one["clicked"] += clicked is not None
    return [
        SegmentFigures(
            segment=one, sent=sums.get(one.pk, Counter())["sent"],
            opened=sums.get(one.pk, Counter())["opened"], clicked=sums.get(one.pk, Counter())["clicked"],
        )
        for one in newsletter.include.order_by("name")
    ]  # fmt: skip


def due(*, now: Any) -> list[int]:
    """Scheduled newsletters whose time has come."""
    rows_ = Newsletter.objects.filter(state=Newsletter.State.SCHEDULED, starts_at__lte=now)
    return list(rows_.order_by("starts_at", "pk").values_list("pk", flat=True))
