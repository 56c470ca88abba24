"""A newsletter that was sent some weeks ago, with what became of it, and one that is still a draft."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from trichter.core.consent.bulk import Saying, append_many
from trichter.core.events import MailBounced, MailClicked, MailOpened, MailSent
from trichter.core.journal.actions import Entry, record_many
from trichter.core.mail.actions import MARKETING, NEWSLETTER, ensure_mailing
from trichter.core.mail.ledger import uid
from trichter.core.mail.models import Delivery, MailCount, Mailing, TrackedLink
from trichter.core.mail.returns import suppress
from trichter.core.segments.models import Segment
from trichter.core.shell.queries import company_zone
from trichter.engage.mailtemplates.models import MailTemplate
from trichter.engage.newsletters.models import Addressee, Newsletter, Outcome
from trichter.engage.newsletters.queries import ISSUE
from trichter.engage.newsletters.writing import KEY

from . import letters, mail_texts
from .letters import Letter
from .past import Known, Past, colleague

MOST = 300
CUSTOMERS, PRICES, READERS = "customers", "prices", "readers"
LOOKED = timedelta(days=90)
# At least so long ago, so that nearly everybody who opens it has done so.
_AGO = timedelta(days=8)
_OPENS, _CLICKS, _MACHINES = 0.46, 0.30, 0.12
_NO_SUCH = "550 5.1.1 <{address}>: Recipient address rejected: User unknown"
_FULL = "452 4.2.2 Mailbox full"


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What was sent, when, to whom; each with the keys of the segments he was in then."""

    newsletter: Newsletter
    at: datetime
    readers: list[tuple[Known, tuple[str, ...]]]


def make_newsletters(*, past: Past, templates: dict[str, MailTemplate]) -> tuple[Sending, Newsletter]:
    """The one that was sent, and the draft. Their segments come later, see `choose`."""
    owner, at = colleague(role="marketing"), _morning(past.now)
    local = at.astimezone(company_zone())
    sent = Newsletter.objects.create(
        name=f"Fjordwerk-Brief {local:%m/%Y}", template=templates["fjordwerk-brief"],
        revision=templates["fjordwerk-brief"].live_revision_id, subject=mail_texts.ISSUE,
        timing=Newsletter.Timing.COMPANY, day=local.date(), clock=local.time(), owner=owner,
        state=Newsletter.State.STARTED, starts_at=at, started_at=at, frozen_at=at,
    )  # fmt: skip
    readers = [(one, keys) for one in past.leads if (keys := segments_at(one, at))][:MOST]
    mailing = ensure_mailing(
        key=f"newsletter-{sent.pk}", name=sent.name, message_class=MARKETING, purpose=NEWSLETTER
    )  # fmt: skip
    Mailing.objects.filter(pk=mailing.pk).update(created_at=at)
    Newsletter.objects.filter(pk=sent.pk).update(
        mailing=mailing, total=len(readers), created_at=at - timedelta(days=2)
    )
    draft = Newsletter.objects.create(
        name="Einladung zum Webinar", template=templates["webinar-einladung"], owner=owner,
        subject=mail_texts.INVITATION,
    )  # fmt: skip
    found = [*_letters(past, sent=sent, at=at, readers=[one for one, _keys in readers])]
    _count(mailing, found)
    rows = letters.write(
        past, mailing=mailing, subject=mail_texts.ISSUE, renderer=KEY, letters=found,
        links=mail_texts.ISSUE_LINKS,
    )  # fmt: skip
    record_many([*_told(mailing, zip(rows, found, strict=True))])
    _follow_up(rows, found)
    sent.refresh_from_db()
    return Sending(newsletter=sent, at=at, readers=readers), draft


def segments_at(one: Known, at: datetime) -> tuple[str, ...]:
    """The segments of a newsletter's readers in which this person was at a moment; none without consent."""
    if one.confirmed is None or one.confirmed >= at:
        return ()
    looked = any(at - LOOKED <= moment < at for moment in one.prices)
    offered = one.offered is not None and one.offered < at
    found = [CUSTOMERS] if one.won is not None and one.won < at else []
    return (*found, PRICES) if looked and not offered else (*found,)


def choose(*, sending: Sending, draft: Newsletter, segments: dict[str, Segment]) -> None:
    """Tie both to their segments, and write down who was addressed by which."""
    sending.newsletter.include.set([segments[CUSTOMERS], segments[PRICES]])
    draft.include.set([segments[READERS]])
    draft.exclude.set([segments[CUSTOMERS]])
    Addressee.objects.bulk_create(
        [
            Addressee(newsletter=sending.newsletter, person=one.person, outcome=Outcome.QUEUED,
                      segments=[segments[key].pk for key in keys])
            for one, keys in sending.readers
        ],
        batch_size=500,
    )  # fmt: skip


