"""The search for duplicates: fills the queue."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from trichter.core.journal.models import Identity

from ..models import Duplicate, Link, Person, Phone
from ..queries import different_pairs
from ..rules import Candidate, candidate, find_matches


def candidates(*, ids: Iterable[int] | None = None) -> list[Candidate]:
    """All living people (or these) as the rules compare them; four queries."""
    people = Person.objects.filter(merged_into=None)
    links = Link.objects.filter(identity__kind=Identity.Kind.EMAIL)
    numbers = Phone.objects.order_by()
    if ids is not None:
        wanted = list(ids)
        people, links = people.filter(pk__in=wanted), links.filter(person_id__in=wanted)
        numbers = numbers.filter(person_id__in=wanted)
    emails: defaultdict[int, list[str]] = defaultdict(list)
    for person_id, value in links.values_list("person_id", "identity__value"):
        emails[person_id].append(value)
    phones: defaultdict[int, list[str]] = defaultdict(list)
    for person_id, number in numbers.values_list("person_id", "number"):
        phones[person_id].append(number)
    rows = people.order_by("pk").values_list(
        "pk", "first_name", "last_name", "email", "phone", "mobile", "postcode", "city", "company_id",
        "company__name_key",
    )  # fmt: skip
    return [
        candidate(
            id=pk, first_name=first, last_name=last, company=name_key or str(company or ""),
            emails={email, *emails[pk]}, phones=(phone, mobile, *phones[pk]), postcode=postcode, city=city,
        )
        for pk, first, last, email, phone, mobile, postcode, city, company, name_key in rows.iterator()
    ]  # fmt: skip


@transaction.atomic
def find_duplicates(*, at: datetime) -> int:
    """Compare everybody and renew what the search had found before. Returns how many pairs it found.

    Pairs that were judged to be different people are left out; clashes reported at the door stay.
    """
    different = different_pairs()
    pairs = [
        Duplicate(
            first_id=match.first,
            second_id=match.second,
            score=match.score,
            reasons=list(match.reasons),
            found_at=at,
        )
        for match in find_matches(candidates())
        if (match.first, match.second) not in different
    ]
    Duplicate.objects.filter(found_by="search").delete()
    Duplicate.objects.bulk_create(pairs, ignore_conflicts=True, batch_size=2_000)
    return len(pairs)
