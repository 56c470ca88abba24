"""The imports of the past on the console: list them, take one back."""

import sys
from typing import Any

import click

from trichter.config.language import gettext as _
from trichter.config.language import ngettext, number

from .importing import SHOWN, and_more, guarded, language_of_the_house, progress


def list_past() -> None:
    from trichter.connect.imports.models import ImportRun

    for run in ImportRun.objects.all()[:50]:
        name = f"{run.file_name}: {run.message}" if run.failure else run.file_name
        figures = _("{created:>9} new {updated:>8} changed {rejected:>7} rejected").format(
            created=number(run.created), updated=number(run.updated), rejected=number(run.rejected)
        )
        click.echo(
            f"{run.pk:>5} {run.created_at:%Y-%m-%d %H:%M} {run.get_kind_display():<18} "
            f"{run.get_state_display():<19} {figures}  {name}"
        )


def take_back(pk: int, *, yes: bool) -> None:
    from trichter.connect.imports.models import ImportRun
    from trichter.connect.imports.queries import undoable
    from trichter.core.journal.followers import catch_up

    run = ImportRun.objects.filter(pk=pk).first()
    if run is None:
        raise click.ClickException(_("there is no import {run}").format(run=pk))
    if run.state == ImportRun.State.UNDONE and not undoable(run=run):
        click.echo(_("Import {run} is undone; nothing of it is left.").format(run=run.pk))
        return
    if not yes and sys.stdin.isatty():
        question = _("Undo “{name}”: {created} new, {updated} changed?")
        click.confirm(
            question.format(name=run, created=number(run.created), updated=number(run.updated)), abort=True
        )
    waiting = [run]
    while waiting:
        # What this import alone held of others that were undone goes with it.
        waiting += _take_back(waiting.pop(0))
    with language_of_the_house():
        catch_up()


def _take_back(run: Any) -> list[Any]:
    """Undo one import, say what has stayed and why; returns the undone imports that have become freer."""
    from trichter.connect.imports.undo import undo

    freer: list[Any] = []
    with progress(_("Undoing")) as say:
        guarded(run, lambda: freer.extend(undo(run=run, by=None, say=say)))
    run.refresh_from_db()
    kept = run.changes.exclude(kept="").order_by("pk")
    said = _("Import {run} is undone, but not all of it.") if kept else _("Import {run} is undone.")
    click.echo(said.format(run=run.pk))
    for change in kept[:SHOWN]:
        click.echo(f"  {_named(change)}: {_why_kept(change)}")
    if kept.count() > SHOWN:
        click.echo(and_more(kept.count() - SHOWN))
    if holders := run.summary["held_by"]:
        said = ngettext(
            "Undo import {numbers} as well, and the rest of import {run} goes, too.",
            "Undo imports {numbers} as well, and the rest of import {run} goes, too.",
            len(holders),
        )
        click.echo("  " + said.format(numbers=", ".join(map(str, holders)), run=run.pk))
    elif kept:
        said = _("`trichter import --undo {run}` takes back later what nobody uses any more.")
        click.echo("  " + said.format(run=run.pk))
    return freer


def _why_kept(change: Any) -> str:
    """Why an undo has left a record as it is, and which later imports hold it."""
    changed = change.kept == "changed"
    if not change.held_by:
        return _("kept, changed since") if changed else _("kept, used since")
    said = (
        ngettext("kept, changed by import {runs}", "kept, changed by imports {runs}", len(change.held_by))
        if changed
        else ngettext("kept, used by import {runs}", "kept, used by imports {runs}", len(change.held_by))
    )
    return said.format(runs=", ".join(map(str, change.held_by)))


def _named(change: Any) -> str:
    """A record as people know it: its kind, what it is called, and its number."""
    from django.apps import apps

    model = apps.get_model(change.model)
    record = model._base_manager.filter(pk=change.object_id).first()
    name = f" “{record}”" if record is not None else ""
    return f"{model._meta.verbose_name}{name} (#{change.object_id})"