def _morning(now: datetime) -> datetime:
    """The latest Tuesday, a quarter past nine on the company's clock, that is long enough ago."""
    day = (now - _AGO).astimezone(company_zone()).date()
    day -= timedelta(days=(day.weekday() - 1) % 7)
    return datetime.combine(day, time(9, 15), tzinfo=company_zone()).astimezone(now.tzinfo)


def _letters(past: Past, *, sent: Newsletter, at: datetime, readers: Sequence[Known]) -> Iterator[Letter]:
    """Ten a second leave. Whose mail came back, or who unsubscribed, got none in the story afterwards."""
    rng = past.rng
    quiet = [one.number for one in readers if one.last_mail is None or one.last_mail < at]
    ends = dict(zip(rng.sample(quiet, k=min(4, len(quiet))), ("hard", "soft", "stop", "stop"), strict=False))
    for number, one in enumerate(readers):
        letter = Letter(to=one, key=ISSUE, queued=at, variables={"newsletter": sent.pk},
                        sent=at + timedelta(seconds=2 + number / 10))  # fmt: skip
        end = ends.get(one.number)
        if end in ("hard", "soft"):
            letter.bounced, letter.hard = letter.sent + timedelta(minutes=rng.uniform(0.2, 5)), end == "hard"
            letter.answer = _NO_SUCH.format(address=one.person.email) if letter.hard else _FULL
        elif end == "stop" or rng.random() < _OPENS:
            opened = letter.sent + timedelta(minutes=1, hours=rng.expovariate(1 / 11))
            letter.opened = opened if opened < past.now else None
            if letter.opened and end != "stop" and rng.random() < _CLICKS:
                letter.clicked = min(opened + timedelta(seconds=rng.randint(15, 90)), past.now)
                letter.link = rng.choices(range(3), weights=(6, 2, 3))[0]
            elif letter.opened and end == "stop":
                letter.unsubscribed = min(opened + timedelta(minutes=2), past.now)
        if letter.bounced is None and rng.random() < _MACHINES:
            letter.machine = letter.sent + timedelta(seconds=rng.uniform(2, 40))
        yield letter


def _count(mailing: Mailing, found: Sequence[Letter]) -> None:
    """Opens and clicks of those who agreed to no evaluation: sums of the day, and nothing by name."""
    sums: Counter[tuple[date, str, bool]] = Counter()
    zone = company_zone()
    for one in found:
        if one.evaluated:
            continue
        for at, kind, machine in (
            (one.opened, "open", False), (one.clicked, "click", False), (one.machine, "open", True)
        ):  # fmt: skip
            if at is not None:
                sums[at.astimezone(zone).date(), kind, machine] += 1
        one.opened = one.clicked = one.machine = None
    MailCount.objects.bulk_create(
        MailCount(mailing=mailing, day=day, kind=kind, machine=machine, count=count)
        for (day, kind, machine), count in sorted(sums.items())
    )


def _told(mailing: Mailing, sent: Iterable[tuple[Delivery, Letter]]) -> Iterator[Entry]:
    about: dict[str, Any] = {"subject": mail_texts.ISSUE, "mailing": mailing.key}
    links = list(TrackedLink.objects.filter(mailing=mailing).order_by("pk"))
    for row, one in sent:
        who = one.to.address
        yield Entry(fact=MailSent(**about), at=one.sent, identity=who, uid=uid(row, "sent"))
        if one.bounced is not None:
            fact = MailBounced(**about, hard=one.hard)
            yield Entry(fact=fact, at=one.bounced, identity=who, uid=uid(row, row.reason))
        for at, machine in ((one.machine, True), (one.opened, False)):
            if at is not None:
                opened = MailOpened(**about, machine=machine)
                yield Entry(fact=opened, at=at, identity=who, uid=uid(row, f"open  {machine}"))
        if one.clicked is not None:
            link = links[one.link]
            clicked = MailClicked(**about, target=link.url)
            yield Entry(fact=clicked, at=one.clicked, identity=who, uid=uid(row, f"click {link.pk} False"))


def _follow_up(rows: Sequence[Delivery], found: Sequence[Letter]) -> None:
    """A hard bounce suppresses the address, an unsubscription takes the consent back."""
    sayings = []
    for row, one in zip(rows, found, strict=True):
        if one.bounced is not None and one.hard:
            suppress(address=row.address, why="hard", at=one.bounced, detail=one.answer)
        if one.unsubscribed is not None:
            sayings.append(
                Saying(
                    identity=one.to.address, purpose=NEWSLETTER, channel="email", decision="withdrawn",
                    at=one.unsubscribed, how="link", proof={"mail_message_id": row.message_id, "by": "link"},
                )
            )  # fmt: skip
    append_many(sorted(sayings, key=lambda one: one.at))
