"""Reads about people, companies and identities."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from trichter.core.accounts.models import User
from trichter.core.journal.models import Event, Identity
from trichter.core.shell.filters import matching
from trichter.core.shell.once import once
from trichter.core.shell.prepared import MOST, Prepared
from trichter.kit.text import is_freemail, normalise_company, normalise_email

from .models import (
    Company,
    CompanyMerge,
    Duplicate,
    Link,
    Merge,
    NotDuplicate,
    NotDuplicateCompany,
    Person,
    Task,
)
from .rules import CompanyMatch, find_company_matches

PERSON_IDENTITY = "person"
"""Kind of the identity that stands for a person's record itself (value: its id), see `identity_for`."""


def people(*, user: User) -> QuerySet[Person]:
    """The living records this user may see: those absorbed by a merge are not among them."""
    found: QuerySet[Person] = Person.objects.visible_to(user).filter(merged_into=None)
    return found


def companies(*, user: User) -> QuerySet[Company]:
    """The living company records this user may see."""
    found: QuerySet[Company] = Company.objects.visible_to(user).filter(merged_into=None)
    return found


def survivor_of(person: Person) -> Person:
    """The record that a merged person lives on in; the person itself when it was never merged."""
    while person.merged_into_id is not None:
        person = Person.objects.get(pk=person.merged_into_id)
    return person


def surviving_company(company: Company) -> Company:
    """The same for companies."""
    while company.merged_into_id is not None:
        company = Company.objects.get(pk=company.merged_into_id)
    return company


def actor_of(identity: int) -> int:
    """Who acts by this identity: the person's id, or minus the identity's id when it is nobody's."""
    return actors_of([identity])[identity]


def actors_of(identities: Iterable[int]) -> dict[int, int]:
    """The same for many, in one query per 5,000."""
    wanted = list(dict.fromkeys(identities))
    actors = {identity: -identity for identity in wanted}
    for start in range(0, len(wanted), 5_000):
        links = Link.objects.filter(identity_id__in=wanted[start : start + 5_000])
        actors.update(links.values_list("identity_id", "person_id"))
    return actors


_LINKED = Prepared(lambda ids: Link.objects.filter(person__in=ids).values_list("identity_id", "person_id"))


def linked_to(people: Sequence[int]) -> dict[int, int]:
    """By identity the one of these people to whom it is linked."""
    found: dict[int, int] = {}
    for start in range(0, len(people), MOST):
        found.update(_LINKED.rows(people[start : start + MOST]))
    return found


def identities_of(person: Person) -> list[int]:
    """The ids of everything this person was seen as, the record's own identity among them."""
    # Half the parts of a contact's page ask for them.
    return list(once(f"identities of person {person.pk}", lambda: sorted(linked_to([person.pk]))))


def links_of(person: Person) -> list[Link]:
    """What the page shows: every identity but the record's own, oldest first, with its evidence."""
    links = Link.objects.filter(person=person).exclude(identity__kind=PERSON_IDENTITY)
    return list(links.select_related("identity").order_by("since", "id"))


# Asked for the kind, SQLite would rather read everybody's addresses than what one person was seen as.
_SEEN_AS = Prepared(
    lambda ids: (
        Link.objects.filter(person__in=ids)
        .order_by("since", "identity_id")
        .values_list("identity__kind", "identity__value")
    )
)


def emails_of(person: Person) -> list[str]:
    """All linked addresses, the main one first."""
    found = [value for kind, value in _SEEN_AS.rows([person.pk]) if kind == Identity.Kind.EMAIL]
    return sorted(found, key=lambda value: value != person.email)


def email_links(person: Person, links: list[Link]) -> list[Link]:
    """Of these links (`links_of`) those of the person's addresses, the main one first, then the oldest."""
    found = [link for link in links if link.identity.kind == Identity.Kind.EMAIL]
    return sorted(found, key=lambda link: link.identity.value != person.email)


