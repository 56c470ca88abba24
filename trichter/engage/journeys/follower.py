"""Follows the journal: lets people in and wakes those whom something may move. `walking` decides where to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.journal.lines import Line
from trichter.core.journal.models import Event
from trichter.core.lifecycle.queries import owners
from trichter.core.people.models import Person

from . import queries
from .entering import enter
from .models import Enrolment, Journey
from .rules.model import Plan, Trigger
from .rules.walking import counts

_LINKED = "identity.linked"
_MERGED = frozenset({"person.merged", "person.unmerged"})
_OWN = frozenset({"journey.entered", "journey.ended"})


class JourneyFollower:
    """An event is looked at when a running journey begins with its kind, or somebody under way watches it."""

    name = "journeys"
    title = _("Journeys")
    kinds = None

    def handle(self, *, events: Sequence[Line]) -> None:
        """Let in, then wake; both are repeatable."""
        journeys = queries.running()
        starting = _starting(journeys)
        chosen = [one for one in events if one.kind not in _OWN]
        whose = owners(identities={one.identity_id for one in chosen if one.identity_id is not None})
        if starting:
            self._let_in(chosen, whose, starting)
        self._wake(chosen, whose)

    def _let_in(
        self, events: Iterable[Line], whose: dict[int, int],
        starting: dict[str, list[tuple[Journey, Trigger]]],
    ) -> None:  # fmt: skip
        first = min(
            one.running_since for pairs in starting.values() for one, _t in pairs if one.running_since
        )
        linked = [one.identity_id for one in events if one.kind == _LINKED and one.identity_id in whose]
        wanted = [one.pk for one in events if one.kind in starting and one.identity_id in whose]
        found = {one.pk: one for one in Event.objects.filter(pk__in=wanted)}
        # What somebody did before we knew who it was counts from the moment we know.
        if linked:
            before = Event.objects.filter(identity_id__in=linked, kind__in=list(starting), at__gte=first)
            found |= {one.pk: one for one in before}
        owner = {pk: whose[one.identity_id] for pk, one in found.items() if one.identity_id is not None}
        people = Person.objects.in_bulk(set(owner.values()))
        for event in sorted(found.values(), key=lambda one: (one.at, one.pk)):
            person = people.get(owner[event.pk])
            for journey, trigger in starting[event.kind] if person else ():
                fresh = journey.running_since is not None and event.at >= journey.running_since
                match = trigger.match
                if fresh and event.batch is None and match is not None and counts(match, event):
                    assert person is not None
                    enter(journey=journey, person=person, how="event", at=event.at, cause=event.pk)

    def _wake(self, events: Iterable[Line], whose: dict[int, int]) -> None:
        kinds: dict[int, set[str]] = defaultdict(set)
        anyway: set[int] = set()
        for one in events:
            if one.identity_id in whose:
                kinds[whose[one.identity_id]].add(one.kind)
                if one.kind == _LINKED:
                    anyway.add(whose[one.identity_id])
            if one.kind in _MERGED:
                anyway.update(_ids(one.data.get("person"), one.data.get("absorbed")))
        woken = [
            pk
            for pk, person, plan in queries.active_of([*kinds, *anyway])
            if person in anyway or plan.kinds & kinds[person]
        ]
        # Also those in a pause after trouble: they are looked at, not moved.
        Enrolment.objects.filter(pk__in=woken, state=Enrolment.State.ACTIVE).update(due_at=timezone.now())


def _starting(journeys: Collection[tuple[Journey, Plan]]) -> dict[str, list[tuple[Journey, Trigger]]]:
    found: dict[str, list[tuple[Journey, Trigger]]] = defaultdict(list)
    for journey, plan in journeys:
        for trigger in plan.definition.triggers:
            if trigger.match is not None:
                found[trigger.match.kind].append((journey, trigger))
    return found


def _ids(*values: Any) -> list[int]:
    return [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
