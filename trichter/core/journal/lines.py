"""What followers are given: the part of an event that says whom it concerns."""

import json
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from .models import Event


class Line(NamedTuple):
    """One event as a follower gets it: which, of what kind, whose, and its facts as JSON.

    Whoever needs more of it (time, source, value) asks for it by `pk`. A plain tuple, and the facts unread
    until somebody asks: reading whole records, of which followers use little, takes ten times as long.
    """

    pk: int
    txid: int
    kind: str
    identity_id: int | None
    json: str

    @property
    def data(self) -> dict[str, Any]:
        """The facts; read anew at every call."""
        return cast("dict[str, Any]", json.loads(self.json))

    @classmethod
    def of(cls, event: Event) -> "Line":
        """The line of a record at hand."""
        return cls(event.pk, event.txid, event.kind, event.identity_id, json.dumps(event.data))


def lines(events: QuerySet[Event]) -> list[Line]:
    """The lines of these events, in their order."""
    rows = events.values_list("pk", "txid", "kind", "identity_id", Cast("data", TextField()))
    return [Line._make(row) for row in rows]
