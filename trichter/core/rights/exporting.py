"""A copy of what is held about a person as one ZIP: index.html to read, data.json for programs, files.

It holds what the person has a right to (Art. 15 and 20 GDPR): the columns each model tells (`Held.told`).
What is about colleagues, secrets and numbers of ours stay inside (Art. 15 (4)).
"""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.people.panels import stage_names
from trichter.core.shell.queries import company_zone, installation

from . import files, labels, telling
from .readable import Line
from .registry import Holding
from .subject import Subject

_MOST_FILES = 200
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# The person first, what happened next, and what colleagues did to the record last.
_FIRST = (
    "people.Person", "people.Phone", "journal.Identity", "people.Link", "consent.ConsentPart",
    "webforms.Submission", "webforms.Upload", "orders.Order", "pipeline.Deal", "people.Note",
)  # fmt: skip
_LAST = ("journal.Event", "imports.ImportChange", "journal.ParkedEvent", "auditlog.LogEntry")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row in the copy. `title` is empty where the lines say it all."""

    title: str
    lines: list[Line]


@dataclass(frozen=True, kw_only=True)
class Section:
    """The rows of one model."""

    model: str
    title: str
    entries: list[Entry]


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A place elsewhere that names the person, with the words around it."""

    model: str
    title: str
    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What is handed out. `named`: names of files that mention the person; `own`: paths of theirs."""

    sections: list[Section]
    mentions: list[Mention]
    named: list[str]
    own: list[Path]

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(len(section.entries) for section in self.sections)


def collect(subject: Subject) -> Copy:
    """All rows about the person by model, the places elsewhere that name them, and the files that do."""
    stages = {key: str(stage.label) for key, stage in stage_names().items()}
    sections, seen, own = [], set(), []
    for holding, rows in sorted(subject.rows(), key=lambda one: _place(one[0].label)):
        if holding.label == "journal.Event":
            rows = rows.order_by("at", "pk")
        found = list(rows.select_related(*_related(holding)))
        seen |= {(holding.label, row.pk) for row in found}
        own += _own_files(holding, found)
        entries = [
            Entry(title=title, lines=told)
            for title, told in telling.entries(holding, found, stages=stages)
            if told or title
        ]
        if entries:
            title = labels.section(holding.model)
            sections.append(Section(model=holding.label, title=title, entries=entries))
    mentions = list(_mentions(subject, seen))
    named = [str(getattr(row, name).name) for _h, row, name in files.naming(subject.values)]
    return Copy(sections=sections, mentions=mentions, named=named[:_MOST_FILES], own=own)


def _related(holding: Holding) -> list[str]:
    """Records that are told by their name."""
    fields: Any = [holding.model._meta.get_field(name) for name in holding.held.told]
    return [field.name for field in fields if field.is_relation]


def _place(label: str) -> tuple[int, str]:
    if label in _FIRST:
        return _FIRST.index(label), ""
    return (len(_FIRST), label) if label not in _LAST else (len(_FIRST) + 1 + _LAST.index(label), "")


def _own_files(holding: Holding, rows: Iterable[models.Model]) -> list[Path]:
    """Files that the person sent: they get them back."""
    fields: Any = [holding.model._meta.get_field(name) for name in holding.held.told]
    names = [field.name for field in fields if isinstance(field, models.FileField)]
    stored = [getattr(row, name) for row in rows for name in names]
    return [Path(one.path) for one in stored if one and Path(one.path).is_file()]


def _mentions(subject: Subject, seen: set[tuple[str, Any]]) -> Iterator[Mention]:
    """Only the words around; addresses of others and names of colleagues in them are taken out."""
    mine = {text.casefold() for text in subject.values.texts}
    colleagues = sorted({user.get_full_name() for user in User.objects.all()} - {""}, key=len, reverse=True)
    others = re.compile("|".join([*map(re.escape, colleagues), _ADDRESS.pattern]))
    for holding, row, columns in subject.mentions():
        if (holding.label, row.pk) in seen:
            continue
        for name in columns:
            text = others.sub(
                lambda hit: hit[0] if hit[0].casefold() in mine else "[…]",
                subject.values.snippet(getattr(row, name)),
            )
            field: Any = holding.model._meta.get_field(name)
            yield Mention(
                model=holding.label, title=labels.table(holding.model), column=labels.column(field), text=text
            )


def write(subject: Subject, *, path: Path, at: datetime) -> int:
    """Write the ZIP; it appears under its name when it is complete. Returns the rows in it.

    In the person's language, where we speak it, and in the company's time zone.
    """
    spoken = subject.person.language[:2].lower()
    language = spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(company_zone()):
        found = collect(subject)
        names = _file_names(found.own)
        data = {
            "exported_at": at.isoformat(),
            "sections": [_for_programs(section) for section in found.sections],
            "mentions": [
                {"model": one.model, "title": one.title, "column": one.column, "text": one.text}
                for one in found.mentions
            ],
            "files": [*(f"files/{name}" for name in names), *found.named],
        }
        context = {
            "copy": found, "person": subject.person, "at": at, "company": installation().name,
            "zone": company_zone().key, "names": names,
        }  # fmt: skip
        page = render_to_string("rights/export.html", context)
        readme = _("index.html is for reading, data.json for other programs.")
    partial = path.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, default=str))
        packed.writestr("index.html", page)
        packed.writestr("readme.txt", readme)
        for name, stored in zip(names, found.own, strict=True):
            packed.write(stored, f"files/{name}")
    partial.chmod(0o600)
    partial.replace(path)
    return found.rows


def _file_names(paths: list[Path]) -> list[str]:
    return [f"{number}-{PurePath(path).name}" for number, path in enumerate(paths, 1)]


def _for_programs(section: Section) -> dict[str, Any]:
    rows = [
        {
            "title": entry.title,
            "fields": [
                {"name": line.name, "label": line.label or line.name, "value": line.value}
                for line in entry.lines
            ],
        }
        for entry in section.entries
    ]
    return {"model": section.model, "title": section.title, "rows": rows}
