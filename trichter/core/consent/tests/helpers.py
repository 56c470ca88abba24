"""Shared by the tests of the ledger."""

from datetime import timedelta

from django.utils import timezone

from trichter.core.consent import actions, queries
from trichter.core.journal.actions import identify
from trichter.core.people.actions import find_or_create_person

VISITOR = "6f8b1f0e-0000-4000-8000-000000000001"


def address(value="anna@example.com"):
    return identify(kind="email", value=value)


def anna(email="anna@example.com"):
    return find_or_create_person(
        email=email, defaults={"first_name": "Anna", "last_name": "Weber"}, at=timezone.now(), origin="Test"
    )[0]


def words(purpose="newsletter", language="de"):
    return queries.wordings(purpose=queries.purpose_of(purpose), language=language).first()


def give(identity, *, purpose="newsletter", channel="email", ago=1, **more):
    at = timezone.now() - timedelta(hours=ago)
    more.setdefault("wording", words(purpose))
    return actions.give(identity=identity, purpose=purpose, channel=channel, at=at, how="form", **more)


def withdraw(identity, *, purpose="newsletter", channel="email", ago=0):
    at = timezone.now() - timedelta(hours=ago)
    return actions.withdraw(identity=identity, purpose=purpose, channel=channel, at=at, how="link")
