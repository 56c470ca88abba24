"""Contacts with a person since a handover, read from the journal."""

from dataclasses import dataclass
from datetime import datetime

from trichter.core.journal.models import Event
from trichter.core.people.queries import identities_of

from .models import Handover

KINDS = frozenset({"call.logged", "meeting.held", "handover.contacted"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Contacts:
    """`first`: the first of `number` contacts; `reached`: the person was spoken to."""

    first: datetime | None
    number: int
    reached: bool


def contacts_since(*, handover: Handover) -> Contacts:
    """Calls (tried ones too), meetings and noted contacts since the handover was made."""
    rows = Event.objects.filter(
        identity_id__in=identities_of(handover.person), kind__in=KINDS, at__gte=handover.created_at
    )
    found = list(rows.order_by("at", "id").values_list("kind", "at", "data"))
    reached = any(
        kind == "meeting.held" or (kind == "call.logged" and data.get("outcome") == "reached")
        for kind, _at, data in found
    )
    return Contacts(first=found[0][1] if found else None, number=len(found), reached=reached)
