"""Taking a person out of everything, and what an erasure would do.

First the mentions in other people's rows, in small transactions, while we still know whom to look for; then
what belongs to the person, in one. Until that one commits nothing is lost by starting again.

Events stay as facts about nobody: they move to one new identity with a random value, so that funnels still
count one actor where there was one, and lose their personal fields. Nothing leads from there to the person:
the identities, the links and the record are gone.
"""

import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q

from trichter.core.accounts import audit
from trichter.core.consent.actions import forget
from trichter.core.events import registry as kinds
from trichter.core.journal.actions import identify, retract_identities
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Link, Person
from trichter.kit.personal import TAX

from . import files
from .foreign import ALSO_PERSONAL, GONE
from .registry import Holding
from .subject import Subject, Tick

ERASED_KIND = "erased"
_EVENTS = 1_000
_TAX_YEARS = 8


@dataclass(frozen=True, kw_only=True)
class Line:
    """What happens to the rows of one model. `until`: the last day on which kept rows must be kept."""

    label: str
    rows: int
    act: str
    reason: str = ""
    until: date | None = None


@dataclass(kw_only=True)
class Report:
    """Counts by model: rows deleted, emptied or kept, mentions taken out, files removed."""

    lines: list[Line] = field(default_factory=list)
    mentions: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)

    @property
    def named(self) -> list[tuple[str, int]]:
        """Mentions by model, for a page."""
        return sorted(self.mentions.items())

    def to_json(self) -> dict[str, Any]:
        """For the log: numbers and names of tables, nothing about the person."""
        return {
            "rows": {line.label: {"n": line.rows, "act": line.act} for line in self.lines},
            "mentions": dict(self.mentions),
            "files": len(self.files),
        }


def preview(subject: Subject) -> Report:
    """What `erase` would do, by the same code. Other people's events are left out: there are too many of them
    to look through while somebody waits.
    """
    report = Report(lines=_lines(subject))
    for holding, _row, columns in subject.mentions(skip=("journal.Event",)):
        report.mentions[holding.label] += len(columns)
    report.files = [str(getattr(row, name).name) for _h, row, name in files.naming(subject.values)]
    return report


def _lines(subject: Subject) -> list[Line]:
    found = []
    for holding, rows in subject.rows():
        count = rows.count()
        if count:
            found.append(_line(holding, rows, count))
    return found


def _line(holding: Holding, rows: "models.QuerySet[models.Model]", count: int) -> Line:
    held, label = holding.held, holding.label
    if label == "journal.Event":
        return Line(label=label, rows=count, act="unnamed")
    if held.rows in ("delete", "own") and label != "auditlog.LogEntry":
        return Line(label=label, rows=count, act="deleted")
    if TAX in held.keep.values():
        last = rows.aggregate(last=models.Max(held.since))["last"]
        until = date(last.year + _TAX_YEARS, 12, 31) if last else None
        return Line(label=label, rows=count, act="kept", reason=TAX, until=until)
    return Line(label=label, rows=count, act="emptied")


def erase(subject: Subject, *, at: datetime, tick: Tick = lambda: None) -> Report:
    """Take the person out of everything. Returns what was done."""
    report = Report(lines=_lines(subject))
    with audit.silent():
        for holding, row, columns in subject.mentions():
            with transaction.atomic():
                _scrub(subject, holding, row, columns)
                if isinstance(row, Event):  # copies of the journal read this identity's events anew
                    retract_identities(identities=[row.identity_id or 0])
            report.mentions[holding.label] += len(columns)
            tick()
        for _holding, row, name in files.naming(subject.values):
            report.files.append(str(getattr(row, name).name))
            files.remove(row, name)
            tick()
        _overwrite()
        with transaction.atomic():
            _own_rows(subject, at=at)
    return report


