"""The people that a batch speaks of: found by number and address, made, changed and linked."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower

from trichter.core.events import ContactCreated, IdentityLinked
from trichter.core.events import Event as Fact
from trichter.core.journal.actions import Entry, identify_many
from trichter.core.journal.bulk import insert, insert_records
from trichter.core.journal.models import Identity
from trichter.core.people.actions.suggestions import suggest
from trichter.core.people.models import Link, Person
from trichter.core.people.queries import PERSON_IDENTITY
from trichter.kit.text import fold

from .batch import Batch, save_fields
from .companies import Firm
from .holders import Holder, change

FIELDS = (
    "salutation",
    "title",
    "first_name",
    "last_name",
    "email",
    "phone",
    "mobile",
    "job_title",
    "address_form",
    "buying_role",
    "company_id",
    "street",
    "postcode",
    "city",
    "country",
    "language",
    "owner_id",
    "created_at",
)
EMAIL, KEY = Identity.Kind.EMAIL.value, Identity.Kind.KEY.value
_CHUNK = 400
_LINK = ("identity_id", "person_id", "evidence", "since")
Seen = tuple[str, str]  # kind and value of an identity


class Someone(Holder[Person]):
    """A person, known or new. `links`: identities this batch gives them; `own`: the record's own identity."""

    __slots__ = ("firm", "links", "own")

    def __init__(self, record: Person, *, new: bool, batch: Batch) -> None:
        super().__init__(record, new=new, batch=batch)
        self.links: list[Seen] = []
        self.own = 0
        self.firm: Firm | None = None


