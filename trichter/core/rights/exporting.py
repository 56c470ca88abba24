"""Everything held about a person as one ZIP: data.json for machines, index.html to read."""

import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from trichter.core.people.headlines import headline
from trichter.core.people.panels import stage_names
from trichter.core.shell.queries import installation

from . import files
from .registry import Holding
from .subject import Subject

_MOST_FILES = 200


def collect(subject: Subject) -> dict[str, Any]:
    """All rows about the person by model, the places elsewhere that name them, and the files that do."""
    stages = {key: str(stage.label) for key, stage in stage_names().items()}
    sections: list[dict[str, Any]] = []
    for holding, rows in subject.rows():
        if holding.label == "journal.Event":
            rows = rows.order_by("at", "pk")
        entries = [_row(holding, row, stages) for row in rows.iterator(chunk_size=1_000)]
        if entries:
            title = str(capfirst(holding.model._meta.verbose_name_plural))
            sections.append({"model": holding.label, "title": title, "rows": entries})
    own = {(section["model"], row["id"]) for section in sections for row in section["rows"]}
    mentions = [
        {
            "model": holding.label, "title": str(capfirst(holding.model._meta.verbose_name)),
            "id": str(row.pk), "column": name, "text": subject.values.snippet(getattr(row, name)),
        }
        for holding, row, columns in subject.mentions()
        if (holding.label, str(row.pk)) not in own
        for name in columns
    ]  # fmt: skip
    named = [str(getattr(row, name).name) for _h, row, name in files.naming(subject.values)]
    return {"sections": sections, "mentions": mentions, "files": named[:_MOST_FILES]}


def _row(holding: Holding, row: models.Model, stages: dict[str, str]) -> dict[str, Any]:
    fields = []
    for field in holding.model._meta.concrete_fields:
        value = getattr(row, field.attname)
        if value not in (None, "", [], {}):
            shown = value if isinstance(value, dict | list | str | int | bool) else str(value)
            fields.append({"name": field.name, "label": str(capfirst(field.verbose_name)), "value": shown})
    title = headline(row, stages=stages) if holding.label == "journal.Event" else str(row)  # type: ignore[arg-type]
    return {"id": str(row.pk), "title": title, "fields": fields}


def write(subject: Subject, *, path: Path, at: datetime) -> int:
    """Write the ZIP; it appears under its name when it is complete. Returns the rows in it."""
    found = collect(subject)
    data = {"person": subject.person.pk, "exported_at": at.isoformat(), **found}
    context = {**found, "person": subject.person, "at": at, "company": installation().name}
    partial = path.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, default=str))
        packed.writestr("index.html", render_to_string("rights/export.html", context))
        packed.writestr("readme.txt", _("index.html is for reading, data.json for other programs."))
    partial.chmod(0o600)
    partial.replace(path)
    return sum(len(section["rows"]) for section in found["sections"])
