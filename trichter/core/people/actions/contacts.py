"""Further addresses and numbers of a person."""

from datetime import datetime

from django.db import transaction

from trichter.core.journal.actions import identify
from trichter.core.journal.models import Identity

from ..errors import InvalidAddress, NotLinked
from ..models import Link, Person, Phone
from .links import EMAIL, Linked, link, lock_survivor
from .people import address_of, normalised_number, suggest_same_number


@transaction.atomic
def add_email(*, person: Person, email: str, evidence: str, at: datetime) -> Linked:
    """One more address of this person; the main one only when there was none.

    When it belongs to somebody else it stays there, and the pair waits among the duplicates (`conflict`).
    Raises InvalidAddress.
    """
    address = address_of(email)
    if not address:
        raise InvalidAddress(reason="empty")
    done = link(identity=identify(kind=EMAIL, value=address), person=person, evidence=evidence, at=at)
    if done.new:
        person = lock_survivor(person=person)
        if not person.email:
            person.email = address
            person.save(update_fields=["email"])
    return done


@transaction.atomic
def make_primary(*, person: Person, identity: int) -> Person:
    """Write to this of the person's addresses from now on. Raises NotLinked when it is not theirs."""
    person = lock_survivor(person=person)
    links = Link.objects.filter(person=person, identity__kind=Identity.Kind.EMAIL, identity_id=identity)
    value = links.values_list("identity__value", flat=True).first()
    if value is None:
        raise NotLinked
    person.email = value
    person.save(update_fields=["email"])
    return person


@transaction.atomic
def add_phone(*, person: Person, kind: str, number: str, note: str, at: datetime) -> bool:
    """One more number, in its normal form. False when the person has it already."""
    person = lock_survivor(person=person)
    number = normalised_number(number)
    if number in (person.phone, person.mobile):
        return False
    _phone, made = Phone.objects.get_or_create(
        person=person, number=number, defaults={"kind": kind, "note": note[:80]}
    )
    if made:
        suggest_same_number(person=person, at=at)
    return made


@transaction.atomic
def remove_phone(*, phone: Phone) -> None:
    """Take a number off."""
    phone.delete()
