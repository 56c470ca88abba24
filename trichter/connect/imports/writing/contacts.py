"""Rows about contacts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trichter.core.events import NoteAdded, OptInConfirmed, StageSet
from trichter.core.journal.bulk import insert_records
from trichter.core.people.models import Note, Person
from trichter.kit.text import domain_of, fold, parse_salutation, split_name

from ..cells import Cells
from .batch import Batch, Context, Outcome, RowRejected
from .companies import Companies
from .consents import Consents, Wish, read_wish
from .owners import owner_of
from .people import EMAIL, KEY, People, Someone
from .roles import address_form, buying_role
from .tags import Labels

_TEXTS = {
    "first_name": 100,
    "last_name": 100,
    "title": 40,
    "job_title": 120,
    "street": 160,
    "postcode": 16,
    "city": 100,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A row about somebody. `number`: key in the other system ("hubspot:7"); `values`: fields of `Person`."""

    email: str
    number: str
    values: dict[str, Any]
    more_emails: list[str] = field(default_factory=list)
    company: str = ""
    domain: str = ""
    created_at: datetime | None = None
    source: str = ""
    campaign: str = ""
    tags: Sequence[str] = ()
    notes: Sequence[str] = ()
    wish: Wish | None = None
    stage: str = ""


def read_contact(cells: Cells, context: Context) -> Contact | None:
    """A row as a contact; None, with the reason in `cells.problems`, when it cannot be one."""
    values: dict[str, Any] = {name: cells.text(name, limit) for name, limit in _TEXTS.items()}
    _names(cells, values)
    email = cells.email("email")
    number = cells.code("external_id", 200)
    values |= {
        "phone": cells.phone("phone"),
        "mobile": cells.phone("mobile"),
        "country": cells.country(),
        "language": cells.language(),
        "owner_id": owner_of(cells, context),
        "address_form": address_form(cells),
        "buying_role": buying_role(cells),
    }
    contact = Contact(
        email=email,
        number=f"{context.options.system or 'import'}:{number}" if number else "",
        values=values,
        more_emails=[one for one in cells.emails("emails2") if one != email],
        company=cells.text("company", 200),
        domain=cells.domain("website"),
        created_at=cells.moment("created_at"),
        source=cells.text("source", 120),
        campaign=cells.text("campaign", 160),
        tags=[tag[:60] for tag in cells.texts("tags", split=",;|")],
        notes=cells.prose("notes"),
        wish=read_wish(cells, context, email),
        stage=_stage(cells, context),
    )
    if not (
        email or number or values["phone"] or values["mobile"] or values["last_name"] or values["first_name"]
    ):
        cells.reject("nothing_to_identify", fields="email, external_id, last_name, phone")
    return None if cells.rejected else contact


def _names(cells: Cells, values: dict[str, Any]) -> None:
    """Salutation and the parts of a full name, where the file has no columns for them."""
    full = split_name(cells.text("full_name", 200)) if cells.has("full_name") else None
    if full and not (values["first_name"] or values["last_name"]):
        values["first_name"], values["last_name"] = full.first[:100], full.last[:100]
        values["title"] = values["title"] or full.title[:40]
    salutation = cells.text("salutation", 60)
    values["salutation"] = parse_salutation(salutation) or (full.salutation if full else "")


def _stage(cells: Cells, context: Context) -> str:
    text = cells.text("stage", 100)
    if not text or not context.options.stages:
        return ""
    key = context.stages.get(fold(text).strip(" ."))
    if key is None:
        cells.note("unknown_stage", "stage")
    return key or ""


