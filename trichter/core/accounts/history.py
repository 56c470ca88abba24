"""Log entries as people read them.

A note's details have a label here, by their key. A feature whose details hold code words says at start how
they are read: `history.VALUES.setdefault("stage", reader)`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from auditlog.models import LogEntry
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from trichter.core.shell.history import Change, HistoryLine
from trichter.core.shell.resource import registry

from . import audit, roles, tokens

_LONGEST = 200
Reader = Callable[[str], Promise | str]

DETAILS: dict[str, Promise] = {
    "absorbed": pgettext_lazy("detail of the audit log", "merged record"),
    "address": pgettext_lazy("detail of the audit log", "address"),
    "after": pgettext_lazy("detail of the audit log", "after"),
    "before": pgettext_lazy("detail of the audit log", "before"),
    "called_off": pgettext_lazy("detail of the audit log", "mails called off"),
    "complained": pgettext_lazy("detail of the audit log", "complaints"),
    "created": pgettext_lazy("detail of the audit log", "records created"),
    "device": pgettext_lazy("detail of the audit log", "device"),
    "events": pgettext_lazy("detail of the audit log", "events removed"),
    "file": pgettext_lazy("detail of the audit log", "file"),
    "for": pgettext_lazy("detail of the audit log", "for"),
    "format": pgettext_lazy("detail of the audit log", "format"),
    "journey": pgettext_lazy("detail of the audit log", "journey"),
    "kind": pgettext_lazy("detail of the audit log", "kind"),
    "list": pgettext_lazy("detail of the audit log", "list"),
    "merge": pgettext_lazy("detail of the audit log", "number of the merge"),
    "parts": pgettext_lazy("detail of the audit log", "parts made"),
    "people": pgettext_lazy("detail of the audit log", "people"),
    "query": pgettext_lazy("detail of the audit log", "filter"),
    "reason": pgettext_lazy("detail of the audit log", "reason given"),
    "revision": pgettext_lazy("detail of the audit log", "version of the text"),
    "roles": pgettext_lazy("detail of the audit log", "roles"),
    "rows": pgettext_lazy("detail of the audit log", "rows"),
    "scopes": pgettext_lazy("detail of the audit log", "allowed to"),
    "seconds": pgettext_lazy("detail of the audit log", "seconds"),
    "sent": pgettext_lazy("detail of the audit log", "mails sent"),
    "side": pgettext_lazy("detail of the audit log", "signed for"),
    "soft": pgettext_lazy("detail of the audit log", "mails put off"),
    "stage": pgettext_lazy("detail of the audit log", "stage of the lifecycle"),
    "team": pgettext_lazy("detail of the audit log", "team"),
    "tried": pgettext_lazy("detail of the audit log", "mails tried"),
    "type": pgettext_lazy("detail of the audit log", "type of factor"),
    "updated": pgettext_lazy("detail of the audit log", "records changed"),
    "version": pgettext_lazy("detail of the audit log", "version"),
    "what": pgettext_lazy("detail of the audit log", "what"),
}


def _role(key: str) -> Promise | str:
    return roles.BY_KEY[key].label if key in roles.BY_KEY else key


def _listed_under(key: str) -> Promise | str:
    """What was exported: a kind of record, or the log itself."""
    return registry[key].plural if key in registry else {"audit": gettext_lazy("Audit log")}.get(key, key)


def reader_of(choices: Iterable[tuple[Any, Promise | str]]) -> Reader:
    """Reads a stored choice; one that this release does not know as it is."""
    labels = {str(value): label for value, label in choices}
    return lambda value: labels.get(value, value)


VALUES: dict[str, Reader] = {
    "after": _role,
    "before": _role,
    "format": reader_of(
        [("xlsx", "Excel"), ("csv", "CSV"), ("csv-de", gettext_lazy("CSV for Excel in German"))]
    ),
    "roles": _role,
    "scopes": reader_of(tokens.SCOPES),
    "type": reader_of(Authenticator.Type.choices),
    "what": _listed_under,
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the log. `actor`: user id; `kind`: the record's kind; `record`: what it was called then.

    `details`: values by their labels, both in the reader's language.
    """

    id: int
    at: datetime
    who: str
    actor: int | None
    address: str
    what: str
    kind: str
    record: str
    object_id: int | None
    model: int
    changes: tuple[Change, ...]
    details: dict[str, str]


