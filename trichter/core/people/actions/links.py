"""Tying identities to people, and taking that back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from trichter.core.events import IdentityLinked, IdentityUnlinked
from trichter.core.journal.actions import Entry, identify_many, record
from trichter.core.journal.models import Event, Identity

from ..errors import NotLinked
from ..models import Link, Person
from ..queries import PERSON_IDENTITY, survivor_of
from .suggestions import suggest

EMAIL, KEY = Identity.Kind.EMAIL.value, Identity.Kind.KEY.value
_PART = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """What `link` did. `conflict` is the other person to whom the identity belongs; then nothing changed."""

    new: bool
    conflict: Person | None = None


def identity_for(*, person: Person) -> int:
    """The identity with which the house records what it does with this person: notes, calls, deals.

    It belongs to the record itself, not to an address of the person: taking an address away, or undoing
    a merge, leaves these events where they belong. Made at first use.
    """
    return identities_for(people=[person])[person.pk]


def identities_for(*, people: Iterable[Person]) -> dict[int, int]:
    """The records' own identities of many, by person; those that are missing are made."""
    keys = {str(person.pk): person for person in people}
    found: dict[str, int] = {}
    for start in range(0, len(keys), _PART):
        part = list(keys)[start : start + _PART]
        known = Identity.objects.filter(kind=PERSON_IDENTITY, value__in=part)
        found.update(known.values_list("value", "id"))
    if missing := [key for key in keys if key not in found]:
        made = identify_many(kind=PERSON_IDENTITY, values=missing)
        links = [
            Link(
                identity_id=made[key], person=survivor_of(keys[key]), evidence="", since=keys[key].created_at
            )
            for key in missing
        ]
        Link.objects.bulk_create(links, batch_size=_PART, ignore_conflicts=True)
        found.update(made)
    return {person.pk: found[key] for key, person in keys.items()}


def lock_identities(*, identities: Iterable[int]) -> None:
    """Serialise those who link the same identities; in id order, so that two of them cannot deadlock.

    NO KEY: writers of events, who only refer to the identity, are not held up.
    """
    list(
        Identity.objects.select_for_update(no_key=True)
        .filter(pk__in=list(identities))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def lock_survivor(*, person: Person) -> Person:
    """The live record, locked: a merge that is under way would otherwise leave behind what is added now."""
    while True:
        locked: Person = Person.objects.select_for_update(no_key=True).get(pk=survivor_of(person).pk)
        if locked.merged_into_id is None:
            return locked
        person = locked


@transaction.atomic
def link(*, identity: int, person: Person, evidence: str, at: datetime, batch: int | None = None) -> Linked:
    """Say that `identity` belongs to `person`, with the act that proves it.

    Nothing changes when it is linked to this person already. When it belongs to somebody else it stays
    there: the pair becomes a suggestion in the queue of duplicates and comes back as `conflict`.
    """
    lock_identities(identities=[identity])
    person = lock_survivor(person=person)
    existing = Link.objects.select_related("person").filter(identity_id=identity).first()
    if existing is not None:
        if existing.person_id == person.pk:
            return Linked(new=False)
        suggest(first=person, second=existing.person, reason="identity", at=at)
        return Linked(new=False, conflict=existing.person)
    Link.objects.create(identity_id=identity, person=person, evidence=evidence[:200], since=at)
    record(linked_entry(identity=identity, person=person, evidence=evidence, at=at, batch=batch))
    return Linked(new=True)


def linked_entry(*, identity: int, person: Person, evidence: str, at: datetime, batch: int | None) -> Entry:
    """The fact of a link."""
    return Entry(
        fact=IdentityLinked(person=person.pk, evidence=evidence[:200]), at=at, identity=identity, batch=batch
    )


@transaction.atomic
def unlink(*, identity: int, reason: str, at: datetime) -> Person:
    """Take a link back; the identity is nobody's again, and so is its history. Returns the person it left.

    When it was the person's main address, the next linked address takes its place. Raises NotLinked when it
    belongs to nobody, or is the record's own identity.
    """
    lock_identities(identities=[identity])
    found = Link.objects.select_related("identity", "person").filter(identity_id=identity).first()
    if found is None or found.identity.kind == PERSON_IDENTITY:
        raise NotLinked
    person: Person = Person.objects.select_for_update(no_key=True).get(pk=found.person_id)
    found.delete()
    if found.identity.kind == EMAIL and person.email == found.identity.value:
        person.email = (
            Identity.objects.filter(link__person=person, kind=EMAIL)
            .order_by("link__since", "id").values_list("value", flat=True).first() or ""
        )  # fmt: skip
        person.save(update_fields=["email"])
    record(Entry(fact=IdentityUnlinked(person=person.pk, reason=reason[:200]), at=at, identity=identity))
    return person


@transaction.atomic
def relink(*, identity: int, person: Person, at: datetime) -> Linked:
    """Take `unlink` back, with the evidence that the journal holds. Raises NotLinked when it holds none."""
    facts = Event.objects.filter(identity_id=identity, kind=IdentityLinked.kind).order_by("-at", "-id")
    if not facts.exists():
        raise NotLinked
    evidence = str(facts[0].data.get("evidence", ""))
    done = link(identity=identity, person=person, evidence=evidence, at=at)
    if done.new:
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        seen = Identity.objects.get(pk=identity)
        if seen.kind == EMAIL and not person.email:
            person.email = seen.value
            person.save(update_fields=["email"])
    return done