class ContactImporter:
    """Contacts into people: one person per number and address, however they are written."""

    def __init__(self, batch: Batch, *, dry: bool) -> None:
        self.batch = batch
        self.people = People(batch, lock=not dry)
        self.companies = Companies(batch)
        self.labels = Labels(batch, Person)
        self.consents = Consents(batch)
        self._notes: list[tuple[Someone, Note]] = []
        self._texts: dict[int, set[str]] = defaultdict(set)
        self._dry = dry

    def load(self, drafts: list[Contact]) -> None:
        """Look up people, companies, labels, notes and consents of these rows."""
        if self.batch.context.options.match == "phone":
            self.people.load_phones([draft.values[name] for draft in drafts for name in ("mobile", "phone")])
        seen = [(EMAIL, one) for draft in drafts for one in (draft.email, *draft.more_emails)]
        self.people.load(seen + [(KEY, draft.number) for draft in drafts])
        for draft in drafts:
            if not (draft.email or draft.number):
                self._same(draft)
        self.companies.load(
            names=[draft.company for draft in drafts],
            domains=[one for draft in drafts for one in (draft.domain, domain_of(draft.email))],
        )
        if any(draft.tags for draft in drafts):
            known = [one.record.pk for one in self.people.known()]
            self.labels.load(names=[tag for draft in drafts for tag in draft.tags], owners=known)
        if any(draft.notes for draft in drafts):
            ids = [one.record.pk for one in self.people.known() if one.record.pk not in self._texts]
            for start in range(0, len(ids), 400):
                rows = Note.objects.filter(person_id__in=ids[start : start + 400])
                for person, text in rows.values_list("person_id", "text"):
                    self._texts[person].add(text)
        wishes = [(draft.email, draft.wish) for draft in drafts if draft.wish]
        self.consents.load(wishes)
        self.batch.load_uids([wish.consent.uid(address) for address, wish in wishes if wish.consent])

    def plan(self, draft: Contact) -> Outcome:
        """Find or make the person, and note what changes."""
        context = self.batch.context
        someone = self._find(draft)
        created = someone is None
        changed = False
        if someone is None:
            values = {name: value for name, value in draft.values.items() if value is not None}
            values.setdefault("owner_id", context.options.owner)
            at = draft.created_at or context.now
            someone = self.people.create(at=at, values=values, source=draft.source, campaign=draft.campaign)
        elif context.options.existing == "skip" and not someone.new:
            # The record stays as it is, but who does not want to be written to is heard.
            heard = draft.wish is not None and self.consents.plan(draft.email, draft.wish)
            return "updated" if heard else "unchanged"
        else:
            changed = self.people.change(someone, draft.values)
        changed |= self._identities(someone, draft)
        firm = self.companies.of_contact(
            name=draft.company,
            domain=draft.domain,
            mail_domain=domain_of(draft.email),
            at=draft.created_at or context.now,
        )
        # The domain of an address says where somebody works only while nothing better is known.
        if firm and (
            draft.company or draft.domain or (someone.record.company_id is None and not someone.firm)
        ):
            changed |= self.people.join(someone, firm)
        changed |= self._facts(someone, draft)
        return "created" if created else "updated" if changed else "unchanged"

    def _find(self, draft: Contact) -> Someone | None:
        """Who the row is about, by the key that was chosen. Raises RowRejected."""
        match = self.batch.context.options.match
        if match == "phone":
            found = self.people.phoned([draft.values["mobile"], draft.values["phone"]])
            if len(found) > 1:
                raise RowRejected("phone_ambiguous", "phone")
            if found:
                return found[0]
        someone = self.people.by(KEY, draft.number) if match in ("auto", "key") else None
        if someone is None and match in ("auto", "email"):
            someone = self.people.by(EMAIL, draft.email)
        if someone is None and not draft.email and not draft.number:
            someone = self._same(draft)
        return someone

    def _same(self, draft: Contact) -> Someone | None:
        """Somebody without address and number is known again by name and phone number."""
        name = " ".join(part for part in (draft.values["first_name"], draft.values["last_name"]) if part)
        phones = {draft.values["phone"], draft.values["mobile"]} - {""}
        if not name:
            return next((one for phone in sorted(phones) if (one := self.people.nameless(phone))), None)
        self.people.load_names([name])
        for someone in self.people.named(name):
            record = someone.record
            same_firm = not phones and not record.email
            if same_firm or phones & {record.phone, record.mobile}:
                return someone
        return None

    def _identities(self, someone: Someone, draft: Contact) -> bool:
        changed = False
        at = self.batch.context.now
        if draft.number:
            changed |= self.people.link(someone, kind=KEY, value=draft.number, at=at) == "new"
        for address in (draft.email, *draft.more_emails):
            if not address:
                continue
            done = self.people.link(someone, kind=EMAIL, value=address, at=at)
            changed |= done == "new"
            if done == "other":
                self.batch.note("other_person", "email" if address == draft.email else "emails2")
            if (done != "other" and address == draft.email) or (done == "new" and not someone.record.email):
                changed |= self.people.change(someone, {"email": address})
        return changed

    def _facts(self, someone: Someone, draft: Contact) -> bool:
        changed = False
        context = self.batch.context
        if draft.tags:
            changed |= self.labels.add(someone, draft.tags)
        for text in draft.notes:
            changed |= self._note(someone, text, at=draft.created_at or context.now)
        if draft.wish is not None:
            changed |= self.consents.plan(draft.email, draft.wish)
            if (given := draft.wish.consent) is not None:
                fact = OptInConfirmed(purpose=given.purpose, proof=given.proof)
                changed |= self.people.event(someone, fact=fact, at=given.at, uid=given.uid(draft.email))
        if draft.stage and someone.new:
            # When they came to this stage the file does not say; of people known here we know better.
            at = draft.created_at or context.now
            moved = StageSet(stage=draft.stage, reason=context.evidence[:300])
            changed |= self.people.event(someone, fact=moved, at=at)
        return changed

    def _note(self, someone: Someone, text: str, *, at: datetime) -> bool:
        known = self._texts[someone.record.pk or -id(someone)]
        if text in known:
            return False
        known.add(text)
        note = Note(text=text, created_at=at)
        self._notes.append((someone, note))

        def fact() -> NoteAdded:
            return NoteAdded(note=note.pk)

        self.people.event(someone, fact=fact, at=at)
        return True

    def flush(self) -> None:
        """Companies, people, labels, notes; then what happened to them."""
        self.companies.flush()
        self.people.flush()
        self.labels.flush()
        for someone, note in self._notes:
            note.person = someone.record
        insert_records([note for _, note in self._notes])
        for _, note in self._notes:
            self.batch.created(note, ("person_id", "text", "pinned"))
        self._notes = []
        self.consents.flush()
        self.batch.flush()

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self.companies.forget()
        self.people.forget()
        self.labels.forget()
        self._notes = []
        self.consents.forget()
        self.batch.forget()
