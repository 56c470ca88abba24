"""Rows about companies."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from trichter.core.people.models import Company

from ..cells import Cells
from .batch import Batch, Context, Outcome, RowRejected
from .companies import Companies, Firm, name_key
from .owners import owner_of
from .tags import Labels

_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}")
_TEXTS = {"industry": 120, "street": 160, "postcode": 16, "city": 100}


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmRow:
    """A row about a company. `key`: (other system, its id)."""

    name: str
    domain: str
    key: tuple[str, str] | None
    values: dict[str, Any]
    created_at: datetime | None
    parent: str = ""
    parent_domain: str = ""
    tags: tuple[str, ...] = ()


def read_firm(cells: Cells, context: Context) -> FirmRow | None:
    """A row as a company; None, with the reason in `cells.problems`, when it cannot be one."""
    number = cells.code("external_id", 120)
    name, domain = cells.text("name", 200), cells.domain("domain")
    # A name without letters and digits says nothing, and would never be found again.
    if not (name_key(name) or domain or (number and context.options.match == "key")):
        cells.reject("nothing_to_identify", fields="name, domain")
    chosen = {"key": ("external_id", number), "domain": ("domain", domain), "name": ("name", name_key(name))}
    field, value = chosen.get(context.options.match, ("", "-"))
    if not value and not cells.rejected:
        cells.reject("nothing_to_identify", fields=field)
    values: dict[str, Any] = {field: cells.text(field, limit) for field, limit in _TEXTS.items()}
    values |= {
        "employees": cells.whole("employees", rejects=False),
        "phone": cells.phone("phone"),
        "country": cells.country(),
        "owner_id": owner_of(cells, context),
    }
    parent = cells.text("parent", 200)
    row = FirmRow(
        name=name,
        domain=domain,
        key=((context.options.system or "import")[:40], number) if number else None,
        values=values,
        created_at=cells.moment("created_at"),
        parent=parent,
        parent_domain=parent.lower() if _DOMAIN.fullmatch(parent.lower()) else "",
        tags=tuple(tag[:60] for tag in cells.texts("tags", split=",;|")),
    )
    return None if cells.rejected else row


class FirmImporter:
    """Companies by id of the other system, web domain, or name without legal form, or by the one chosen."""

    def __init__(self, batch: Batch, *, dry: bool) -> None:
        self.batch = batch
        self.companies = Companies(batch)
        self.labels = Labels(batch, Company)

    def load(self, drafts: list[FirmRow]) -> None:
        """Look up the companies of these rows."""
        self.companies.load(
            names=[name for draft in drafts for name in (draft.name, draft.parent)],
            domains=[domain for draft in drafts for domain in (draft.domain, draft.parent_domain)],
            keys=[draft.key for draft in drafts if draft.key],
        )
        if any(draft.tags for draft in drafts):
            names = [tag for draft in drafts for tag in draft.tags]
            self.labels.load(names=names, owners=self.companies.known())

    def plan(self, draft: FirmRow) -> Outcome:
        """Find or make the company, and note what changes."""
        context = self.batch.context
        firm = self._find(draft)
        values = {**draft.values, "domain": draft.domain}
        if draft.key and context.options.match in ("domain", "name"):
            owner = self.companies.find(key=draft.key)
            if owner is not None and owner is not firm:
                self.batch.note("id_taken", "external_id")
                draft = replace(draft, key=None)
        if draft.key:
            values |= {"external_source": draft.key[0], "external_id": draft.key[1]}
        if firm is None:
            if not (name_key(draft.name) or draft.domain):
                raise RowRejected("nothing_to_identify", fields="name, domain")
            values = {name: value for name, value in values.items() if value is not None}
            values.setdefault("owner_id", context.options.owner)
            values["created_at"] = draft.created_at or context.now
            firm = self.companies.create(name=draft.name or draft.domain, values=values)
            self._belongs(firm, draft)
            self.labels.add(firm, draft.tags)
            return "created"
        if context.options.existing == "skip" and not firm.new:
            return "unchanged"
        if draft.name:
            values["name"] = draft.name
            if firm.mentioned and firm.new:
                self.companies.introduce(firm, draft.name)
        if firm.record.external_id:
            values.pop("external_source", None)
            values.pop("external_id", None)
        changed = self.companies.change(firm, values)
        changed |= self._belongs(firm, draft)
        changed |= bool(draft.tags) and self.labels.add(firm, draft.tags)
        return "updated" if changed else "unchanged"

    def _find(self, draft: FirmRow) -> Firm | None:
        """The company the row is about, by the key that was chosen. Raises RowRejected."""
        match = self.batch.context.options.match
        if match == "key":
            return self.companies.find(key=draft.key)
        if match in ("domain", "name"):
            by = {match: getattr(draft, match)}
            if self.companies.several(**by):
                raise RowRejected("company_ambiguous", match)
            return self.companies.find(**by)
        firm = self.companies.find(name=draft.name, domain=draft.domain, key=draft.key)
        if firm is not None and draft.key and self._is_another(firm.record, draft.key):
            return None  # same name or domain, but another record of the same system
        return firm

    def _belongs(self, firm: Firm, draft: FirmRow) -> bool:
        """Hang the company under its parent, which is made when nobody is called so."""
        if not (name_key(draft.parent) or draft.parent_domain):
            return False
        parent = self.companies.find(name=draft.parent, domain=draft.parent_domain)
        if parent is None:
            values = {"domain": draft.parent_domain, "owner_id": self.batch.context.options.owner}
            parent = self.companies.mention(name=draft.parent, values=values)
        return self.companies.belong(firm, parent)

    def _is_another(self, company: Company, key: tuple[str, str]) -> bool:
        """The other system says that this is not the record found by name."""
        return company.external_source == key[0] and company.external_id not in ("", key[1])

    def flush(self) -> None:
        """Write companies, then their labels."""
        self.companies.flush()
        self.labels.flush()
        self.batch.flush()

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self.companies.forget()
        self.labels.forget()
        self.batch.forget()
