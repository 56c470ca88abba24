"""Restriction of processing (Art. 18 GDPR): somebody's data stays, and nothing is done with it.

What it means is asked where it matters, of `restricted` and `is_restricted`: by the mail ledger at the second
of sending, by journeys before every step, by the lifecycle (score and stage stay as they stood), and by
handovers.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.events import ProcessingReleased, ProcessingRestricted
from trichter.core.journal.actions import Entry, record
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Link, Person
from trichter.core.people.queries import survivor_of

from .models import Restriction

RESTRICTED, LIFTED = "rights.restricted", "rights.lifted"
_MANY = 900


@transaction.atomic
def restrict(
    *, person: Person, ground: str, note: str = "", by: User | None = None, now: datetime | None = None
) -> Restriction:
    """From now on this person's data is only stored; the one that holds already when there is one."""
    at, living = now or timezone.now(), survivor_of(person)
    Person.objects.select_for_update(no_key=True).get(pk=living.pk)
    found = current(living)
    if found is not None:
        return found
    made = Restriction.objects.create(person=living, ground=ground, note=note[:300], since=at, by=by)
    record(Entry(fact=ProcessingRestricted(), at=at, identity=identity_for(person=living)))
    audit.note(user=by, action=RESTRICTED, target=living, details={"ground": ground})
    return made


@transaction.atomic
def lift(*, person: Person, note: str, by: User | None, now: datetime | None = None) -> int:
    """The data may be used again; returns how many restrictions ended, 0 when none held.

    Art. 18 (3) GDPR: the person is told before, which whoever calls this has made sure of.
    """
    at, living = now or timezone.now(), survivor_of(person)
    rows = Restriction.objects.filter(person=living, lifted_at=None)
    done = rows.update(lifted_at=at, lifted_by=by, lift_note=note[:300])
    if done:
        record(Entry(fact=ProcessingReleased(), at=at, identity=identity_for(person=living)))
        audit.note(user=by, action=LIFTED, target=living, details={"reason": note[:300]})
    return done


def current(person: Person) -> Restriction | None:
    """The restriction that holds for this person."""
    return history(person).filter(lifted_at=None).order_by("since", "id").first()


def history(person: Person) -> QuerySet[Restriction]:
    """All of this person's, newest first."""
    return Restriction.objects.filter(person=person).select_related("by", "lifted_by")


def is_restricted(person: int) -> bool:
    """Whether nothing may be done with this person's data."""
    return Restriction.objects.filter(person=person, lifted_at=None).exists()


def restricted(people: Iterable[int]) -> dict[int, datetime]:
    """Those of these people for whom a restriction holds, and since when."""
    wanted, found = list(people), dict[int, datetime]()
    rows = Restriction.objects.filter(lifted_at=None).order_by("-since")
    for start in range(0, len(wanted), _MANY):
        part = rows.filter(person__in=wanted[start : start + _MANY])
        found.update(part.values_list("person_id", "since"))
    return found


def restricted_identities(identities: Collection[int]) -> set[int]:
    """Those of these identities that belong to people for whom a restriction holds."""
    rows = Link.objects.filter(identity__in=list(identities)).filter(held(path="person_id"))
    return set(rows.values_list("identity_id", flat=True))


def held(*, path: str = "pk") -> Exists:
    """For a filter: a restriction holds for the person at `path`."""
    return Exists(Restriction.objects.filter(person=OuterRef(path), lifted_at=None))


# For a statement of the mail ledger, with the numbers of a person (0: none) and of an identity.
NOT_HELD = f"""
    NOT EXISTS (SELECT 1 FROM "{Restriction._meta.db_table}" r WHERE r."lifted_at" IS NULL
                AND r."person_id" IN (%s, (SELECT l."person_id" FROM "{Link._meta.db_table}" l
                                           WHERE l."identity_id" = %s)))
"""  # noqa: S608