class People:
    """Everybody in a batch, looked up at once; new people and links are held until `flush`."""

    def __init__(self, batch: Batch, *, lock: bool) -> None:
        self._batch = batch
        self._lock = lock and connection.vendor == "postgresql"
        self._seen: dict[Seen, Someone] = {}
        self._asked: set[Seen] = set()
        self._named: dict[str, list[Someone]] = {}
        self._phoned: dict[str, Someone | None] = {}
        self._numbers: dict[str, list[Someone]] = {}
        self._by_pk: dict[int, Someone] = {}
        self._fresh: list[Someone] = []
        self._touched: dict[int, Someone] = {}
        self._linking: list[Someone] = []
        self._acting: dict[int, Someone] = {}
        self._clashes: list[tuple[Someone, Someone, datetime]] = []
        self._owns: dict[int, int] = {}

    def load(self, seen: Iterable[Seen]) -> None:
        """Look up who these identities belong to; what was asked before is not asked again."""
        wanted: dict[str, set[str]] = {}
        for kind, value in seen:
            if value and (kind, value) not in self._asked:
                wanted.setdefault(kind, set()).add(value)
                self._asked.add((kind, value))
        owners: dict[Seen, int] = {}
        for kind, values in wanted.items():
            ordered = sorted(values)
            for start in range(0, len(ordered), _CHUNK):
                links = Link.objects.filter(
                    identity__kind=kind, identity__value__in=ordered[start : start + _CHUNK]
                )
                for value, person in links.values_list("identity__value", "person_id"):
                    owners[kind, value] = person
        self._load_people(set(owners.values()))
        for pair, person in owners.items():
            self._seen.setdefault(pair, self._by_pk[person])

    def load_names(self, names: Iterable[str]) -> None:
        """Look up people by first and last name, for files that name their contacts only so."""
        for name in {name for name in names if name and fold(name) not in self._named}:
            words = name.split()
            last = {words[-1], " ".join(words[1:])}
            # As written and in small letters: SQLite knows only those of English.
            last |= {one.lower() for one in last}
            rows = Person.objects.filter(merged_into=None).annotate(low=Lower("last_name"))
            alike = Q(low__in=last) | Q(last_name__in=last) | Q(last_name="", first_name__iexact=name)
            found = rows.filter(alike).order_by("pk")[:200]
            self._load_people({person.pk for person in found})
            self._named[fold(name)] = [
                self._by_pk[person.pk] for person in found if fold(person.name) == fold(name)
            ]

    def _load_people(self, ids: set[int]) -> None:
        missing = sorted(ids - self._by_pk.keys())
        for start in range(0, len(missing), _CHUNK):
            rows = Person.objects.filter(pk__in=missing[start : start + _CHUNK]).order_by("pk")
            if self._lock:
                rows = rows.select_for_update(no_key=True)
            for person in rows:
                self._by_pk[person.pk] = Someone(person, new=False, batch=self._batch)

    def known(self) -> list[Someone]:
        """Everybody who was found."""
        return list(self._by_pk.values())

    def by(self, kind: str, value: str) -> Someone | None:
        """Who this identity belongs to."""
        return self._seen.get((kind, value)) if value else None

    def named(self, name: str) -> list[Someone]:
        """Everybody of this name; call `load_names` first."""
        return self._named.get(fold(name), [])

    def load_phones(self, phones: Iterable[str]) -> None:
        """Look up who has these numbers, for files whose contacts are known by them."""
        wanted = sorted({phone for phone in phones if phone and phone not in self._numbers})
        for phone in wanted:
            self._numbers[phone] = []
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            rows = Person.objects.filter(Q(phone__in=part) | Q(mobile__in=part), merged_into=None)
            found = list(rows.order_by("pk"))
            self._load_people({person.pk for person in found})
            for person in found:
                self._number(self._by_pk[person.pk])

    def _number(self, someone: Someone) -> None:
        for phone in {someone.record.phone, someone.record.mobile} - {""}:
            known = self._numbers.setdefault(phone, [])
            if someone not in known:
                known.append(someone)

    def phoned(self, phones: Iterable[str]) -> list[Someone]:
        """Everybody who has one of these numbers; call `load_phones` first."""
        found = [one for phone in phones if phone for one in self._numbers.get(phone, ())]
        return list(dict.fromkeys(found))

    def nameless(self, phone: str) -> Someone | None:
        """Who has this phone number and nothing else that tells who it is."""
        if phone not in self._phoned:
            rows = Person.objects.filter(merged_into=None, first_name="", last_name="", email="")
            found = rows.filter(Q(phone=phone) | Q(mobile=phone)).order_by("pk").first()
            self._load_people({found.pk} if found else set())
            self._phoned[phone] = self._by_pk[found.pk] if found else None
        return self._phoned[phone]

    def create(
        self, *, at: datetime, values: Mapping[str, Any], source: str = "", campaign: str = ""
    ) -> Someone:
        """A new person who became known at `at`."""
        someone = Someone(Person(created_at=at, **values), new=True, batch=self._batch)
        self._fresh.append(someone)
        person = someone.record
        self._named.setdefault(fold(person.name), []).append(someone)
        self._number(someone)
        if not (person.first_name or person.last_name or person.email):
            self._phoned |= {phone: someone for phone in (person.phone, person.mobile) if phone}
        fact = ContactCreated(origin=self._batch.context.evidence)
        self.event(someone, fact=fact, at=at, source=source, campaign=campaign)
        return someone

    def change(self, someone: Someone, values: Mapping[str, Any]) -> bool:
        """Set fields as the options say; returns whether any changed."""
        changed = change(someone, values, batch=self._batch)
        if changed:
            self._touch(someone)
        return changed

    def join(self, someone: Someone, firm: Firm) -> bool:
        """Say whose company they work for; the id follows when the company is new."""
        person, existing = someone.record, self._batch.context.options.existing
        if someone.firm is firm or (firm.record.pk and person.company_id == firm.record.pk):
            return False
        taken = person.company_id is not None or someone.firm is not None
        if not someone.new and (existing == "skip" or (existing == "fill" and taken)):
            return False
        if taken and self._batch.earlier(someone):
            self._batch.note("said_before", "company")
            return False
        if not someone.new:
            someone.before.setdefault("company_id", person.company_id)
        someone.firm = firm
        self._touch(someone)
        return True

    def _touch(self, someone: Someone) -> None:
        if not someone.new:
            self._touched[someone.record.pk] = someone

    def link(
        self, someone: Someone, *, kind: str, value: str, at: datetime
    ) -> Literal["new", "known", "other"]:
        """Give somebody an identity. "other": it belongs to someone else, which becomes a suggestion."""
        owner = self._seen.get((kind, value))
        if owner is someone:
            return "known"
        if owner is not None:
            self._clashes.append((someone, owner, at))
            return "other"
        self._seen[kind, value] = someone
        self._asked.add((kind, value))
        if not someone.links:
            self._linking.append(someone)
        someone.links.append((kind, value))
        return "new"

    def event(
        self,
        someone: Someone,
        *,
        fact: Fact | Callable[[], Fact],
        at: datetime,
        uid: UUID | None = None,
        **envelope: Any,
    ) -> bool:
        """Plan an event of this person's; False when it is in the journal already."""
        run = self._batch.context.run

        def make() -> Entry:
            made = fact if isinstance(fact, Fact) else fact()
            if uid is None:
                return Entry(fact=made, at=at, identity=someone.own, batch=run, **envelope)
            return Entry(fact=made, at=at, identity=someone.own, uid=uid, batch=run, **envelope)

        planned = self._batch.event(make, uid=uid)
        if planned:
            self.acts(someone)
        return planned

    def acts(self, someone: Someone | None, *, pk: int | None = None) -> None:
        """Somebody (or the person with this id) has an event, so the record's own identity is needed."""
        if someone is not None and someone.record.pk:
            self._acting[someone.record.pk] = someone
        elif someone is None and pk is not None:
            self._load_people({pk})
            self._acting[pk] = self._by_pk[pk]

    def own_of(self, pk: int | None) -> int | None:
        """The own identity of the person with this id, during and after `flush`."""
        return self._owns.get(pk) if pk is not None else None

    def flush(self) -> None:
        """Insert new people with their own identities, write changed ones, make the links."""
        for someone in (*self._fresh, *self._touched.values()):
            if someone.firm is not None:
                someone.record.company_id = someone.firm.record.pk
        insert_records([someone.record for someone in self._fresh])
        self._own_identities()
        for someone in self._touched.values():
            save_fields(someone.record, someone.before)
            self._batch.updated(someone.record, someone.before)
            someone.before = {}
        self._make_links()
        for someone in self._fresh:
            someone.new = False
            self._by_pk[someone.record.pk] = someone
        for first, second, at in self._clashes:
            suggest(first=first.record, second=second.record, reason="identity", at=at)
        self._fresh, self._touched, self._linking, self._acting, self._clashes = [], {}, [], {}, []

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self._fresh, self._touched, self._linking, self._acting, self._clashes = [], {}, [], {}, []

    def _own_identities(self) -> None:
        """The identities of the records themselves, with which their events are recorded."""
        acting = [*self._fresh, *(one for one in self._acting.values() if not one.own)]
        ids = identify_many(kind=PERSON_IDENTITY, values=(str(one.record.pk) for one in acting))
        known = [ids[str(one.record.pk)] for one in acting[len(self._fresh) :]]
        tied = set(Link.objects.filter(identity_id__in=known).values_list("identity_id", flat=True))
        links = []
        for someone in acting:
            person = someone.record
            someone.own = self._owns[person.pk] = ids[str(person.pk)]
            if someone.own not in tied:
                links.append((someone.own, person.pk, "", person.created_at))
        insert(Link, _LINK, links)

    def _make_links(self) -> None:
        wanted: dict[str, list[str]] = {}
        for someone in self._linking:
            for kind, value in someone.links:
                wanted.setdefault(kind, []).append(value)
        ids = {
            (kind, value): identity
            for kind, values in wanted.items()
            for value, identity in identify_many(kind=kind, values=values).items()
        }
        rows: list[tuple[Any, ...]] = []
        given: dict[int, list[int]] = {one.record.pk: [one.own] for one in self._fresh}
        late: dict[int, Someone] = {}
        for someone in self._linking:
            for pair in someone.links:
                self._say_linked(someone, ids[pair], rows)
                if someone.new:
                    given[someone.record.pk].append(ids[pair])
                else:
                    late[ids[pair]] = someone
            someone.links = []
        insert(Link, _LINK, rows)
        for link in Link.objects.filter(identity_id__in=list(late)) if late else ():
            self._batch.created(link, ("identity_id", "person_id"))
        for someone in self._fresh:
            self._batch.created(someone.record, FIELDS, **{"+links": given[someone.record.pk]})

    def _say_linked(self, someone: Someone, identity: int, rows: list[tuple[Any, ...]]) -> None:
        context, person = self._batch.context, someone.record
        at = person.created_at if someone.new else context.now
        evidence = context.evidence[:200]
        rows.append((identity, person.pk, evidence, at))
        fact = IdentityLinked(person=person.pk, evidence=evidence)
        entry = Entry(fact=fact, at=at, identity=identity, batch=context.run)
        self._batch.event(lambda: entry)
