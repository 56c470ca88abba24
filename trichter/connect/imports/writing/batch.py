"""What one batch of rows is going to write: records, changes of records, events."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from django.db import models

from trichter.core.journal.actions import Entry, record_many
from trichter.core.journal.bulk import insert
from trichter.core.journal.models import Event

from ..models import ImportChange
from ..options import Options

Outcome = Literal["created", "updated", "unchanged", "rejected"]
Before = dict[str, Any]
_CHANGE = ("run_id", "model", "object_id", "created", "before", "after", "undone", "kept", "held_by")


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What every row of a run shares. `run`: its id, None while trying out; `evidence` of new links.

    `purposes`: keys of purposes of consent by their folded names; `by`: who imports.
    `spoken`: by model, the ids of the records that rows written so far were about.
    """

    run: int | None
    now: datetime
    evidence: str
    options: Options
    region: str
    currency: str
    owners: Mapping[str, int]
    stages: Mapping[str, str]
    purposes: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    spoken: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


class Importer(Protocol):
    """One kind of table. A fresh one is made for every batch; in a dry run one serves for all."""

    def load(self, drafts: list[Any]) -> None:
        """Look up everything these drafts speak of."""
        ...

    def plan(self, draft: Any) -> Outcome:
        """Decide what becomes of one draft; raises `RowRejected` when it contradicts what is there."""
        ...

    def flush(self) -> None:
        """Write what has been planned, inside the transaction of the caller."""
        ...

    def forget(self) -> None:
        """Drop what has been planned but keep in mind how records would look: for a dry run."""
        ...


class RowRejected(Exception):
    """A sound row cannot be taken over because of what is in the database."""

    def __init__(self, code: str, field: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params


def plain(value: Any) -> Any:
    """A field's value as JSON keeps it; instants in UTC."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def snapshot(record: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Fields of a record by their column names (`company_id`), as JSON keeps them."""
    return {name: plain(getattr(record, name)) for name in names}


def record_changes(record: models.Model, before: Before) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that really differ now: values before and after."""
    old = {name: plain(value) for name, value in before.items()}
    new = snapshot(record, before)
    changed = [name for name in old if old[name] != new[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}


@dataclass
class Batch:
    """Events and changes in the order in which they are to be written.

    An event is a function, because the ids of new records are known only when they have been inserted.
    `row`: the line that is being planned; `tally`: consents given and withdrawn, addresses suppressed.
    """

    context: Context
    events: list[Callable[[], Entry]] = field(default_factory=list)
    changes: list[tuple[Any, ...]] = field(default_factory=list)
    known: set[UUID] = field(default_factory=set)
    notes: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    recorded: int = 0
    planned: int = 0
    row: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    spoken: list[Any] = field(default_factory=list)

    def earlier(self, holder: Any) -> bool:
        """Whether an earlier row of the file spoke of this record; remembers that the present one does."""
        record = holder.record
        if record.pk and record.pk in self.context.spoken[record._meta.label_lower]:
            return True
        if holder.row:
            return bool(holder.row != self.row)
        holder.row = self.row
        self.spoken.append(holder)
        return False

    def written(self) -> None:
        """What was planned has been committed: later batches know of whom it spoke."""
        for holder in self.spoken:
            self.context.spoken[holder.record._meta.label_lower].add(holder.record.pk)

    def load_uids(self, uids: Iterable[UUID]) -> None:
        """Find out which of these events are in the journal."""
        wanted = [uid for uid in uids if uid not in self.known]
        for start in range(0, len(wanted), 2_000):
            rows = Event.objects.filter(uid__in=wanted[start : start + 2_000])
            self.known.update(rows.values_list("uid", flat=True))

    def event(self, make: Callable[[], Entry], *, uid: UUID | None = None) -> bool:
        """Plan an event; False when its uid is in the journal or planned already."""
        if uid is not None:
            if uid in self.known:
                return False
            self.known.add(uid)
        self.events.append(make)
        return True

    def note(self, code: str, field: str = "", **params: Any) -> None:
        """Say something about the row that is being planned; it is taken over all the same."""
        self.notes.append((code, field, params))

    def created(self, record: models.Model, names: Iterable[str], **more: Any) -> None:
        """Remember a new record (inserted a moment ago) and how it looked."""
        self._change(record, created=True, before={}, after=snapshot(record, names) | more)

    def updated(self, record: models.Model, before: Before, **more: Any) -> None:
        """Remember the fields of a record that have been changed."""
        old, new = record_changes(record, before)
        if old or more:
            self._change(record, created=False, before=old, after=new | more)

    def _change(self, record: models.Model, *, created: bool, before: Before, after: dict[str, Any]) -> None:
        label = record._meta.label_lower
        self.changes.append((self.context.run, label, record.pk, created, before, after, False, "", []))

    def flush(self) -> None:
        """Write events and changes; records are in the database by now."""
        self.recorded += record_many([make() for make in self.events])
        insert(ImportChange, _CHANGE, self.changes)
        self.events, self.changes = [], []

    def forget(self) -> None:
        """Count what would have been recorded."""
        self.planned += len(self.events)
        self.events, self.changes = [], []


def save_fields(record: models.Model, before: Before) -> None:
    """Write the fields that were changed, without signals."""
    values = {name: getattr(record, name) for name in before}
    type(record)._base_manager.filter(pk=record.pk).update(**values)
