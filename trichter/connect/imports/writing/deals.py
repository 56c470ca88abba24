"""Rows about deals: the record as it stands, and its way through the pipeline as events."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from trichter.close.pipeline.models import Deal
from trichter.core.events import DealLost, DealOpened, DealReopened, DealStageReached, DealWon
from trichter.core.events import Event as Fact
from trichter.core.journal.actions import Entry
from trichter.core.journal.bulk import insert_records
from trichter.kit.ids import hash_hex, stable_uuid
from trichter.kit.text import domain_of, fold, split_name

from .batch import Batch, Outcome, RowRejected, save_fields
from .companies import Companies, Firm, name_key
from .dealrows import DealRow
from .holders import Holder, change
from .people import EMAIL, KEY, People, Someone
from .pipelines import Pipelines

FIELDS = (
    "name",
    "person_id",
    "company_id",
    "owner_id",
    "pipeline_id",
    "stage_id",
    "amount",
    "currency",
    "status",
    "lost_reason",
    "opened_at",
    "closed_at",
    "stage_since",
    "expected_close",
    "external_source",
    "external_id",
)
_CHUNK = 400


class _Deal(Holder[Deal]):
    __slots__ = ("firm", "someone")

    def __init__(self, record: Deal, *, new: bool, batch: Batch) -> None:
        super().__init__(record, new=new, batch=batch)
        self.someone: Someone | None = None
        self.firm: Firm | None = None


class DealImporter:
    """Deals by number; their people by address, or by name where the file has no addresses."""

    def __init__(self, batch: Batch, *, dry: bool) -> None:
        self.batch = batch
        self.people = People(batch, lock=not dry)
        self.companies = Companies(batch)
        self.pipelines = Pipelines(batch)
        self._deals: dict[tuple[str, str], _Deal] = {}
        self._asked: set[tuple[str, str]] = set()
        self._by_pk: dict[int, _Deal] = {}
        self._named: dict[tuple[str, str], list[_Deal]] = {}
        self._titles: set[str] = set()
        self._called: set[int] = set()
        self._fresh: list[_Deal] = []
        self._touched: dict[tuple[str, str], _Deal] = {}

    def load(self, drafts: list[DealRow]) -> None:
        """Look up deals, people and companies of these rows."""
        self.people.load([(EMAIL, draft.email) for draft in drafts])
        self.people.load([(KEY, _name_number(draft)) for draft in drafts if draft.contact])
        self.people.load_names(_plain(draft.contact) for draft in drafts if draft.contact)
        self.companies.load(
            names=[draft.company for draft in drafts], domains=[domain_of(draft.email) for draft in drafts]
        )
        self.pipelines.load()
        wanted: dict[str, set[str]] = {}
        for source, number in {draft.key for draft in drafts} - self._asked:
            wanted.setdefault(source, set()).add(number)
            self._asked.add((source, number))
        for source, numbers in wanted.items():
            ordered = sorted(numbers)
            for start in range(0, len(ordered), _CHUNK):
                part = ordered[start : start + _CHUNK]
                rows = Deal.objects.filter(external_source=source, external_id__in=part)
                for deal in rows.select_related("pipeline", "stage"):
                    self._deals[source, deal.external_id] = self._held(deal)
        if self.batch.context.options.match == "name":
            self._load_named(drafts)
            drafts = [self._own_key(draft) for draft in drafts]
        self.batch.load_uids(
            [
                _uid(draft.key, DealStageReached.kind, self.pipelines.spelled(draft.pipeline, stage), at)
                for draft in drafts
                for stage, at in draft.reached.items()
            ]
        )

    def _held(self, deal: Deal) -> _Deal:
        return self._by_pk.setdefault(deal.pk, _Deal(deal, new=False, batch=self.batch))

    def _load_named(self, drafts: list[DealRow]) -> None:
        """Look up the deals that are called as these rows say, capitals aside (SQLite: those of ASCII)."""
        wanted = {draft.title for draft in drafts} - self._titles
        self._titles |= wanted
        spelled = sorted({form for title in wanted for form in (title, title.lower(), _ascii_lower(title))})
        for start in range(0, len(spelled), _CHUNK):
            part = spelled[start : start + _CHUNK]
            rows = Deal.objects.annotate(low=Lower("name")).filter(Q(name__in=part) | Q(low__in=part))
            for deal in rows.select_related("pipeline", "stage", "company").order_by("pk"):
                if deal.pk not in self._called:
                    self._called.add(deal.pk)
                    self._name(self._held(deal), deal.company.name if deal.company else "")

    def _name(self, deal: _Deal, company: str) -> None:
        self._named.setdefault((fold(deal.record.name), name_key(company)), []).append(deal)

    def _of_name(self, draft: DealRow) -> list[_Deal]:
        """Deals of this name and company; of a row without a company, of this name."""
        title, firm = fold(draft.title), name_key(draft.company)
        if firm:
            return self._named.get((title, firm), [])
        return [deal for (name, _firm), found in self._named.items() if name == title for deal in found]

    def _own_key(self, draft: DealRow) -> DealRow:
        """The row under the key that its deal has already, so that its steps are known again.

        A deal without one takes the row's, and keeps it when it is a number of the other system.
        """
        found = self._of_name(draft)
        if len(found) != 1:
            return draft
        record = found[0].record
        key = (record.external_source, record.external_id) if record.external_id else draft.key
        holder = self._deals.get(key)
        if holder is not None and holder is not found[0]:
            key = (draft.key[0], f"~deal-{record.pk}")
        self._deals[key] = found[0]
        return replace(draft, key=key)

    def plan(self, draft: DealRow) -> Outcome:
        """Find or make the deal, and note every step of its way that the journal does not know."""
        if self.batch.context.options.match == "name":
            if len(self._of_name(draft)) > 1:
                raise RowRejected("deal_ambiguous", "title")
            before, draft = draft.key, self._own_key(draft)
            taken = self._deals.get(before)
            if not self._of_name(draft) and taken is not None:
                self.batch.note("id_taken", "external_id")
                draft = replace(draft, key=(before[0], "~" + hash_hex("named", *before, fold(draft.title))))
        deal = self._deals.get(draft.key)
        if deal is None:
            self._create(draft)
            if self.batch.context.options.match == "name":
                self._name(self._deals[draft.key], draft.company)
            return "created"
        if self.batch.context.options.existing == "skip" and not deal.new:
            return "unchanged"
        changed = self._update(deal, draft)
        if changed and not deal.new:
            self._touched[draft.key] = deal
        return "updated" if changed else "unchanged"

    def _create(self, draft: DealRow) -> None:
        context = self.batch.context
        at = draft.opened_at or draft.latest or context.now
        record = Deal(
            name=draft.title,
            amount=draft.amount,
            currency=draft.currency,
            opened_at=at,
            expected_close=draft.expected,
            external_source=draft.key[0],
            external_id=draft.key[1],
            owner_id=draft.owner if draft.owner is not None else context.options.owner,
        )
        deal = _Deal(record, new=True, batch=self.batch)
        self._deals[draft.key] = deal
        self._fresh.append(deal)
        self._people_of(deal, draft, at=at)
        pipeline = self.pipelines.pipeline(draft.pipeline)
        record.pipeline = pipeline
        for stage in draft.reached:  # in the order of the columns, which is that of the pipeline
            self.pipelines.stage(pipeline, stage, probability=None)
        self._event(
            deal, draft, lambda: DealOpened(deal=record.pk, name=record.name, pipeline=pipeline.name), at=at
        )
        self._steps(deal, draft)
        current = draft.stage or max(draft.reached, key=lambda stage: draft.reached[stage], default="")
        if current:
            record.stage = self.pipelines.stage(pipeline, current, probability=draft.probability)
            record.stage_since = draft.reached.get(current) or draft.latest or at
            if current not in draft.reached:
                self._reached(deal, draft, current, at=draft.ended_at or draft.latest or at)
        else:
            record.stage = self.pipelines.first(pipeline)
            if record.stage is not None:
                self._reached(deal, draft, record.stage.name, at=at)
        if draft.status in ("won", "lost"):
            self._close(deal, draft, at=draft.ended_at or draft.latest or at)

    def _people_of(self, deal: _Deal, draft: DealRow, *, at: datetime) -> None:
        """Whose deal it is; somebody unknown becomes a contact at the date of the deal."""
        deal.someone = self._someone(draft, at=at)
        if deal.someone is None:
            self.batch.note("no_person")
        mail = domain_of(draft.email)
        deal.firm = self.companies.of_contact(name=draft.company, domain="", mail_domain=mail, at=at)
        if deal.firm and deal.someone and deal.someone.new:
            self.people.join(deal.someone, deal.firm)

    def _someone(self, draft: DealRow, *, at: datetime) -> Someone | None:
        owner = draft.owner if draft.owner is not None else self.batch.context.options.owner
        if draft.email:
            someone = self.people.by(EMAIL, draft.email)
            if someone is None:
                values = {"email": draft.email, "owner_id": owner}
                someone = self.people.create(at=at, values=values, source=draft.source)
                self.people.link(someone, kind=EMAIL, value=draft.email, at=at)
            return someone
        if not draft.contact:
            return None
        number = _name_number(draft)
        if (known := self.people.by(KEY, number)) is not None:
            return known
        alike = self.people.named(_plain(draft.contact))
        if len(alike) == 1:
            return alike[0]
        if alike:
            self.batch.note("contact_ambiguous", "contact_email")
            return None
        name = split_name(draft.contact)
        values = {
            "first_name": name.first[:100],
            "last_name": name.last[:100],
            "title": name.title[:40],
            "salutation": name.salutation,
            "owner_id": owner,
        }
        someone = self.people.create(at=at, values=values, source=draft.source)
        self.people.link(someone, kind=KEY, value=number, at=at)
        return someone

    def _update(self, deal: _Deal, draft: DealRow) -> bool:
        context, record = self.batch.context, deal.record
        values: dict[str, Any] = {
            "name": draft.title,
            "amount": draft.amount,
            "owner_id": draft.owner,
            "lost_reason": draft.lost_reason,
            "expected_close": draft.expected,
            "currency": draft.currency if draft.amount is not None else "",
        }
        if context.options.match == "name" and not record.external_id and not draft.key[1].startswith("~"):
            values |= {"external_source": draft.key[0], "external_id": draft.key[1]}
        earlier = self.batch.earlier(deal)
        changed = change(deal, values, batch=self.batch)
        if record.person_id is None and deal.someone is None and (draft.email or draft.contact):
            deal.someone = self._someone(draft, at=record.opened_at)
            if deal.someone is not None:
                self._before(deal, "person_id")
                changed = True
        changed |= self._steps(deal, draft)
        if earlier:
            return changed  # where the deal stands, its first row has said
        changed |= self._move(deal, draft)
        if draft.status is not None and draft.status != record.status:
            if draft.status == "open":
                self._reopen(deal, draft)
            else:
                if record.status != Deal.Status.OPEN:
                    self._reopen(deal, draft)
                self._close(deal, draft, at=draft.ended_at or context.now)
            changed = True
        return changed

    def _move(self, deal: _Deal, draft: DealRow) -> bool:
        """The stage where it stands now. Entered when the file says, else when we learn of it."""
        record = deal.record
        pipeline = self.pipelines.pipeline(draft.pipeline) if draft.pipeline else record.pipeline
        if not draft.stage:
            return False
        stage = self.pipelines.stage(pipeline, draft.stage, probability=draft.probability)
        if record.stage is stage or (record.stage_id is not None and record.stage_id == stage.pk):
            return False
        for name in ("stage_id", "pipeline_id", "stage_since"):
            self._before(deal, name)
        record.pipeline, record.stage = pipeline, stage
        record.stage_since = draft.reached.get(draft.stage) or self.batch.context.now
        if draft.stage not in draft.reached:
            self._reached(deal, draft, draft.stage, at=self.batch.context.now)
        return True

    def _steps(self, deal: _Deal, draft: DealRow) -> bool:
        """The stages entered at known dates; True when one was not in the journal."""
        new = False
        for stage, at in sorted(draft.reached.items(), key=lambda pair: pair[1]):
            new |= self._reached(deal, draft, stage, at=at)
        return new

    def _reached(self, deal: _Deal, draft: DealRow, name: str, *, at: datetime) -> bool:
        record = deal.record
        stage = self.pipelines.stage(record.pipeline, name, probability=None)

        def fact() -> Fact:
            return DealStageReached(
                deal=record.pk,
                name=record.name,
                pipeline=record.pipeline.name,
                stage=stage.name,
                position=stage.position,
            )

        return self._event(deal, draft, fact, at=at, kind=DealStageReached.kind, stage=stage.name)

    def _close(self, deal: _Deal, draft: DealRow, *, at: datetime) -> None:
        record = deal.record
        won = draft.status == "won"
        for name in ("status", "closed_at", "lost_reason"):
            self._before(deal, name)
        record.status, record.closed_at = (Deal.Status.WON if won else Deal.Status.LOST), at
        record.lost_reason = "" if won else draft.lost_reason

        def fact() -> Fact:
            name, pipeline = record.name, record.pipeline.name
            if won:
                return DealWon(deal=record.pk, name=name, pipeline=pipeline)
            return DealLost(deal=record.pk, name=name, pipeline=pipeline, reason=record.lost_reason)

        self._event(deal, draft, fact, at=at, kind=(DealWon if won else DealLost).kind)

    def _reopen(self, deal: _Deal, draft: DealRow) -> None:
        record, at = deal.record, self.batch.context.now
        for name in ("status", "closed_at", "lost_reason"):
            self._before(deal, name)
        record.status, record.closed_at, record.lost_reason = Deal.Status.OPEN, None, ""
        pipeline = record.pipeline.name
        self._event(
            deal,
            draft,
            lambda: DealReopened(deal=record.pk, name=record.name, pipeline=pipeline),
            at=at,
            kind=DealReopened.kind,
        )

    def _before(self, deal: _Deal, name: str) -> None:
        if not deal.new:
            deal.before.setdefault(name, getattr(deal.record, name))

    def _event(
        self,
        deal: _Deal,
        draft: DealRow,
        fact: Callable[[], Fact],
        *,
        at: datetime,
        kind: str = DealOpened.kind,
        stage: str = "",
    ) -> bool:
        record, run = deal.record, self.batch.context.run
        uid = _uid(draft.key, kind, stage, at)
        value, currency = record.amount, record.currency if record.amount is not None else ""

        def make() -> Entry:
            own = deal.someone.own if deal.someone else self.people.own_of(record.person_id)
            return Entry(
                fact=fact(), at=at, uid=uid, identity=own or None, batch=run, value=value, currency=currency
            )

        if not self.batch.event(make, uid=uid):
            return False
        self.people.acts(deal.someone, pk=record.person_id)
        return True

    def flush(self) -> None:
        """Companies, people and pipelines, then deals, then what happened to them."""
        self.companies.flush()
        self.people.flush()
        self.pipelines.flush()
        for deal in (*self._fresh, *self._touched.values()):
            record = deal.record
            if deal.someone is not None:
                record.person_id = deal.someone.record.pk
            if deal.firm is not None:
                record.company_id = deal.firm.record.pk
            record.pipeline_id = record.pipeline.pk
            record.stage_id = record.stage.pk if record.stage is not None else None
        insert_records([deal.record for deal in self._fresh])
        for deal in self._fresh:
            self.batch.created(deal.record, FIELDS)
        for deal in self._touched.values():
            save_fields(deal.record, deal.before)
            self.batch.updated(deal.record, deal.before)
        self._fresh, self._touched = [], {}
        self.batch.flush()

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self.companies.forget()
        self.people.forget()
        self.pipelines.forget()
        self._fresh, self._touched = [], {}
        self.batch.forget()


def _ascii_lower(text: str) -> str:
    """As SQLite puts a text into small letters."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _plain(contact: str) -> str:
    """A contact's name without title and salutation, as people are called."""
    name = split_name(contact)
    return " ".join(part for part in (name.title, name.first, name.last) if part)


def _name_number(draft: DealRow) -> str:
    """The identity of somebody known by name and company only."""
    return (
        f"import:name-{hash_hex('contact', fold(draft.contact), name_key(draft.company))}"
        if draft.contact
        else ""
    )


def _uid(key: tuple[str, str], kind: str, stage: str, at: datetime) -> UUID:
    """The uid that `pipeline.actions` gives the same step, so that both ways agree on what is known."""
    return stable_uuid("pipeline.deal", *key, kind, stage, at.astimezone(UTC).isoformat())