def find_by_email(email: str) -> Person | None:
    """The person to whom this address is linked, however it is written; None when it is nobody's."""
    value = normalise_email(email).value
    if value is None:
        return None
    found = Link.objects.filter(identity__kind=Identity.Kind.EMAIL, identity__value=value)
    link = found.select_related("person").first()
    return link.person if link else None


def find_by_key(source: str, external_id: str) -> Person | None:
    """The person with this number in another system."""
    found = Link.objects.filter(identity__kind=Identity.Kind.KEY, identity__value=f"{source}:{external_id}")
    link = found.select_related("person").first()
    return link.person if link else None


def people_by_email(emails: Iterable[str]) -> dict[str, int]:
    """Person ids by normalised address, for many addresses at once; addresses of nobody are left out."""
    values = list({value for email in emails if (value := normalise_email(email).value)})
    found: dict[str, int] = {}
    for start in range(0, len(values), 5_000):
        links = Link.objects.filter(
            identity__kind=Identity.Kind.EMAIL, identity__value__in=values[start : start + 5_000]
        )
        found.update(links.values_list("identity__value", "person_id"))
    return found


def find_company(*, name: str = "", domain: str = "", key: tuple[str, str] | None = None) -> Company | None:
    """The living company with this number elsewhere, else this domain, else this name without legal form."""
    live = Company.objects.filter(merged_into=None)
    conditions: list[Q] = []
    if key:
        absorbed = Company.objects.filter(external_source=key[0], external_id=key[1]).first()
        if absorbed:
            return surviving_company(absorbed)
    if domain:
        conditions.append(Q(domain=domain.strip().lower()))
    if name and (name_key := normalise_company(name).key[:200]):
        conditions.append(Q(name_key=name_key))
    for condition in conditions:
        found: Company | None = live.filter(condition).order_by("pk").first()
        if found:
            return found
    return None


def merges_of(person: Person) -> list[Merge]:
    """The merges that stand in this record, also those of records it took in, newest first."""
    found: list[Merge] = []
    roots = [person.pk]
    while roots:
        part = list(
            Merge.objects.filter(survivor_id__in=roots, undone_at=None).select_related(
                "absorbed", "merged_by"
            )
        )
        found += part
        roots = [merge.absorbed_id for merge in part]
    return sorted(found, key=lambda merge: (merge.merged_at, merge.pk), reverse=True)


def company_merges_of(company: Company) -> list[CompanyMerge]:
    """The merges that stand in this company, newest first."""
    return list(
        CompanyMerge.objects.filter(survivor=company, undone_at=None).select_related("absorbed", "merged_by")
    )


def merged_ids(person: Person) -> list[int]:
    """The person's id and the ids of all records it took in."""
    return [person.pk, *(merge.absorbed_id for merge in merges_of(person))]


def roots_of(ids: Iterable[int]) -> dict[int, int]:
    """For each person id the id of the record it lives on in."""
    parents: dict[int, int] = dict(
        Person.objects.exclude(merged_into=None).values_list("id", "merged_into_id")
    )
    roots: dict[int, int] = {}
    for start in ids:
        node = start
        while node in parents:
            node = parents[node]
        roots[start] = node
    return roots


def different_pairs() -> set[tuple[int, int]]:
    """Pairs judged to be different people, carried over to the records they live on in."""
    pairs = list(NotDuplicate.objects.values_list("first_id", "second_id"))
    roots = roots_of({one for pair in pairs for one in pair})
    return {(min(roots[a], roots[b]), max(roots[a], roots[b])) for a, b in pairs}


def duplicate_queue(*, user: User) -> QuerySet[Duplicate]:
    """Suggested pairs of which this user may see both people, the surest first."""
    seen = people(user=user).values("pk")
    pairs = Duplicate.objects.filter(first__in=seen, second__in=seen)
    return pairs.select_related("first__company", "second__company", "first__owner", "second__owner")


# Hardly anybody has one, and the question whom the user may see is a long one.
_PAIRS = (
    Prepared(lambda ids: Duplicate.objects.filter(first__in=ids).order_by().values_list("id")),
    Prepared(lambda ids: Duplicate.objects.filter(second__in=ids).order_by().values_list("id")),
)


