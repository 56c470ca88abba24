"""What a recipient chooses on the page of preferences."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from trichter.core.consent import actions as ledger
from trichter.core.consent.models import Purpose, Wording
from trichter.core.consent.queries import wordings
from trichter.core.mail.actions import wish_frequency
from trichter.core.mail.models import Delivery
from trichter.core.people.actions import update_person

from . import queries

FREQUENCIES = (0, 7, 30)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`topics`: keys of the purposes that are wanted. `days`: one mail in so many at most. "": as it was."""

    topics: Collection[str]
    days: int = 0
    language: str = ""


def wording_for(purpose: Purpose, *, language: str) -> Wording | None:
    """The words under which somebody agrees on the page."""
    return wordings(purpose=purpose, language=language).first() or wordings(purpose=purpose).first()


@transaction.atomic
def choose(*, delivery: Delivery, choice: Choice, language: str, page: str, at: datetime) -> int:
    """Write the differences into the ledger of consents. Returns how many statements that made.

    delivery: the mail whose link was opened; it proves the address. language: of the words that were shown.
    """
    identity = delivery.identity_id
    assert identity is not None
    purposes = queries.topics(identity=identity)
    before, made = queries.states(identity=identity, purposes=purposes), 0
    evidence = ledger.Evidence(page=page, proof={"mail_message_id": delivery.message_id, "by": "preferences"})
    for purpose in purposes:
        wanted, given = purpose.key in choice.topics, before[purpose.key] == "given"
        if wanted and not given:
            ledger.give(
                identity=identity, purpose=purpose.key, channel="email", at=at, how="link",
                wording=wording_for(purpose, language=language), evidence=evidence,
            )  # fmt: skip
            made += 1
        elif given and not wanted:
            ledger.withdraw(
                identity=identity, purpose=purpose.key, channel="email", at=at, how="link", evidence=evidence
            )
            made += 1
    wish_frequency(identity=identity, days=choice.days, at=at)
    person = delivery.person
    if person is not None and choice.language and choice.language != person.language:
        update_person(person=person, changes={"language": choice.language}, evidence="", at=at)
    return made


@transaction.atomic
def nothing_more(*, delivery: Delivery, page: str, at: datetime) -> int:
    """Everything off with one click, also what was never agreed to: whoever says no is believed."""
    assert delivery.identity_id is not None
    evidence = ledger.Evidence(page=page, proof={"mail_message_id": delivery.message_id, "by": "preferences"})
    purposes = queries.topics(identity=delivery.identity_id)
    for purpose in purposes:
        ledger.withdraw(
            identity=delivery.identity_id, purpose=purpose.key, channel="email", at=at, how="link",
            evidence=evidence,
        )  # fmt: skip
    return len(purposes)
