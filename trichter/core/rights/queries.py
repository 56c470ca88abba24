"""Finding people by whatever they name, and the log of requests."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from trichter.core.people.models import Link, Person
from trichter.core.people.queries import survivor_of
from trichter.core.shell.queries import installation
from trichter.kit.text import normalise_email, normalise_phone

from . import deadlines
from .digests import digest
from .models import Request, RetentionRule

_MOST = 50


def find(text: str) -> list[Person]:
    """Living records by e-mail address, name, telephone number, number of another system, or visitor id."""
    text = text.strip()[:254]
    if len(text) < 2:
        return []
    values = {text, f"id:{text}", normalise_email(text).value or text}
    found = Q(links__identity__value__in=values) | Q(links__identity__value__endswith=f":{text}")
    phone = normalise_phone(text, region=installation().phone_region).value
    if phone:
        found |= Q(phone=phone) | Q(mobile=phone) | Q(phones__number=phone)
    words = text.split()
    if "@" not in text and words:
        name = Q()
        for word in words:
            name &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
        found |= name
    rows = Person.objects.filter(found).distinct().order_by("last_name", "first_name", "pk")[:_MOST]
    living = {survivor_of(person).pk: survivor_of(person) for person in rows}
    return list(living.values())


def restricted(*, people: Iterable[int]) -> set[int]:
    """Those of these people the use of whose data was restricted on request."""
    rows = Request.objects.filter(
        kind=Request.Kind.RESTRICTION, outcome=Request.Outcome.RESTRICTED, person__in=list(people)
    )
    return {pk for pk in rows.values_list("person_id", flat=True) if pk is not None}


def was_erased(*, kind: str, value: str) -> bool:
    """Whether this identity was erased on request before; importers ask it and leave such rows out."""
    return bool(erased_among([(kind, value)]))


def erased_among(identities: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these identities that were erased."""
    marks = {
        mark for row in Request.objects.exclude(digests=[]).values_list("digests", flat=True) for mark in row
    }
    return {one for one in identities if digest(kind=one[0], value=one[1]) in marks} if marks else set()


def requests() -> QuerySet[Request]:
    """The log, newest first."""
    return Request.objects.select_related("person", "handled_by").order_by("-created_at", "-id")


def waiting() -> QuerySet[Request]:
    """Those that are not answered yet, the most pressing first."""
    return requests().exclude(state=Request.State.DONE).order_by("received_on", "id")


def late(*, today: date) -> QuerySet[Request]:
    """Those of them whose month is over."""
    return waiting().filter(received_on__lte=deadlines.received_until(today - deadlines.DAY))


def due(*, today: date) -> QuerySet[Request]:
    """Those of them whose month is over, or ends within a week."""
    return waiting().filter(received_on__lte=deadlines.received_until(today + deadlines.SOON))


def soon(*, today: date) -> QuerySet[Request]:
    """Those whose month ends within a week and is not over yet."""
    return due(today=today).filter(received_on__gt=deadlines.received_until(today - deadlines.DAY))


def requests_of(person: Person) -> list[Request]:
    """What this person has asked for so far."""
    return list(requests().filter(person=person)[:20])


def linked(person: Person) -> list[Link]:
    """Every identity with its evidence."""
    return list(Link.objects.filter(person=person).select_related("identity").order_by("since", "id"))


def rules() -> list[RetentionRule]:
    """The rules of retention."""
    return list(RetentionRule.objects.order_by("key"))
