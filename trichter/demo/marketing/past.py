"""What the story says about each lead, in the form in which forms, mails and journeys need it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from trichter.core.accounts.models import User
from trichter.core.events import (
    DealStageReached,
    DealWon,
    FileDownloaded,
    FormSubmitted,
    MailClicked,
    MailOpened,
    MailSent,
    OptInConfirmed,
    PageViewed,
)
from trichter.core.journal.actions import identify_many
from trichter.core.people.models import Person

from ..records import STAFF
from ..simulate import Lead, Story, Told

SINCE = timedelta(days=60)
"""Forms, their submissions and the confirmations stand in this house since then."""
PRICES = "/preise"
_OFFER = "Angebot"
_TELLING = {
    DealStageReached, DealWon, FileDownloaded, FormSubmitted, MailClicked, MailOpened, MailSent,
    OptInConfirmed, PageViewed,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Known:
    """One lead with the moments that the journal tells. `sent`, `opened`, `clicked`: by the mail's key."""

    number: int
    lead: Lead
    person: Person
    address: int
    confirmed: datetime | None = None
    proof: str = ""
    downloaded: datetime | None = None
    offered: datetime | None = None
    won: datetime | None = None
    asked: list[datetime] = field(default_factory=list)
    prices: list[datetime] = field(default_factory=list)
    sent: dict[str, datetime] = field(default_factory=dict)
    opened: dict[str, datetime] = field(default_factory=dict)
    clicked: dict[str, datetime] = field(default_factory=dict)
    last_mail: datetime | None = None
    evaluated: bool = False


@dataclass(frozen=True, kw_only=True)
class Past:
    """The story and its leads. `sendings`: forms sent since `since`. `rng`: seeded, for what is not told."""

    story: Story
    leads: list[Known]
    sendings: list[tuple[Told, Known]]
    rng: Random
    since: datetime

    @property
    def now(self) -> datetime:
        """The moment at which the story ends."""
        return self.story.now

    def views(self, *, since: datetime) -> Iterator[Told]:
        """The page views of visits from then on, the newest first."""
        for told in reversed(self.story.told):
            if told.at < since:
                return
            if told.visit is not None and isinstance(told.fact, PageViewed):
                yield told

    def uid(self) -> UUID:
        """The next random number of this past: the same seed gives the same ones."""
        return UUID(int=self.rng.getrandbits(128), version=4)


def past_of(*, story: Story, people: list[Person], seed: int) -> Past:
    """Read the story once. `people`: in the order of the leads."""
    found = identify_many(kind="email", values=[person.email for person in people])
    leads = [
        Known(number=number, lead=lead, person=person, address=found[person.email])
        for number, (lead, person) in enumerate(zip(story.leads, people, strict=True))
    ]
    # The story's actors: numbers of visitors, and minus (lead + 1) for a lead's address.
    by_actor = {one.lead.visitor: one for one in leads} | {-one.number - 1: one for one in leads}
    rng = Random(seed + 2)  # noqa: S311 - a story, not a secret
    past = Past(story=story, leads=leads, sendings=[], rng=rng, since=story.now - SINCE)
    for told in story.told:
        if type(told.fact) in _TELLING and (one := by_actor.get(told.actor)) is not None:
            _note(past, one, told)
    for one in leads:
        # Whose opens and clicks the story tells has agreed to that; of the others some have.
        one.evaluated = bool(one.opened or one.clicked) or rng.random() < 0.4
    return past


def _note(past: Past, one: Known, told: Told) -> None:
    fact, at = told.fact, told.at
    match fact:
        case PageViewed():
            if told.page == PRICES:
                one.prices.append(at)
        case MailSent():
            one.sent.setdefault(fact.mailing, at)
            one.last_mail = at
        case FormSubmitted():
            if fact.form == "demo":
                one.asked.append(at)
            if at >= past.since:
                past.sendings.append((told, one))
        case OptInConfirmed():
            one.confirmed, one.proof = at, fact.proof
        case FileDownloaded():
            one.downloaded = one.downloaded or at
        case MailOpened():
            one.opened.setdefault(fact.mailing, at)
        case MailClicked():
            one.clicked.setdefault(fact.mailing, at)
        case DealStageReached() if fact.stage == _OFFER:
            one.offered = one.offered or at
        case DealWon():
            one.won = one.won or at


def colleague(*, role: str) -> User | None:
    """The first invented colleague of a role, who made what the demo shows."""
    first, last = next((first, last) for first, last, found, _team in STAFF if found == role)
    return User.objects.filter(first_name=first, last_name=last, email__endswith="@fjordwerk.example").first()
