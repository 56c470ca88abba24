"""Follows the journal into ClickHouse.

Whatever is delivered twice is there once: rows have keys that follow from the event. What leads from one
state to the next is written in one insert, tombstones included, and the links last, so that a batch that was
cut off is done again from where it began.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from trichter.core.events import EventsRetracted, VisitContinued
from trichter.core.journal import cursors
from trichter.core.journal.horizon import OPEN, horizon
from trichter.core.journal.lines import Line
from trichter.core.journal.models import BEGINNING, Cursor
from trichter.measure.engine import reading
from trichter.measure.engine.mirror import PEOPLE_OF

from .questions import ClickHouse
from .writing import Batch

NAME: Final = "measure.clickhouse"
_STAGES: Final = f"{NAME}.stages"  # how far the changes of stage entries have been read
_CHANGES: Final = 2_000


class Feed:
    """The follower. `target`: where to write, asked for at each batch."""

    name = NAME
    title = _("ClickHouse")
    kinds = None

    def __init__(self, target: Callable[[], ClickHouse]) -> None:
        self._target = target

    def clear(self) -> None:
        """Empty the tables; they are filled again from the first event."""
        target = self._target()
        target.tables.empty(target.client)
        Cursor.objects.filter(name=_STAGES).update(txid=BEGINNING, position=0)

    def handle(self, *, events: Sequence[Line]) -> None:
        """Carry these events over, whoever was linked, merged, retracted or erased, and changes of stages."""
        people: set[int] = set()
        retracted: set[int] = set()
        continued: set[int] = set()
        for event in events:
            if event.kind in PEOPLE_OF:
                data = event.data
                people.update(data[name] for name in PEOPLE_OF[event.kind] if isinstance(data.get(name), int))
            elif event.kind == EventsRetracted.kind:
                # The fact names whom the events belonged to, and cannot name those who were nobody.
                retracted.update({0, *event.data.get("identities", ())})
            elif event.kind == VisitContinued.kind and event.identity_id is not None:
                continued.add(event.identity_id)
        batch = Batch(self._target())
        seen = {event.identity_id for event in events if event.identity_id is not None}
        batch.settle(identities=seen, people=people, retracted=retracted)
        batch.add([event.pk for event in events if (event.identity_id or 0) not in retracted])
        batch.reread(continued - retracted)
        batch.end()
        self._carry()

    @transaction.atomic
    def carry_stages(self) -> int:
        """Carry changes of stages over that came without an event; how many. 0 while the follower works."""
        cursors.find(name=self.name)
        return 0 if cursors.lock(name=self.name) is None else self._carry()

    def _carry(self) -> int:
        place = cursors.find(name=_STAGES)
        below = horizon(txid=place.txid, position=place.position)
        total = 0
        while found := list(self._changes(place, below)[:_CHANGES]):
            batch = Batch(self._target())
            if any(row[2:] == (None, None) for row in found):
                batch.rewrite_all_entries()
            else:
                batch.rewrite_entries({-row[3] if row[2] is None else row[2] for row in found})
            place.txid, place.position = found[-1][:2]
            cursors.advance(cursor=place, txid=place.txid, position=place.position, handled=len(found))
            total += len(found)
        return total

    def _changes(self, place: Cursor, below: int) -> Any:
        """(txid, id, person, identity) of the changes behind a place that are settled."""
        found = reading.changes_after(txid=place.txid, position=place.position)
        if below != OPEN:
            found = found.filter(txid__lt=below)
        return found.values_list("txid", "id", "person", "identity")
