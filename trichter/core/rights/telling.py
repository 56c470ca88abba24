"""What the person reads of each row: of most models their columns, of events, consents and the log more."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.consent.models import Channel, ConsentRecord
from trichter.core.journal.models import Event, Identity
from trichter.core.people.headlines import headline
from trichter.core.people.models import Link
from trichter.core.people.panels import purpose_name
from trichter.core.people.queries import PERSON_IDENTITY

from . import labels
from .readable import Line, lines, plain, words
from .registry import Holding, declared

Told = tuple[str, list[Line]]


def entries(holding: Holding, rows: Iterable[models.Model], *, stages: Mapping[str, str]) -> Iterator[Told]:
    """Title and lines of each row; the title is empty where the lines say it all."""
    if holding.label == "consent.ConsentPart":
        yield from _consents(rows)
        return
    special: dict[str, Callable[..., Told]] = {
        "journal.Event": _event, "auditlog.LogEntry": _logged, "imports.ImportChange": _imported,
    }  # fmt: skip
    tell = special.get(holding.label)
    for row in rows:
        if _ours(row):
            continue
        told = list(lines(row, holding.held.told, stages=stages))
        yield tell(row, told, stages) if tell else ("", told)


def _ours(row: Any) -> bool:
    """The record of the contact is an identity too, known by a number of ours."""
    identity = row if isinstance(row, Identity) else row.identity if isinstance(row, Link) else None
    return identity is not None and identity.kind == PERSON_IDENTITY


def _event(row: Event, told: list[Line], stages: Mapping[str, str]) -> Told:
    """The line of the timeline, and every field by its name."""
    kept = [_without_words(one) if one.name == "kind" else one for one in told if one.name != "data"]
    for name, value in row.data.items():
        if name in labels.EVENT_INNER or value in (None, "", [], {}):
            continue
        shown = "" if name in labels.EVENT_CODES else _event_words(name, value, stages)
        kept.append(Line(name=name, label=labels.event_field(name), value=plain(value), shown=shown))
    return headline(row, stages=stages), kept


def _event_words(name: str, value: Any, stages: Mapping[str, str]) -> str:
    match name:
        case "purpose":
            return purpose_name(str(value))
        case "channel":
            return str(dict(Channel.choices).get(str(value), value))
        case "stage":
            return stages.get(str(value), str(value))
    return words(value)


def _without_words(line: Line) -> Line:
    return Line(name=line.name, label=line.label, value=line.value, shown="")


def _logged(row: LogEntry, told: list[Line], _stages: Mapping[str, str]) -> Told:
    """What was done and when, with the values before and after; by whom stays inside."""
    done = (row.additional_data or {}).get("event", "")
    said = {0: _("Created"), 1: _("Changed"), 2: _("Deleted")}
    title = str(audit.ACTIONS.get(done, "")) if done else said.get(row.action, "")
    kept = [one for one in told if one.name == "timestamp"]
    model = row.content_type.model_class()
    if model is not None:
        title = f"{labels.section(model)}: {title}"
    changes = {
        name: pair
        for name, pair in (row.changes or {}).items()
        if name in _told_values(model) and isinstance(pair, list)
    }
    for name, pair in changes.items():
        field = _field(model, name)
        shown = [_logged_value(field, one) for one in pair]
        if len(set(shown)) > 1 or len(pair) == 1:
            text = " → ".join(one or "–" for one in shown)
            kept.append(Line(name=name, label=labels.column(field), value=pair, shown=text))
    return title, kept


def _logged_value(field: Any, stored: Any) -> str:
    """The log holds every value as text, moments in UTC."""
    if stored in (None, "None", ""):
        return ""
    if field.choices:
        return str({str(key): name for key, name in field.flatchoices}.get(str(stored), stored))
    try:
        value = field.to_python(stored)
    except ValidationError:
        value = stored
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return words(value)


def _imported(row: Any, told: list[Line], _stages: Mapping[str, str]) -> Told:
    """Only the columns that are told of the record that the import wrote."""
    model = apps.get_model(row.model)
    kept = [one for one in told if one.name == "created"]
    for line in told:
        if line.name in ("before", "after") and isinstance(line.value, dict):
            values = {name: one for name, one in line.value.items() if name in _told_values(model)}
            shown = words({labels.column(_field(model, name)): one for name, one in values.items()})
            if values:
                kept.append(Line(name=line.name, label=line.label, value=values, shown=shown))
    return labels.table(model), kept


def _told_values(model: type[models.Model] | None) -> list[str]:
    """Columns of a model whose values may be handed out; of links only numbers would be known."""
    held = declared(model) if model is not None else None
    if model is None or held is None:
        return []
    return [name for name in held.told if not _field(model, name).is_relation]


def _field(model: Any, name: str) -> Any:
    return model._meta.get_field(name)


def _consents(parts: Iterable[Any]) -> Iterator[Told]:
    """One entry for each statement: to what, by which way, in which words, when, and what proves it."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for part in parts:
        found.setdefault(part.record_id, {})[part.name] = part.content
    rows = ConsentRecord.objects.filter(pk__in=list(found)).select_related("purpose", "wording__purpose")
    for row in rows.order_by("at", "number"):
        yield _consent(row, found[row.pk])


def _consent(row: ConsentRecord, parts: Mapping[str, Mapping[str, Any]]) -> Told:
    purpose = row.purpose.name if row.purpose else ""
    decision = row.get_decision_display()
    values: list[tuple[str, Any, str]] = [
        ("purpose", row.purpose.key if row.purpose else "", purpose),
        ("decision", row.decision, decision),
        ("channel", row.channel, row.get_channel_display()),
        ("at", row.at, ""), ("expires_at", row.expires_at, ""),
        ("how", row.how, row.get_how_display()),
    ]  # fmt: skip
    if row.wording is not None:
        shown = row.wording.shown if row.how == ConsentRecord.How.BANNER else row.wording.text
        version = f"{row.wording.get_language_display()}, {row.wording.version}"
        values += [("wording", shown, ""), ("version", str(row.wording), version)]
    values.append(("number", row.number, ""))
    for name in ("subject", "proof", "network"):
        values += [(key, _moment(key, value), "") for key, value in parts.get(name, {}).items()]
    kept = [
        Line(
            name=name,
            label=capfirst(str(labels.CONSENT[name])),
            value=plain(value),
            shown=text or words(value),
        )
        for name, value, text in values
        if name in labels.CONSENT
        and value not in (None, "")
        and not (name == "identity" and str(value).startswith(f"{PERSON_IDENTITY}:"))
    ]
    return f"{purpose}: {decision}", kept


def _moment(key: str, value: Any) -> Any:
    """Moments of a proof are stored as texts."""
    if key.endswith("_at"):
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            return value
    return value