def entries(*, rows: Iterable[LogEntry]) -> list[Entry]:
    """Log entries with names instead of numbers; one query per kind of related record at most."""
    found = list(rows)
    names, read = _names(rows=found), cache(_read)
    return [_entry(row=row, names=names, read=read) for row in found]


def history(*, obj: models.Model, limit: int = 100) -> list[Entry]:
    """The newest entries about one record, for the “History” tab of its page."""
    return entries(rows=audit.history_of(obj)[:limit])


def lines_of(obj: models.Model) -> list[HistoryLine]:
    """The same for the record pages of the shell."""
    return [
        HistoryLine(at=entry.at, who=entry.who, action=_said(entry), changes=entry.changes)
        for entry in history(obj=obj)
    ]


def _said(entry: Entry) -> str:
    details = " · ".join(f"{key}: {value}" for key, value in entry.details.items())
    return f"{entry.what} ({details})" if details else str(entry.what)


def _entry(*, row: LogEntry, names: dict[tuple[str, str], str], read: Callable[[str, str], str]) -> Entry:
    extra = dict(row.additional_data or {})
    event = extra.pop("event", "")
    words = {0: _("Created"), 1: _("Changed"), 2: _("Deleted")}
    return Entry(
        id=row.pk,
        at=row.timestamp,
        who=str(row.actor) if row.actor else (row.actor_email or ""),
        actor=row.actor_id,
        address=row.remote_addr or "",
        what=str(audit.ACTIONS.get(event, event) if event else words.get(row.action, "")),
        kind=capfirst(_model(row)._meta.verbose_name) if _model(row) else "",
        record=row.object_repr,
        object_id=row.object_id,
        model=row.content_type_id,
        changes=_changes(row=row, names=names),
        details={
            str(DETAILS.get(key, key)): ", ".join(
                read(key, str(one)) for one in (value if isinstance(value, list) else [value])
            )
            for key, value in extra.items()
            if value not in ("", [])
        },
    )


def _read(key: str, value: str) -> str:
    return str(VALUES.get(key, str)(value))


def _model(row: LogEntry) -> Any:
    return row.content_type.model_class()


def _changes(*, row: LogEntry, names: dict[tuple[str, str], str]) -> tuple[Change, ...]:
    model = _model(row)
    found: list[Change] = []
    for name, pair in (row.changes or {}).items():
        if model is None or not isinstance(pair, list) or len(pair) != 2 or name == "id":
            continue
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        old, new = (_shown(field=field, value=value, names=names) for value in pair)
        if old != new:
            found.append(Change(label=str(capfirst(field.verbose_name)), old=old, new=new))
    return tuple(found)


def _shown(*, field: Any, value: Any, names: dict[tuple[str, str], str]) -> str:
    text = "" if value in (None, "None") else str(value)
    if not text:
        return ""
    if field.is_relation:
        return names.get((field.related_model._meta.label, text), f"#{text}")
    if field.choices:
        return str(dict(field.flatchoices).get(text, text))
    if isinstance(field, models.BooleanField):
        return _("yes") if text == "True" else _("no")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _names(*, rows: list[LogEntry]) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[str]] = {}
    for row in rows:
        model = _model(row)
        for name, pair in (row.changes or {}).items():
            if model is None or not isinstance(pair, list):
                continue
            field = next((one for one in model._meta.concrete_fields if one.name == name), None)
            if field is not None and field.is_relation:
                ids = {str(value) for value in pair if str(value).isdigit()}
                wanted.setdefault(field.related_model._meta.label, set()).update(ids)
    return {
        (label, str(obj.pk)): str(obj)
        for label, ids in wanted.items()
        for obj in apps.get_model(label)._base_manager.filter(pk__in=ids)
    }
