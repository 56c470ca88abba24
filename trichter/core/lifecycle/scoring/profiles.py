"""Notes in the journal what fit is judged by, whenever it has changed, wherever it was changed.

Profiles are edited in many places and have no history of their own that a score could be computed from
again. So their facts become events: `profile.noted`. What is first known of somebody holds from just before
the act that made them known, or whoever asks for a demo would be judged as a stranger; a later change holds
from the moment it was seen, at most a minute after it was made.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, F, Min, OuterRef, QuerySet, Value
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from trichter.core.events import ProfileNoted
from trichter.core.journal.actions import Entry, record_many
from trichter.core.people.actions.links import identities_for
from trichter.core.people.models import Link, Person
from trichter.kit.addresses import FREEMAIL

from .models import NotedProfile

_PART = 500
_BEFORE = timedelta(microseconds=1)  # events of the same instant keep the order in which they were recorded
_COLUMNS = ("job_title", "email", "country", "company__industry", "company__country")


def changed(*, people: Iterable[int] | None = None) -> QuerySet[Person]:
    """People whose profile is not the one that was last noted."""
    mark = Value("\x1f")
    parts = [part for name in _COLUMNS for part in (Coalesce(F(name), Value("")), mark)]
    employees = Coalesce(Cast("company__employees", CharField()), Value(""))
    rows: Any = Person.objects.filter(merged_into=None).annotate(
        profile_key=MD5(Concat(*parts, employees, output_field=CharField()))
    )
    if people is not None:
        rows = rows.filter(pk__in=list(people))
    same = NotedProfile.objects.filter(person=OuterRef("pk"), key=OuterRef("profile_key"))
    return rows.filter(~Exists(same)).select_related("company").order_by("pk")  # type: ignore[no-any-return]


def facts_of(person: Person) -> ProfileNoted:
    """The person's profile as an event."""
    company = person.company
    domain = person.email.rpartition("@")[2].lower()
    return ProfileNoted(
        employees=company.employees if company is not None else None,
        industry=company.industry.strip().lower()[:120] if company is not None else "",
        role=person.job_title.strip().lower(),
        country=(person.country or (company.country if company is not None else "")).upper(),
        mail="" if not domain else "free" if domain in FREEMAIL else "company",
    )


def note_profiles(*, now: datetime, people: Iterable[int] | None = None) -> int:
    """Record the profiles that have changed; returns how many. Who is unknown is passed over.

    now: the moment of a change; a first profile is older.
    """
    noted = 0
    wanted = None if people is None else list(people)
    while part := list(changed(people=wanted)[:_PART]):
        noted += _note(part, now=now)
    return noted


def _known_since(people: list[Person]) -> dict[int, datetime]:
    """By person the moment before the first act that tied a visitor or an address to them."""
    firsts = Link.objects.filter(person__in=people).values_list("person").annotate(first=Min("since"))
    return {person: first - _BEFORE for person, first in firsts}


@transaction.atomic
def _note(people: list[Person], *, now: datetime) -> int:
    before = dict(NotedProfile.objects.filter(person__in=people).values_list("person_id", "facts"))
    known_since = _known_since([person for person in people if person.pk not in before])
    facts = {person.pk: facts_of(person) for person in people}
    data = {pk: fact.data() for pk, fact in facts.items()}
    news = [person for person in people if data[person.pk] != before.get(person.pk, {})]
    identities = identities_for(people=news)
    entries = [
        Entry(
            fact=facts[person.pk],
            at=min(known_since.get(person.pk, now), now),
            identity=identities[person.pk],
        )
        for person in news
    ]
    rows = [
        NotedProfile(person=person, key=person.profile_key, facts=data[person.pk])  # type: ignore[attr-defined]
        for person in people
    ]
    NotedProfile.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person"], update_fields=["key", "facts"]
    )
    record_many(entries)
    return len(entries)
