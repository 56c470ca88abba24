"""Reads of imports."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from .labels import RECORDS
from .messages import message_of
from .models import ImportProblem, ImportRun

_KEPT_SHOWN = 50
State = ImportRun.State


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeCount:
    """How often one thing was wrong."""

    code: str
    message: str
    count: int
    rejects: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRecord:
    """What undo left as it is, why ("changed", "used"), and the imports that did so."""

    kind: Any
    name: str
    why: str
    holders: list[ImportRun]


def problems(*, run: ImportRun, code: str = "") -> QuerySet[ImportProblem]:
    """What was wrong, in the order of the file; only one kind of problem with `code`."""
    worse = ImportProblem.objects.filter(run=OuterRef("run"), row=OuterRef("row"), rejects=True)
    rows = run.problems.order_by("row", "pk").annotate(row_rejected=Exists(worse))
    return rows.filter(code=code) if code else rows


def problem_counts(*, run: ImportRun) -> list[CodeCount]:
    """Each kind of problem, rejections first, then by frequency."""
    rows = run.problems.values("code", "rejects").annotate(n=Count("id")).order_by("-rejects", "-n", "code")
    found: list[CodeCount] = []
    for row in rows:
        first = run.problems.filter(code=row["code"], rejects=row["rejects"]).first()
        text = message_of(row["code"], first.params if first else {})
        found.append(CodeCount(code=row["code"], message=text, count=row["n"], rejects=row["rejects"]))
    return found


def undoable(*, run: ImportRun) -> bool:
    """Whether there is something to take back, also of a run that was undone in part."""
    if run.dry_run or run.state not in (State.DONE, State.FAILED, State.UNDONE):
        return False
    if run.state == State.UNDONE:
        return run.changes.exclude(kept="").exists()
    return bool(run.created or run.updated or run.events or run.changes.exists())


def kept(*, run: ImportRun) -> tuple[int, list[KeptRecord]]:
    """How many records an undo left as they are, and the first of them."""
    rows = run.changes.exclude(kept="")
    found: list[KeptRecord] = []
    runs = ImportRun.objects.in_bulk(run.summary.get("held_by", []))
    for change in rows.order_by("pk")[:_KEPT_SHOWN]:
        record = apps.get_model(change.model)._base_manager.filter(pk=change.object_id).first()
        name = str(record) if record is not None else f"#{change.object_id}"
        kind = RECORDS.get(change.model, change.model)
        holders = [runs[pk] for pk in change.held_by if pk in runs]
        found.append(KeptRecord(kind=kind, name=name, why=change.kept, holders=holders))
    return rows.count(), found


def rejected_rows(*, run: ImportRun) -> tuple[list[str], Iterator[list[Any]]]:
    """Headings and rejected rows of a run, with the reason and the line behind."""
    is_log = run.kind == ImportRun.Kind.ACCESS_LOG
    headers = [_("Line")] if is_log else [str(name) for name in run.mapping.get("headers", [])]
    return [*headers, _("Import problem"), _("Row in the file")], _rejected(run)


def _rejected(run: ImportRun) -> Iterator[list[Any]]:
    row = -1
    raw: list[Any] = []
    reasons: list[str] = []
    for problem in run.problems.filter(rejects=True).order_by("row", "pk").iterator(chunk_size=2_000):
        if problem.row != row or problem.raw:
            if reasons:
                yield [*raw, " · ".join(reasons), row]
            row, raw, reasons = problem.row, list(problem.raw), []
        reasons.append(f"{problem.column}: {problem.message}" if problem.column else problem.message)
    if reasons:
        yield [*raw, " · ".join(reasons), row]
