"""What came of something people did: who it was, who became a lead afterwards, what they bought afterwards.

For short links, calls to action and whatever else wants to know what it brought. Definitions: a lead counts
if the stage was entered at or after the first time; won is deals won + orders paid − refunds of the company's
currency from the first time on. Unknown visitors count as visitors; money needs a known person.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import Transition
from trichter.core.lifecycle.queries import chunks, identities_of, owners, people_by_id
from trichter.core.people.models import Person
from trichter.core.shell.queries import installation

MONEY: Final = {"deal.won": 1, "order.paid": 1, "order.refunded": -1}
LEAD: Final = "lead"
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, kw_only=True, slots=True)
class Did:
    """One identity did it so often, first and last at."""

    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """actor: a person's id, or minus the id of an unknown visitor's identity. amount: minor units, won."""

    actor: int
    times: int
    first: datetime
    last: datetime
    lead: bool = False
    amount: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """What a list shows of one thing."""

    times: int = 0
    visitors: int = 0
    leads: int = 0
    amount: int = 0

    @classmethod
    def of(cls, outcomes: list[Outcome]) -> "Sum":
        """Of these together."""
        return cls(
            times=sum(one.times for one in outcomes), visitors=len(outcomes),
            leads=sum(one.lead for one in outcomes), amount=sum(one.amount for one in outcomes),
        )  # fmt: skip


def outcomes(*, did: Mapping[tuple[K, int], Did], user: User | None = None) -> dict[K, list[Outcome]]:
    """By thing what came of it. did: by (thing, identity). user: only people whom the user may see.

    Queries grow with the number of identities, not with that of things.
    """
    whose = owners(identities={identity for _thing, identity in did})
    hidden = _hidden(set(whose.values()), user)
    acts: dict[tuple[K, int], list[Did]] = defaultdict(list)
    for (thing, identity), one in did.items():
        actor = whose.get(identity, -identity)
        if actor not in hidden:
            acts[thing, actor].append(one)
    actors = {actor for _thing, actor in acts}
    leads, money = _leads(actors), _money({one for one in actors if one > 0})
    found: dict[K, list[Outcome]] = defaultdict(list)
    for (thing, actor), parts in acts.items():
        first = min(one.first for one in parts)
        entered = leads.get(actor)
        found[thing].append(
            Outcome(
                actor=actor, times=sum(one.times for one in parts), first=first,
                last=max(one.last for one in parts), lead=entered is not None and entered >= first,
                amount=sum(value for at, value in money.get(actor, ()) if at >= first),
            )
        )  # fmt: skip
    for several in found.values():
        several.sort(key=lambda one: (one.last, one.actor), reverse=True)
    return found


def people_of(*, actors: list[int], user: User) -> dict[int, Person]:
    """Those of these actors who are people the user may see, by id."""
    rows: QuerySet[Person] = people_by_id(ids=[one for one in actors if one > 0], user=user)
    return {person.pk: person for person in rows}


def _hidden(people: set[int], user: User | None) -> set[int]:
    if user is None or sees_everything(user=user):
        return set()
    seen: set[int] = set()
    for part in chunks(sorted(people)):
        seen.update(people_by_id(ids=part, user=user).values_list("pk", flat=True))
    return people - seen


def _leads(actors: set[int]) -> dict[int, datetime]:
    """When each of these actors first became a lead."""
    found: dict[int, datetime] = {}
    rows = Transition.objects.filter(stage__key=LEAD, backward=False)
    rows = rows.annotate(actor=Coalesce(F("person_id"), -F("identity_id")))
    for positive in (True, False):
        column = "person_id__in" if positive else "identity_id__in"
        for part in chunks(sorted(abs(one) for one in actors if (one > 0) == positive)):
            for actor, at in rows.filter(**{column: part}).values_list("actor", "at"):
                found[actor] = min(at, found.get(actor, at))
    return found


def _money(people: set[int]) -> dict[int, list[tuple[datetime, int]]]:
    """(at, signed amount) of each of these people."""
    owned = {identity: person for person, all_ in identities_of(people=people).items() for identity in all_}
    currency = installation().currency
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for part in chunks(sorted(owned)):
        # Kinds are told apart here: asked for in the query, SQLite reads the index of kinds instead.
        rows = Event.objects.filter(identity_id__in=part, value__isnull=False)
        for identity, at, kind, value, unit in rows.values_list(
            "identity_id", "at", "kind", "value", "currency"
        ):
            if kind in MONEY and unit == currency:
                found[owned[identity]].append((at, MONEY[kind] * (value or 0)))
    return found
