"""Which browsers may be recognised: asked for every batch of events that is written down."""

from collections.abc import Collection
from datetime import datetime

from trichter.core.journal.models import Identity
from trichter.core.people.models import Link
from trichter.core.people.queries import PERSON_IDENTITY

from .models import ConsentPart
from .queries import states_many
from .rules import State

PURPOSE, CHANNEL = "statistics", "web"
BROWSER_ID = "id:"
"""Identities of the kind visitor whose value begins so are ids that a browser keeps (cookie `tr_id`)."""
_CHUNK = 500


def web_states(
    visitors: Collection[str], *, at: datetime | None = None, purpose: str = PURPOSE
) -> dict[str, State]:
    """What the ledger says of each browser id; four queries per 500. "none": it knows nothing of it."""
    wanted = sorted(set(visitors))
    identities: dict[str, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        values = [f"{BROWSER_ID}{one}" for one in wanted[start : start + _CHUNK]]
        rows = Identity.objects.filter(kind="visitor", value__in=values)
        identities.update(
            (value.removeprefix(BROWSER_ID), pk) for value, pk in rows.values_list("value", "id")
        )
    states = states_many(identities=identities.values(), purpose=purpose, channel=CHANNEL, at=at)
    return {one: states[identities[one]] if one in identities else "none" for one in wanted}


def web_consents(
    visitors: Collection[str], *, at: datetime | None = None, purpose: str = PURPOSE
) -> set[str]:
    """Those of these browser ids that the ledger allows to use."""
    return {one for one, state in web_states(visitors, at=at, purpose=purpose).items() if state == "given"}


def withdrawn_elsewhere(*, at: datetime | None = None, purpose: str = PURPOSE) -> frozenset[str]:
    """Browser ids whose consent was taken back by another way than their own banner.

    The browser does not know it yet and goes on sending its id, until somebody tells it.
    """
    said = ConsentPart.objects.filter(
        name="subject", record__purpose__key=purpose, record__channel=CHANNEL, record__decision="withdrawn"
    ).exclude(record__how="banner")
    own = set(said.filter(identity__kind="visitor").values_list("identity_id", flat=True))
    people = Link.objects.filter(
        identity__in=said.filter(identity__kind=PERSON_IDENTITY).values("identity_id")
    ).values("person_id")
    browsers = Link.objects.filter(
        person_id__in=people, identity__kind="visitor", identity__value__startswith=BROWSER_ID
    )
    own.update(browsers.values_list("identity_id", flat=True))
    states = states_many(identities=own, purpose=purpose, channel=CHANNEL, at=at)
    gone = [one for one, state in states.items() if state == "withdrawn"]
    found: set[str] = set()
    for start in range(0, len(gone), _CHUNK):
        rows = Identity.objects.filter(pk__in=gone[start : start + _CHUNK], value__startswith=BROWSER_ID)
        found.update(value.removeprefix(BROWSER_ID) for value in rows.values_list("value", flat=True))
    return frozenset(found)
