"""Short ways to write a story."""

from datetime import UTC, datetime, timedelta
from typing import Any

from trichter.core.events import PageViewed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.people import actions
from trichter.core.people.models import Person

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minutes: int = 0) -> datetime:
    return START + timedelta(minutes=minutes)


def person(email: str = "", **fields: Any) -> Person:
    return actions.find_or_create_person(email=email, defaults=fields, at=START, origin="Test")[0]


def visitor(value: str) -> int:
    return identify(kind="visitor", value=value)


def view(identity: int, minutes: int = 0, **envelope: Any) -> None:
    record(
        Entry(
            fact=PageViewed(heading="Preise"), at=at(minutes), identity=identity, page="/preise", **envelope
        )
    )
