"""Making, changing and labelling people."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Q

from trichter.core.accounts.models import User
from trichter.core.events import ContactCreated
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.models import Identity
from trichter.core.shell.queries import installation
from trichter.kit.text import clean, normalise_email, normalise_phone

from ..errors import BelongsToAnother, InvalidAddress
from ..models import Company, Link, Person, Phone, Tag
from ..queries import PERSON_IDENTITY, survivor_of
from .links import EMAIL, KEY, link, linked_entry, lock_identities, lock_survivor
from .suggestions import suggest

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_PHONES = ("phone", "mobile")


@transaction.atomic
def find_or_create_person(
    *,
    email: str = "",
    phone: str = "",
    key: tuple[str, str] | None = None,
    defaults: Mapping[str, Any] = _NOTHING,
    at: datetime,
    origin: str,
    batch: int | None = None,
) -> tuple[Person, bool]:
    """The person with this key of another system, else with this e-mail address, else a new one.

    `key`: (system, number). `defaults`: fields of a new person; one that exists is not changed, but gains
    the key or address it lacked. `origin` says by which act ("Import contacts.csv") and becomes the
    evidence of the links. A phone number never joins: a person with the same number is only suggested as
    a duplicate, and so is the owner of an address that belongs to somebody other than the key's person.
    Returns (person, whether it is new). Safe against a second caller with the same address. Raises
    InvalidAddress when `email` is not empty and not an address.
    """
    address = address_of(email)
    seen: list[int] = []
    if key:
        seen.append(identify(kind=KEY, value=f"{key[0]}:{key[1]}"[:254]))
    if address:
        seen.append(identify(kind=EMAIL, value=address))
    owners = _owners(seen)
    if len(owners) < len(seen):
        # Whoever comes second waits here and then reads what the first one linked.
        lock_identities(identities=seen)
        owners = _owners(seen)
    person_id = next((owners[identity] for identity in seen if identity in owners), None)
    created = person_id is None
    entries: list[Entry] = []
    if person_id is None:
        fields = {"email": address, "phone": phone, "created_at": at, **defaults}
        person = Person.objects.create(**_normalised(fields))
        own = _first_identity(person=person)
        entries.append(Entry(fact=ContactCreated(origin=origin[:200]), at=at, identity=own, batch=batch))
    else:
        person = lock_survivor(person=Person.objects.get(pk=person_id)) if len(owners) < len(seen) else (
            survivor_of(Person.objects.get(pk=person_id))
        )  # fmt: skip
    for identity in seen:
        if identity not in owners:
            Link.objects.create(identity_id=identity, person=person, evidence=origin[:200], since=at)
            entries.append(
                linked_entry(identity=identity, person=person, evidence=origin, at=at, batch=batch)
            )
        elif owners[identity] != person.pk:
            suggest(first=person, second=Person.objects.get(pk=owners[identity]), reason="identity", at=at)
    record_many(entries)
    if created:
        suggest_same_number(person=person, at=at)
    elif address and not person.email:
        person.email = address
        person.save(update_fields=["email"])
    return person, created


@transaction.atomic
def update_person(*, person: Person, changes: Mapping[str, Any], evidence: str, at: datetime) -> Person:
    """Set fields, in their normal form. A new main address is linked, the old one stays linked too.

    `evidence` proves a new address ("Entered by Jonas Keller"). Raises InvalidAddress, or
    BelongsToAnother when the address is linked to somebody else; then nothing is changed.
    """
    person = lock_survivor(person=person)
    fields = _normalised(changes)
    address = fields.get("email", "")
    if address:
        done = link(identity=identify(kind=EMAIL, value=address), person=person, evidence=evidence, at=at)
        if done.conflict is not None:
            raise BelongsToAnother(person=done.conflict)
    for name, value in fields.items():
        setattr(person, name, value)
    person.save(update_fields=list(fields))
    if fields.keys() & set(_PHONES):
        suggest_same_number(person=person, at=at)
    return person


@transaction.atomic
def assign_owner(*, people: Iterable[int], owner: User | None) -> int:
    """Give these people to a colleague (or to nobody). Returns how many changed hands."""
    rows = Person.objects.filter(pk__in=list(people), merged_into=None)
    changed = rows.exclude(owner=owner) if owner else rows.exclude(owner=None)
    return int(changed.update(owner=owner))


@transaction.atomic
def add_tags(*, people: Iterable[int], names: Iterable[str]) -> int:
    """Label these people, making new labels as needed. Returns how many labels were stuck on."""
    wanted = [clean(name)[:60] for name in names if clean(name)]
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    tags = list(Tag.objects.filter(name__in=wanted).values_list("pk", flat=True))
    through = Person.tags.through
    before = through.objects.filter(tag_id__in=tags).count()
    rows = [through(person_id=person, tag_id=tag) for person in people for tag in tags]
    through.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    return through.objects.filter(tag_id__in=tags).count() - before


@transaction.atomic
def remove_tags(*, people: Iterable[int], tags: Iterable[Tag]) -> int:
    """Take labels off. Returns how many were taken off."""
    rows = Person.tags.through.objects.filter(person_id__in=list(people), tag_id__in=[tag.pk for tag in tags])
    return rows.delete()[0]


@transaction.atomic
def set_tags(*, record: Person | Company, names: Iterable[str]) -> None:
    """Make these the labels of a person or company, making new labels as needed."""
    wanted = list(dict.fromkeys(clean(name)[:60] for name in names if clean(name)))
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    record.tags.set(Tag.objects.filter(name__in=wanted))


def _first_identity(*, person: Person) -> int:
    """The own identity of a record made a moment ago, which nobody else can know: two plain inserts."""
    identity = Identity.objects.create(kind=PERSON_IDENTITY, value=str(person.pk))
    Link.objects.create(identity=identity, person=person, evidence="", since=person.created_at)
    return identity.pk


def address_of(email: str) -> str:
    """An address in its normal form; "" for an empty one. Raises InvalidAddress."""
    if not clean(email):
        return ""
    address = normalise_email(email)
    if address.value is None:
        raise InvalidAddress(reason=address.reason)
    return address.value


def _owners(identities: list[int]) -> dict[int, int]:
    return dict(Link.objects.filter(identity_id__in=identities).values_list("identity_id", "person_id"))


def _normalised(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Addresses and numbers in the form in which they are compared; what is no number stays as written."""
    found = dict(fields)
    if "email" in found:
        found["email"] = address_of(found["email"] or "")
    for name in _PHONES:
        if text := clean(found.get(name) or ""):
            found[name] = normalised_number(text)
    for name, value in found.items():
        if isinstance(value, str) and name not in ("email", *_PHONES):
            found[name] = clean(value)
    return found


def normalised_number(text: str) -> str:
    """A phone number in the form in which numbers are compared; what is none stays as written."""
    text = clean(text)
    region = "DE" if text.startswith("+") else installation().phone_region
    return normalise_phone(text, region=region).value or text[:40]


def suggest_same_number(*, person: Person, at: datetime) -> None:
    """Put those who have a number of this person into the queue of duplicates."""
    known = {person.phone, person.mobile, *person.phones.values_list("number", flat=True)}
    numbers = sorted(number for number in known if number.startswith("+"))
    if not numbers:
        return
    further = Phone.objects.filter(number__in=numbers).values("person")
    same = Q(phone__in=numbers) | Q(mobile__in=numbers) | Q(pk__in=further)
    others = list(Person.objects.filter(same, merged_into=None).exclude(pk=person.pk).order_by("pk")[:4])
    # A number that many share is a switchboard and says nothing.
    for other in others if len(others) < 4 else []:
        suggest(first=person, second=other, reason="phone", at=at)
