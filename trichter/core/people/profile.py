"""The follower that keeps each person's first source and times of activity."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from trichter.core.events import (
    EventsRetracted,
    IdentityLinked,
    IdentityUnlinked,
    PersonMerged,
    PersonUnmerged,
    registry,
)
from trichter.core.journal.bulk import update
from trichter.core.journal.horizon import of_kinds
from trichter.core.journal.lines import Line
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
    title = _("First source and last activity")
    kinds: frozenset[str] | None = None

    def handle(self, *, events: Sequence[Line]) -> None:
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
    owner = dict(Link.objects.filter(person_id__in=ids).values_list("identity_id", "person_id"))
    times: dict[int, tuple[datetime, datetime]] = {}
    sources: dict[int, tuple[datetime, int, str, str]] = {}
    identities = sorted(owner)
    for start in range(0, len(identities), _CHUNK):
        part = identities[start : start + _CHUNK]
        for identity, first, last in _spans(part):
            known = times.setdefault(owner[identity], (first, last))
            times[owner[identity]] = min(known[0], first), max(known[1], last)
        for identity, *source in _first_sources(part):
            touch: tuple[datetime, int, str, str] = tuple(source)
            sources[owner[identity]] = min(sources.get(owner[identity], touch), touch)
    changed = []
    for pk, *before in Person.objects.filter(pk__in=ids).values_list("pk", *_FIELDS):
        source = sources[pk][2:] if pk in sources else ("", "")
        after = [*source, *times.get(pk, (None, None))]
        if before != after:
            changed.append([pk, *after])
    update(Person, _FIELDS, changed)


# Asked per identity and put together here: with links and events in one query, PostgreSQL without fresh
# statistics joins everything with everything.
def _spans(identities: list[int]) -> QuerySet[Event, Any]:
    """Identity, first and last touch."""
    rows = _touches(identities).order_by().values("identity_id").annotate(first=Min("at"), last=Max("at"))
    return rows.values_list("identity_id", "first", "last")


def _first_sources(identities: list[int]) -> QuerySet[Event, Any]:
    """Identity, and time, id, source and medium of its first touch that has a source."""
    number = Window(RowNumber(), partition_by=F("identity_id"), order_by=[F("at"), F("id")])
    rows = _touches(identities).exclude(source="").annotate(number=number).filter(number=1)
    return rows.values_list("identity_id", "at", "id", "source", "medium")


def _touches(identities: list[int]) -> QuerySet[Event]:
    """What they did themselves: no book-keeping, no machine that opened a mail."""
    behaviour = frozenset(kind for kind, cls in registry.items() if cls.behaviour)
    machine = Q(kind__in=("mail.opened", "mail.clicked"), data__machine=True)
    return of_kinds(Event.objects.filter(identity_id__in=identities), behaviour).exclude(machine)
