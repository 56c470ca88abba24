"""Bringing a file in: preparing a run, working it off, ending it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.consent.models import ConsentRecord
from trichter.core.events import ImportFinished
from trichter.core.jobs.actions import enqueue
from trichter.core.journal.actions import Entry, record
from trichter.core.shell.queries import company_zone, installation
from trichter.kit.ids import stable_uuid
from trichter.kit.tables import Sheet

from .cells import Reading
from .models import ImportProblem, ImportRun
from .options import Options, as_decimal
from .parsing.catalogue import Kind, presets
from .parsing.picking import Picker
from .problems import ImportFailed
from .reading import Plan, check_span, digest, open_table, remember
from .running import Counts, Item, Say, TableRun, now_for
from .stages import consent_words, lifecycle_words
from .writing.batch import Context
from .writing.owners import owners

State = ImportRun.State


def _silence(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def run_table(
    *,
    run: ImportRun,
    path: Path,
    plan: Plan,
    options: Options,
    dry: bool = False,
    say: Say = _silence,
    stop: Callable[[], bool] = bool,
    report: Callable[[list[Item]], None] | None = None,
    sheet: Sheet | None = None,
) -> TableRun:
    """Work a table off, from where an earlier attempt stopped, to the end.

    With `dry` nothing is written but, when the run is stored, its problems and counts. Raises ImportFailed;
    the run is then failed, with the reason, and what was written until then can be undone.
    """
    try:
        check_span(cast(Kind, run.kind), plan, options)
        sheet = sheet or open_table(path, options, kind=run.kind)
    except ImportFailed as error:
        fail(run=run, error=error)
        raise
    table = TableRun(
        run=run,
        sheet=sheet,
        picker=Picker(sheet.headers, plan.fields, plan.constants),
        reading=_reading(run, sheet, options, preset=plan.preset),
        context=_context(run, plan, options, dry=dry),
        dry=dry,
        say=say,
        stop=stop,
        report=report,
    )
    if run.pk is not None:
        _begin(run, path=path, dry=dry)
        if not dry:
            table.counts = _resumed(run)
            for model, pk in run.changes.values_list("model", "object_id"):
                table.context.spoken[model].add(pk)
    try:
        table.go()
    except ImportFailed as error:
        fail(run=run, error=error)
        raise
    except (OperationalError, InterfaceError):
        fail(run=run, error=ImportFailed("busy"))
        raise
    if run.pk is not None:
        _finish(run, table, dry=dry)
        if not dry:
            remember(cast(Kind, run.kind), sheet.headers, plan.fields, options.match)
    return table


def _reading(run: ImportRun, sheet: Sheet, options: Options, *, preset: str) -> Reading:
    company = installation()
    known = next((one for one in presets(cast(Kind, run.kind)) if one.name == preset), None)
    return Reading(
        zone=company_zone(),
        now=now_for(run),
        currency=options.currency or company.currency,
        region=company.phone_region,
        decimal=as_decimal(options.decimal) or sheet.decimal,
        date_order=options.date_order or sheet.date_order or (known.date_order if known else None),
    )


def _context(run: ImportRun, plan: Plan, options: Options, *, dry: bool) -> Context:
    company = installation()
    return Context(
        run=None if dry else run.pk,
        now=now_for(run),
        evidence=f"Import: {run.file_name}"[:200],
        options=replace(options, system=options.system or plan.preset),
        region=company.phone_region,
        currency=options.currency or company.currency,
        owners=owners(),
        stages=lifecycle_words(),
        purposes=consent_words(),
        by=str(run.created_by or ""),
    )


def _begin(run: ImportRun, *, path: Path, dry: bool) -> None:
    """Take the run in hand; refuse one whose file is not the one it began with."""
    found = digest([path])
    if run.fingerprint and run.fingerprint != found and run.position:
        raise ImportFailed("changed_file")
    run.fingerprint, run.failure, run.state, run.dry_run = found, {}, State.RUNNING, dry
    if dry or not run.position:
        # What an earlier try found and counted is not part of this attempt.
        ImportProblem.objects.filter(run=run).delete()
        run.rows_read = run.created = run.updated = run.unchanged = run.rejected = run.events = 0
        run.summary, run.finished_at = {}, None
    run.save()


def _resumed(run: ImportRun) -> Counts:
    run.refresh_from_db()
    return Counts(
        read=run.rows_read,
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        rejected=run.rejected,
        events=run.events,
        position=run.position,
    )


def _finish(run: ImportRun, table: TableRun, *, dry: bool) -> None:
    counts = table.counts
    run.rows_read, run.created, run.updated = counts.read, counts.created, counts.updated
    run.unchanged, run.rejected, run.events = counts.unchanged, counts.rejected, counts.events
    if dry:
        run.state, run.position = State.UPLOADED, 0
        run.summary = {"problems": dict(table.codes), "consents": dict(table.tally)}
        run.finished_at = timezone.now()
        run.save()
        return
    finish(run=run)


@transaction.atomic
def finish(*, run: ImportRun, summary: dict[str, Any] | None = None) -> None:
    """Close a run that has written its last row, and tell the journal when it changed anything."""
    run.state, run.finished_at = State.DONE, timezone.now()
    run.summary = {
        "records": records_of(run),
        "problems": problems_of(run),
        "consents": consents_of(run),
        **(summary or {}),
    }
    if run.created or run.updated or run.events:
        fact = ImportFinished(run=run.pk, rows=run.rows_read)
        record(Entry(fact=fact, at=run.finished_at, uid=stable_uuid("imports.run", run.pk), batch=run.pk))
    run.save()
    if run.file:
        run.file.delete(save=True)
    audit.note(
        user=run.created_by,
        action=audit.IMPORTED,
        target=run,
        details={"kind": run.kind, "file": run.file_name, "created": run.created, "updated": run.updated},
    )


def records_of(run: ImportRun) -> dict[str, list[int]]:
    """Records made and changed, by model."""
    found: dict[str, list[int]] = {}
    rows = (
        run.changes.values("model", "created").annotate(n=Count("object_id", distinct=True)).order_by("model")
    )
    for row in rows:
        pair = found.setdefault(row["model"], [0, 0])
        pair[0 if row["created"] else 1] += row["n"]
    return found


def consents_of(run: ImportRun) -> dict[str, int]:
    """Consents given and withdrawn, and addresses suppressed."""
    changed = run.changes.values_list("object_id", flat=True)
    written = ConsentRecord.objects.filter(pk__in=changed.filter(model="consent.consentrecord"))
    found = dict(written.values_list("decision").annotate(n=Count("id")).order_by("decision"))
    if suppressed := changed.filter(model="mail.suppression").count():
        found["suppressed"] = suppressed
    return found


def problems_of(run: ImportRun) -> dict[str, int]:
    """How often each problem occurred, the most frequent first."""
    rows = run.problems.values("code").annotate(n=Count("id")).order_by("-n", "code")
    return {row["code"]: row["n"] for row in rows}


def fail(*, run: ImportRun, error: ImportFailed) -> None:
    """Say why a run stopped; it may be run again and goes on where it stopped."""
    if run._state.adding:
        return
    ImportRun.objects.filter(pk=run.pk).update(
        state=State.FAILED, failure={"code": error.code, "params": error.params}, finished_at=timezone.now()
    )
    run.refresh_from_db()


def refuse(
    *, kind: str, paths: Sequence[Path], options: Options, error: ImportFailed, user: Any = None
) -> ImportRun:
    """Keep on record that somebody came with files that cannot be read, and why; nothing else is kept."""
    run = new_run(kind=kind, paths=paths, plan=None, options=options, user=user)
    fail(run=run, error=error)
    return run


def work_off(*, run: ImportRun, path: Path | None, dry: bool, say: Say, stop: Callable[[], bool]) -> None:
    """Work off a run that was uploaded, with the mapping and options stored in it. Raises ImportFailed."""
    from .logs import LogRun

    if path is None or not path.exists():
        error = ImportFailed("no_file")
        fail(run=run, error=error)
        raise error
    options = Options.from_json(run.options)
    if run.kind == ImportRun.Kind.ACCESS_LOG:
        LogRun(run=run, paths=[path], dry=dry, say=say, stop=stop).go()
        return
    mapping = run.mapping
    plan = Plan(fields=mapping["fields"], constants=mapping["constants"], preset=run.preset)
    run_table(run=run, path=path, plan=plan, options=options, dry=dry, say=say, stop=stop)


@transaction.atomic
def start(*, run: ImportRun, user: Any, dry: bool = False) -> bool:
    """Hand a run to the worker; False when it is being worked on, or done, already."""
    ready = ImportRun.objects.filter(pk=run.pk, state__in=[State.UPLOADED, State.FAILED])
    if not ready.update(state=State.RUNNING, dry_run=dry, failure={}):
        return False
    job = enqueue(name="imports.run", payload={"run": run.pk, "dry": dry}, user=user)
    ImportRun.objects.filter(pk=run.pk).update(job=job.pk)
    return True


@transaction.atomic
def start_undo(*, run: ImportRun, user: Any) -> bool:
    """Hand the undoing of a run, or of what is left of it, to the worker; False when it cannot be undone."""
    from .undo import reopen

    if not ImportRun.objects.filter(pk=run.pk).exclude(state=State.UNDOING).exists():
        return False
    try:
        if not reopen(run):
            return False
    except ImportFailed:
        return False
    job = enqueue(name="imports.undo", payload={"run": run.pk, "by": user.pk if user else None}, user=user)
    ImportRun.objects.filter(pk=run.pk).update(job=job.pk)
    return True


def new_run(
    *,
    kind: str,
    paths: Sequence[Path],
    plan: Plan | None,
    options: Options,
    headers: Sequence[str] = (),
    user: Any = None,
    dry: bool = False,
) -> ImportRun:
    """A run for files on this machine; unsaved when it is only tried out."""
    names = ", ".join(path.name for path in paths)
    run = ImportRun(
        kind=kind,
        file_name=names if len(names) <= 255 else f"{names[:250]} …",
        options=options.to_json(),
        mapping={"fields": plan.fields, "constants": plan.constants, "headers": list(headers)}
        if plan
        else {},
        preset=plan.preset if plan else "",
        created_by=user,
        dry_run=dry,
        fingerprint=digest(paths),
    )
    if not dry:
        run.save()
    return run
