"""Follows the journal and the edits of profiles, and looks again at whoever may have joined or left."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.journal.lines import Line
from trichter.core.lifecycle.queries import owners
from trichter.core.shell.once import reading_once

from . import queries
from .models import Cause, Touched
from .queries import Live
from .rules.fields import STANDING
from .updating import update_people

_PEOPLE_FIELDS = {
    "identity.linked": ("person",),
    "identity.unlinked": ("person",),
    "person.merged": ("person", "absorbed"),
    "person.unmerged": ("person", "restored"),
}
_RETRACTED = "events.retracted"
_OWN = frozenset({"segment.joined", "segment.left"})
_SEEN = frozenset({"first_seen_at", "last_seen_at"})
_AT_ONCE = 1_000


class SegmentFollower:
    """Looks only at the segments whose rule an event of that kind can change."""

    name = "segments"
    title = _("Segments")
    kinds = None

    @reading_once()
    def handle(self, *, events: Sequence[Line]) -> None:
        """Judge the people whom these events touch."""
        segments = queries.live()
        if not segments:
            return
        watching = _watching(segments)
        everything = [one.id for one in segments]
        asked: dict[int, dict[int, tuple[Cause, int | None]]] = defaultdict(dict)
        by_identity: dict[int, dict[int, int]] = defaultdict(dict)
        for event in events:
            if event.kind in _OWN:
                continue
            if event.kind in _PEOPLE_FIELDS:
                for person in _ids(event.data.get(field) for field in _PEOPLE_FIELDS[event.kind]):
                    asked[person].update(dict.fromkeys(everything, (Cause.EVENT, event.pk)))
            elif event.kind == _RETRACTED:
                for identity in _ids(event.data.get("identities") or ()):
                    by_identity[identity].update(dict.fromkeys(everything, event.pk))
            wanted = everything if event.kind == "contact.created" else watching.get(event.kind)
            if wanted and event.identity_id is not None:
                by_identity[event.identity_id].update(dict.fromkeys(wanted, event.pk))
        for identity, person in owners(identities=by_identity).items():
            for segment, pk in by_identity[identity].items():
                asked[person][segment] = (Cause.EVENT, pk)
        update_people(asked=asked, segments=segments)

    @reading_once()
    def tend(self) -> int:
        """Look at people whose profile changed; returns how many lines were done with."""
        if not Touched.objects.exists():
            return 0
        with transaction.atomic():
            rows = Touched.objects.select_for_update(skip_locked=True).order_by("pk")
            lines = list(rows.values_list("pk", "person", "what")[:_AT_ONCE])
            Touched.objects.filter(pk__in=[pk for pk, *_rest in lines]).delete()
            segments = queries.live()
            looking = {
                "new": [one.id for one in segments],
                "edit": [one.id for one in segments if one.fields],
                "seen": [one.id for one in segments if one.fields & _SEEN],
                "fit": [one.id for one in segments if not one.fields.isdisjoint(STANDING)],
            }
            asked: dict[int, dict[int, tuple[Cause, int | None]]] = defaultdict(dict)
            for _pk, person, what in lines:
                asked[person].update(dict.fromkeys(looking[what], (Cause.PROFILE, None)))
            asked = {person: wanted for person, wanted in asked.items() if wanted}
            update_people(asked=asked, segments=segments, now=timezone.now())
        return len(lines)


_watched: list[tuple[list[Live], dict[str, list[int]]]] = []


def _watching(segments: list[Live]) -> dict[str, list[int]]:
    """Segments by the kinds of events that can change them; kept as long as the segments are the same."""
    for known, found in _watched:
        if known is segments:
            return found
    watching: dict[str, list[int]] = defaultdict(list)
    for one in segments:
        for kind in one.kinds:
            watching[kind].append(one.id)
    _watched[:] = [(segments, watching)]
    return watching


def _ids(values: Any) -> list[int]:
    return [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