def duplicates_of(person: Person, *, user: User) -> list[Duplicate]:
    """Suggested pairs with this person of which the user may see both, the surest first; `other` is set."""
    if not any(True for pairs in _PAIRS for _pair in pairs.rows([person.pk])):
        return []
    seen = people(user=user).values("pk")
    pairs = Duplicate.objects.filter(Q(first=person, second__in=seen) | Q(second=person, first__in=seen))
    live = pairs.filter(first__merged_into=None, second__merged_into=None)
    found = list(live.select_related("first__company", "second__company"))
    for pair in found:
        pair.other = pair.second if pair.first_id == person.pk else pair.first  # type: ignore[attr-defined]
    return found


def tasks(*, user: User) -> QuerySet[Task]:
    """Tasks about people this user may see, and those about nobody that are his, his team's or unassigned."""
    own = Q(assignee=user) | Q(assignee=None)
    if user.team_id:
        own |= Q(assignee__team_id=user.team_id)
    about_nobody = Q(person=None) & own
    found = Task.objects.filter(Q(person__in=people(user=user).values("pk")) | about_nobody)
    return found.select_related("person", "assignee")


def company_names(*, user: User, text: str) -> list[str]:
    """Names of companies that contain these letters, for a field that offers them."""
    found = companies(user=user).filter(matching(text=text, fields=("name", "name_key")))
    return list(found.order_by("name").values_list("name", flat=True)[:12])


def company_called(*, user: User, text: str) -> Company | None:
    """The company the user may see that has this name, else this domain, else this name but for its form."""
    seen = companies(user=user)
    key = normalise_company(text).key[:200]
    for condition in (Q(name__iexact=text), Q(domain=text.lower()), Q(name_key=key) if key else None):
        found: Company | None = seen.filter(condition).order_by("pk").first() if condition else None
        if found:
            return found
    return None


def subsidiaries(*, user: User, company: Company) -> list[Company]:
    """The companies right below this one that the user may see."""
    return list(companies(user=user).filter(parent=company).order_by("name", "pk")[:100])


def last_search() -> datetime | None:
    """When the search for duplicates last found something."""
    found = Duplicate.objects.filter(found_by="search").aggregate(last=Max("found_at"))
    last: datetime | None = found["last"]
    return last


def company_duplicates(*, user: User) -> list[CompanyMatch]:
    """Pairs of companies the user may see that look like one, without those judged to be different."""
    different = set(NotDuplicateCompany.objects.values_list("first_id", "second_id"))
    rows = companies(user=user).values_list("pk", "name_key", "domain")
    return [match for match in find_company_matches(rows) if (match.first, match.second) not in different]


def company_pairs(matches: Iterable[CompanyMatch]) -> list[tuple[CompanyMatch, Company, Company]]:
    """The records behind pairs."""
    matches = list(matches)
    ids = {pk for match in matches for pk in (match.first, match.second)}
    rows = Company.objects.select_related("owner").annotate(people_count=Count("people")).in_bulk(ids)
    return [(match, rows[match.first], rows[match.second]) for match in matches]


def company_duplicates_of(*, company: Company, user: User) -> list[Company]:
    """Companies that look like this one."""
    same = Q(name_key=company.name_key) if company.name_key else Q(pk__in=[])
    if company.domain and not is_freemail(company.domain):
        same |= Q(domain=company.domain)
    different = NotDuplicateCompany.objects.filter(Q(first=company) | Q(second=company))
    pairs = different.values_list("first_id", "second_id")
    apart = {pk for pair in pairs for pk in pair}
    return list(companies(user=user).filter(same).exclude(pk=company.pk).exclude(pk__in=apart)[:10])


def weight_of(record: Person | Company) -> dict[str, int]:
    """How much hangs on a record, to help choose which one stays."""
    if isinstance(record, Company):
        return {"people": Person.objects.filter(company=record, merged_into=None).count()}
    identities = identities_of(record)
    return {
        "identities": len(links_of(record)),
        "events": Event.objects.filter(identity_id__in=identities).count(),
        "notes": record.notes.count(),
        "tasks": record.tasks.count(),
    }