def _overwrite() -> None:
    """SQLite would leave what is deleted in free pages of the file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _scrub(subject: Subject, holding: Holding, row: models.Model, columns: list[str]) -> None:
    changed: dict[str, Any] = {}
    for name in columns:
        if name in holding.held.whole:
            whole = [one for one in holding.held.whole if not _file(holding.model, one)]
            changed |= {one: _empty(holding.model, one) for one in whole}
        else:
            field_ = holding.model._meta.get_field(name)
            value = subject.values.cleaned(getattr(row, name))
            limit = getattr(field_, "max_length", None)
            changed[name] = value[:limit] if limit and isinstance(value, str) else value
    holding.model._base_manager.filter(pk=row.pk).update(**changed)


def _own_rows(subject: Subject, *, at: datetime) -> None:
    # Whoever links an identity, merges or edits the person now waits, and then finds nobody.
    list(Person.objects.select_for_update().filter(pk__in=subject.people).order_by("pk"))
    forget(identities=list(subject.identities), at=at)
    # All of them are found before the first is cut: some lead to the person through another one.
    owned = [
        (holding, list(rows.values_list("pk", flat=True)))
        for holding, rows in subject.rows()
        if holding.held.rows in ("keep", "delete") or holding.label == "auditlog.LogEntry"
    ]
    for holding, ids in owned:
        if holding.label == "auditlog.LogEntry":
            _empty_log(holding.model._base_manager.filter(pk__in=ids))
        elif holding.held.rows == "keep":
            _cut(holding, ids, subject.people)
    for holding, ids in owned:
        if holding.held.rows == "delete":
            holding.model._base_manager.filter(pk__in=ids).delete()
    _unname_events(subject)
    Person.objects.filter(pk__in=subject.people).update(merged_into=None)
    Link.objects.filter(Q(person__in=subject.people) | Q(identity__in=list(subject.identities))).delete()
    Person.objects.filter(pk__in=subject.people).delete()
    Identity.objects.filter(pk__in=list(subject.identities)).delete()


def _cut(holding: Holding, ids: list[Any], people: list[int]) -> None:
    """Rows that stay: empty what is personal, and cut what leads to the person."""
    changes: dict[str, Any] = {name: _empty(holding.model, name) for name in holding.held.erase}
    for path in holding.held.subject:
        if "__" not in path:
            here = holding.model._base_manager.filter(**{"pk__in": ids, f"{path}__in": people})
            here.update(**{path: None})
    if changes:
        holding.model._base_manager.filter(pk__in=ids).update(**changes)


def _empty_log(rows: Any) -> None:
    """Who did what and when stays; what it was about and the values before and after go."""
    for row in rows.iterator(chunk_size=500):
        details = row.additional_data or {}
        kept = {name: value for name, value in details.items() if name in ("event", "request")}
        changes = {name: ["", ""] for name in (row.changes or {})}
        type(row)._base_manager.filter(pk=row.pk).update(
            object_repr="", serialized_data=None, changes_text="", changes=changes, additional_data=kept
        )


def _unname_events(subject: Subject) -> None:
    old = list(subject.identities)
    new = identify(kind=ERASED_KIND, value=secrets.token_hex(16))
    events = Event.objects.filter(identity_id__in=old)
    Event.objects.filter(Q(kind__in=GONE) & Q(identity_id__in=old)).delete()
    while part := list(events.order_by("pk")[:_EVENTS]):
        for event in part:
            event.identity_id = new
            event.data = unnamed(kind=event.kind, data=subject.values.cleaned(event.data))
            # What follows the path may be a token or an address.
            event.page = subject.values.cleaned(re.split(r"[?#]", event.page)[0])[:500]
            event.content, event.term = map(subject.values.cleaned, (event.content, event.term))
        Event.objects.bulk_update(part, ["identity", "data", "page", "content", "term"], batch_size=200)
    # Followers, stages and columns count these actors anew.
    retract_identities(identities=[*old, new])


def unnamed(*, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """An event's facts without its personal fields; they stay as empty texts, so that it can be read."""
    cls = kinds.get(kind)
    personal = {*(cls.personal if cls else data), *ALSO_PERSONAL.get(kind, ())}
    return {name: ("" if name in personal else value) for name, value in data.items()}


def _empty(model: type[models.Model], name: str) -> Any:
    found: Any = model._meta.get_field(name)
    if isinstance(found, models.JSONField):
        return None if found.null else (found.default() if callable(found.default) else {})
    if isinstance(found, models.BinaryField):
        return b""
    return "" if found.blank else "–"


def _file(model: type[models.Model], name: str) -> bool:
    return isinstance(model._meta.get_field(name), models.FileField)
