"""The companies that a batch speaks of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from trichter.core.journal.bulk import insert_records
from trichter.core.people.models import Company
from trichter.core.people.queries import surviving_company
from trichter.kit.text import is_freemail, normalise_company

from .batch import Batch, save_fields
from .holders import Holder, change

FIELDS = (
    "name",
    "domain",
    "parent_id",
    "industry",
    "employees",
    "phone",
    "street",
    "postcode",
    "city",
    "country",
    "owner_id",
    "external_source",
    "external_id",
    "created_at",
)
_CHUNK = 400


class Firm(Holder[Company]):
    """A company, known or new. `parent`: the one above it as this file says; its id follows in `flush`.
    `mentioned`: made because another row named it as its parent, perhaps by its domain or in short.
    """

    __slots__ = ("mentioned", "parent")

    def __init__(self, record: Company, *, new: bool, batch: Batch) -> None:
        super().__init__(record, new=new, batch=batch)
        self.parent: Firm | None = None
        self.mentioned = False


class Companies:
    """Finds by id of the other system, then domain, then name without legal form; makes what is missing."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._by_id: dict[tuple[str, str], Firm] = {}
        self._by_domain: dict[str, Firm] = {}
        self._by_name: dict[str, Firm] = {}
        self._by_pk: dict[int, Firm] = {}
        self._asked: set[str] = set()
        self._several: set[tuple[str, str]] = set()
        self._fresh: list[Firm] = []
        self._touched: dict[int, Firm] = {}

    def load(
        self, *, names: Iterable[str], domains: Iterable[str] = (), keys: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Look these up; what was asked before is not asked again."""
        self._load("domain", {domain for domain in domains if domain})
        self._load("name_key", {key for name in names if (key := name_key(name))})
        by_source: dict[str, set[str]] = {}
        for source, number in keys:
            by_source.setdefault(source, set()).add(number)
        for source, numbers in by_source.items():
            wanted = sorted(number for number in numbers if (source, number) not in self._by_id)
            for start in range(0, len(wanted), _CHUNK):
                part = wanted[start : start + _CHUNK]
                rows = Company.objects.filter(external_source=source, external_id__in=part)
                for company in rows:
                    firm = self._known(surviving_company(company))
                    self._by_id[company.external_source, company.external_id] = firm

    def _load(self, field: str, values: set[str]) -> None:
        wanted = sorted(value for value in values if f"{field}:{value}" not in self._asked)
        self._asked.update(f"{field}:{value}" for value in wanted)
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            found = Company.objects.filter(Q(**{f"{field}__in": part}), merged_into=None)
            # Of several, one that no other system has claimed: a row without a number means that one, and a
            # row with a number may still give it its own.
            seen: Counter[str] = Counter()
            for company in found.order_by("external_id", "pk"):
                self._known(company)
                seen[getattr(company, field)] += 1
            self._several.update((field, value) for value, count in seen.items() if count > 1)

    def _known(self, company: Company) -> Firm:
        firm = self._by_pk.get(company.pk)
        if firm is None:
            firm = self._by_pk[company.pk] = Firm(company, new=False, batch=self._batch)
            self._index(firm)
        return firm

    def _index(self, firm: Firm) -> None:
        company = firm.record
        if company.external_id:
            self._by_id.setdefault((company.external_source, company.external_id), firm)
        if company.domain:
            self._by_domain.setdefault(company.domain, firm)
        if company.name_key:
            self._by_name.setdefault(company.name_key, firm)

    def _unindex(self, firm: Firm, *, domain: str, key: str) -> None:
        """What it was called before it no longer finds it, but whoever else is called so."""
        for index, old, name in ((self._by_domain, domain, "domain"), (self._by_name, key, "name_key")):
            if old == getattr(firm.record, name) or index.get(old) is not firm:
                continue
            del index[old]
            for other in (*self._by_pk.values(), *self._fresh):
                if getattr(other.record, name) == old:
                    index.setdefault(old, other)

    def known(self) -> list[int]:
        """The ids of all that were found."""
        return list(self._by_pk)

    def find(self, *, name: str = "", domain: str = "", key: tuple[str, str] | None = None) -> Firm | None:
        """The company with this id, else this domain, else this name."""
        found = self._by_id.get(key) if key else None
        if found is None and domain:
            found = self._by_domain.get(domain)
        if found is None and name:
            found = self._by_name.get(name_key(name))
        return found

    def several(self, *, name: str = "", domain: str = "") -> bool:
        """Whether more than one company was found under this name or web domain."""
        return ("name_key", name_key(name)) in self._several or ("domain", domain) in self._several

    def of_contact(self, *, name: str, domain: str, mail_domain: str, at: datetime) -> Firm | None:
        """The company of somebody: by web address, name, then the domain of the address; made when named."""
        work = "" if is_freemail(mail_domain) else mail_domain
        found = self.find(name=name, domain=domain) or (self.find(domain=work) if work else None)
        if found is not None or not name_key(name):
            return found
        return self.create(name=name, values={"domain": domain or work, "created_at": at})

    def create(self, *, name: str, values: Mapping[str, Any]) -> Firm:
        """A new company; inserted by `flush`."""
        fields = {"created_at": self._batch.context.now, **values}
        firm = Firm(Company(name=name[:200], name_key=name_key(name), **fields), new=True, batch=self._batch)
        self._fresh.append(firm)
        self._index(firm)
        return firm

    def change(self, firm: Firm, values: Mapping[str, Any]) -> bool:
        """Set fields as the options say; returns whether any changed."""
        record = firm.record
        domain, key = record.domain, record.name_key
        changed = change(firm, values, batch=self._batch)
        if changed and (new_key := name_key(record.name)) != key:
            if not firm.new:
                firm.before.setdefault("name_key", key)
            record.name_key = new_key
        if changed:
            self._unindex(firm, domain=domain, key=key)
            self._index(firm)
            if not firm.new:
                self._touched[firm.record.pk] = firm
        return changed

    def mention(self, *, name: str, values: Mapping[str, Any]) -> Firm:
        """A new company of which another row speaks."""
        firm = self.create(name=name, values=values)
        firm.mentioned = True
        return firm

    def introduce(self, firm: Firm, name: str) -> None:
        """Its own row says how a company is called that was only mentioned before."""
        record, firm.mentioned = firm.record, False
        domain, key = record.domain, record.name_key
        record.name, record.name_key = name[:200], name_key(name)
        self._unindex(firm, domain=domain, key=key)
        self._index(firm)

    def belong(self, firm: Firm, parent: Firm) -> bool:
        """Say which company stands above it; returns whether that is new. A loop is left out with a note."""
        present, existing = self._above(firm), self._batch.context.options.existing
        if present is parent:
            return False
        if not firm.new and (existing == "skip" or (existing == "fill" and present is not None)):
            return False
        if present is not None and self._batch.earlier(firm):
            self._batch.note("said_before", "parent")
            return False
        node: Firm | None = parent
        seen: set[int] = set()
        while node is not None and id(node) not in seen:
            if node is firm:
                self._batch.note("parent_loop", "parent")
                return False
            seen.add(id(node))
            node = self._above(node)
        if not firm.new:
            firm.before.setdefault("parent_id", firm.record.parent_id)
            self._touched[firm.record.pk] = firm
        firm.parent = parent
        return True

    def _above(self, firm: Firm) -> Firm | None:
        if firm.parent is not None or firm.record.parent_id is None:
            return firm.parent
        return self._by_pk.get(firm.record.parent_id) or self._known(
            Company.objects.get(pk=firm.record.parent_id)
        )

    def _depth(self, firm: Firm) -> int:
        """How many companies made by this batch stand above it."""
        depth = 0
        while firm.parent is not None and firm.parent.new:
            firm, depth = firm.parent, depth + 1
        return depth

    def flush(self) -> None:
        """Insert new companies, those above before those below them; write changed ones."""
        levels: dict[int, list[Firm]] = {}
        for firm in self._fresh:
            levels.setdefault(self._depth(firm), []).append(firm)
        for _level, firms in sorted(levels.items()):
            for firm in firms:
                self._hang(firm)
            insert_records([firm.record for firm in firms])
        for firm in (firm for _level, firms in sorted(levels.items()) for firm in firms):
            self._batch.created(firm.record, FIELDS)
            firm.new = False
            self._by_pk[firm.record.pk] = firm
        for firm in self._touched.values():
            self._hang(firm)
        for firm in self._touched.values():
            save_fields(firm.record, firm.before)
            self._batch.updated(firm.record, firm.before)
            firm.before = {}
        self._fresh, self._touched = [], {}

    def _hang(self, firm: Firm) -> None:
        if firm.parent is not None:
            firm.record.parent_id = firm.parent.record.pk

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self._fresh, self._touched = [], {}


def name_key(name: str) -> str:
    """The name as companies are compared."""
    return normalise_company(name).key[:200] if name else ""
