"""The follower that keeps each person's first source and times of activity."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from trichter.core.events import (
    EventsRetracted,
    IdentityLinked,
    IdentityUnlinked,
    PersonMerged,
    PersonUnmerged,
    registry,
)
from trichter.core.journal.models import Event

from .models import Link, Person

_CHUNK = 500
_FIELDS = ("source", "medium", "first_seen_at", "last_seen_at")
_ABOUT_PEOPLE = {
    IdentityLinked.kind: ("person",),
    IdentityUnlinked.kind: ("person",),
    PersonMerged.kind: ("person", "absorbed"),
    PersonUnmerged.kind: ("person", "restored"),
}


class ProfileFollower:
    """`people.profile`: recomputes everybody whose story a batch touches, from the whole of that story.

    A pure function of events and links, so late events, links taken back, merges and their undo need no
    case of their own, and starting again from the first event gives the same.
    """

    name = "people.profile"
    kinds: frozenset[str] | None = None

    def handle(self, *, events: Sequence[Event]) -> None:
        """Recompute the people whom these events touch."""
        touched: set[int] = set()
        identities: set[int] = set()
        for event in events:
            if event.identity_id is not None:
                identities.add(event.identity_id)
            if event.kind == EventsRetracted.kind:
                identities.update(event.data.get("identities", ()))
            touched.update(
                event.data[name] for name in _ABOUT_PEOPLE.get(event.kind, ()) if name in event.data
            )
        seen = sorted(identities)
        for start in range(0, len(seen), _CHUNK):
            links = Link.objects.filter(identity_id__in=seen[start : start + _CHUNK])
            touched.update(links.values_list("person_id", flat=True))
        recompute(people=touched)


def recompute(*, people: Collection[int]) -> None:
    """Set source, medium, first and last activity of these people from their events."""
    ids = sorted(people)
    for start in range(0, len(ids), _CHUNK):
        _recompute(ids[start : start + _CHUNK])


def _recompute(ids: list[int]) -> None:
    times = {
        person: (first, last)
        for person, first, last in _touches(ids)
        .values("identity__link__person")
        .annotate(first=Min("at"), last=Max("at"))
        .values_list("identity__link__person", "first", "last")
        .order_by()
    }
    sources = {
        person: (source, medium)
        for person, source, medium in _touches(ids)
        .exclude(source="")
        .annotate(
            number=Window(RowNumber(), partition_by=F("identity__link__person"), order_by=[F("at"), F("id")])
        )
        .filter(number=1)
        .values_list("identity__link__person", "source", "medium")
    }
    changed: list[Person] = []
    for person in Person.objects.filter(pk__in=ids).only(*_FIELDS):
        before = tuple(getattr(person, name) for name in _FIELDS)
        first, last = times.get(person.pk, (None, None))
        after: tuple[str, str, datetime | None, datetime | None] = (
            *sources.get(person.pk, ("", "")),
            first,
            last,
        )
        if before != after:
            person.source, person.medium, person.first_seen_at, person.last_seen_at = after
            changed.append(person)
    Person.objects.bulk_update(changed, _FIELDS, batch_size=_CHUNK)


def _touches(ids: list[int]) -> QuerySet[Event]:
    """What these people did themselves: no book-keeping, no machine that opened a mail."""
    behaviour = [kind for kind, cls in registry.items() if cls.behaviour]
    links = Link.objects.filter(person_id__in=ids).values("identity_id")
    machine = Q(kind__in=("mail.opened", "mail.clicked"), data__machine=True)
    return Event.objects.filter(identity__in=links, kind__in=behaviour).exclude(machine)
