"""Bringing in a file as the tests do it, and what is in the database before and after."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps

from trichter.connect.imports.actions import new_run, run_table
from trichter.connect.imports.logs import LogRun
from trichter.connect.imports.models import ImportRun
from trichter.connect.imports.options import Options
from trichter.connect.imports.reading import open_table, propose, settle
from trichter.connect.imports.running import TableRun

# What an import writes about itself, and what stays when it is undone: that it happened.
_BOOKS = (
    "imports.",
    "auditlog.",
    "sessions.",
    "jobs.",
    "contenttypes.",
    "auth.",
    "journal.cursor",
    "lifecycle.stagechange",
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def bring_in(
    kind: str,
    path: Path,
    *,
    changes: dict[str, str] | None = None,
    dry: bool = False,
    stop: Callable[[], bool] = bool,
    run: ImportRun | None = None,
    **options: Any,
) -> TableRun:
    """Import a table with the guessed mapping."""
    chosen = Options(**options)
    sheet = open_table(path, chosen, kind=kind)
    plan = settle(kind, propose(kind, sheet), changes or {}, sheet.headers)  # type: ignore[arg-type]
    run = run or new_run(kind=kind, paths=[path], plan=plan, options=chosen, headers=sheet.headers, dry=dry)
    table = run_table(run=run, path=path, plan=plan, options=chosen, dry=dry, stop=stop)
    if run.pk:
        run.refresh_from_db()
    return table


def bring_in_logs(paths: Sequence[Path], *, dry: bool = False, **more: Any) -> LogRun:
    """Import access logs."""
    run = new_run(kind="access-log", paths=paths, plan=None, options=Options(), dry=dry)
    log = LogRun(run=run, paths=paths, dry=dry, **more)
    log.go()
    if run.pk:
        run.refresh_from_db()
    return log


def contents(*, journal: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the books of imports themselves."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if (
            label.startswith(_BOOKS)
            or not model._meta.managed
            or (not journal and label.startswith("journal."))
        ):
            continue
        found[label] = sorted(map(tuple, model._base_manager.values_list()), key=str)
    return found


def untouched() -> dict[str, list[tuple[Any, ...]]]:
    """The same without the journal's notes that something was taken back."""
    found = contents()
    found["journal.event"] = [row for row in found["journal.event"] if "events.retracted" not in row]
    return found


def counts(table: TableRun) -> tuple[int, int, int, int, int]:
    """Read, created, updated, unchanged, rejected."""
    found = table.counts
    assert found.created + found.updated + found.unchanged + found.rejected == found.read
    return found.read, found.created, found.updated, found.unchanged, found.rejected


def problems(table: TableRun) -> list[tuple[int, str, str, str]]:
    """Row, column, code, value of everything that was wrong."""
    return [(one.row, one.column, one.code, one.value) for one in table.run.problems.order_by("row", "pk")]
