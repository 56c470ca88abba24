"""`trichter import`: bring in files, try them out, take them back."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click

from .setup import django_setup, prepare, speak_english

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_SHOWN = 20


@click.group("import", invoke_without_command=True)
@click.option("--undo", "undo_run", type=int, metavar="RUN", help="Take an import back, by its number.")
@click.option("--runs", "list_runs", is_flag=True, help="List the imports.")
@click.option("--yes", is_flag=True, help="Do not ask before undoing.")
@click.pass_context
def command(ctx: click.Context, undo_run: int | None, list_runs: bool, yes: bool) -> None:
    """Bring in access logs, contacts, companies, deals, orders, ad costs.

    Importing the same file again changes nothing. Exit codes: 0 everything was taken over (or tried out
    without a problem), 1 some rows were rejected (the others went in), 2 nothing could be done.
    """
    if ctx.invoked_subcommand is not None:
        return
    if undo_run is None and not list_runs:
        click.echo(ctx.get_help())
        return
    _ready()
    if list_runs:
        _list()
        return
    assert undo_run is not None
    _undo(undo_run, yes=yes)


@command.command("access-log")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Only read and count; nothing is written.")
@click.option("--own-domain", "domains", multiple=True, help="The site's domain (default: company settings).")
@click.option("--no-follow", is_flag=True, help="Leave stages and scores to the worker.")
def access_log(files: tuple[Path, ...], dry_run: bool, domains: tuple[str, ...], no_follow: bool) -> None:
    """Page views from logs of Apache and nginx: combined or common format, plain or gzip.

    Several files (rotated ones, overlapping ones) are read as one log, oldest first.
    """
    _ready()
    from trichter.connect.imports.actions import new_run
    from trichter.connect.imports.logs import LogRun
    from trichter.connect.imports.options import Options

    run = new_run(kind="access-log", paths=files, plan=None, options=Options(), dry=dry_run)
    _same_file(run)
    log = LogRun(run=run, paths=files, own_domains=domains, dry=dry_run)
    with _bar("Reading" if not dry_run else "Trying out") as say:
        log._say = say
        _guarded(run, log.go)
    rejected = log.tally.rejected.total()
    click.echo(f"{log.tally.lines:>10,} lines")
    click.echo(f"{log.created:>10,} page views {'would be ' if dry_run else ''}recorded")
    if log.known:
        click.echo(f"{log.known:>10,} page views known already")
    for reason, count in log.tally.left_out.most_common():
        click.echo(f"{count:>10,} left out: {_skipped(reason)}")
    if rejected:
        click.echo(f"{rejected:>10,} lines could not be read")
    summary = log.summary
    click.echo(f"{summary['visits']:>10,} visits of {summary['visitors']:,} visitors")
    if summary["span"]:
        click.echo(f"           {summary['span'][0][:16]} to {summary['span'][1][:16]} UTC")
    click.echo(
        f"           own domains: {', '.join(summary['own_domains']) or 'none known (see --own-domain)'}"
    )
    if not dry_run:
        _follow(run, no_follow)
    _bad_lines(log.problems, rejected)
    sys.exit(1 if rejected else 0)


def _bad_lines(problems: Sequence[Any], rejected: int) -> None:
    """Where lines of a log could not be read, and why; the file is named when there are several."""
    for problem in problems[:_SHOWN]:
        place = f"{problem.column}, line {problem.row}" if problem.column else f"line {problem.row}"
        click.echo(f"  {place}, position {problem.params.get('position')}: {problem.message}", err=True)
    if rejected > _SHOWN:
        click.echo(f"  … and {rejected - _SHOWN:,} more", err=True)


def _table_command(kind: str, text: str) -> None:
    """Add the command for one kind of table."""

    @command.command(kind, help=text)
    @click.argument("file", type=_FILE)
    @click.option(
        "--map",
        "maps",
        multiple=True,
        metavar="'COLUMN=FIELD'",
        help="What a column means; empty FIELD: leave it out.",
    )
    @click.option("--fields", "show_fields", is_flag=True, help="List the fields and stop.")
    @click.option(
        "--preset",
        default="",
        help="Read it as an export of hubspot, salesforce, pipedrive, zoho, mailchimp …",
    )
    @click.option("--dry-run", is_flag=True, help="Check every row and count; nothing is written.")
    @click.option("--yes", is_flag=True, help="Do not ask whether the columns are understood.")
    @click.option(
        "--errors",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write rejected rows to this CSV file.",
    )
    @click.option("--encoding", default="", help="If found wrongly: utf-8, windows-1252 …")
    @click.option("--delimiter", default="", help="If found wrongly: ';', ',', 'tab'.")
    @click.option("--sheet", default="", help="Worksheet of a workbook (default: the first).")
    @click.option("--decimal", type=click.Choice([",", "."]), default=None, help="Decimal mark.")
    @click.option("--dates", type=click.Choice(["dmy", "mdy"]), default=None, help="Order of day and month.")
    @click.option("--currency", default="", help="Currency of amounts that name none.")
    @click.option("--system", default="", help="Whose the IDs are (default: the preset, else “import”).")
    @click.option(
        "--existing",
        type=click.Choice(["update", "fill", "skip"]),
        default="update",
        show_default=True,
        help="Records that exist: overwrite with filled cells, fill gaps only, leave alone.",
    )
    @click.option(
        "--match",
        type=click.Choice(["auto", "email", "key", "phone"]),
        default="auto",
        show_default=True,
        help="Contacts are known by ID, then e-mail (auto), or by one of them or the phone number only.",
    )
    @click.option(
        "--purpose",
        default="newsletter",
        show_default=True,
        help="Key of the purpose that a plain yes in a consent column means.",
    )
    @click.option("--proof", default="", help="How the consents can be proved, for rows that do not say so.")
    @click.option("--no-follow", is_flag=True, help="Leave stages and scores to the worker.")
    def run_it(file: Path, **choices: Any) -> None:
        _table(kind, file, choices)


for _kind, _text in {
    "contacts": "People, from CSV or XLSX: one person per ID and e-mail address.",
    "companies": "Companies, from CSV or XLSX.",
    "deals": "Deals with their way through the pipeline, from CSV or XLSX.",
    "orders": "Orders with payments and refunds, from CSV or XLSX.",
    "ad-costs": "Advertising costs per day and campaign, from CSV or XLSX.",
}.items():
    _table_command(_kind, _text)


def _table(kind: str, file: Path, choices: dict[str, Any]) -> None:
    _ready()
    from trichter.connect.imports.actions import new_run, refuse, run_table
    from trichter.connect.imports.options import Options
    from trichter.connect.imports.parsing.catalogue import Kind, catalogue
    from trichter.connect.imports.problems import ImportFailed
    from trichter.connect.imports.reading import open_table, propose, settle, with_preset

    if choices["show_fields"]:
        for name, field in catalogue(cast(Kind, kind)).fields.items():
            click.echo(f"{name:<18} {field.type}")
        return
    delimiter = "\t" if choices["delimiter"] in ("tab", "\\t") else choices["delimiter"]
    options = Options(
        encoding=choices["encoding"],
        delimiter=delimiter,
        sheet=choices["sheet"],
        decimal=choices["decimal"] or "",
        date_order=choices["dates"] or "",
        currency=choices["currency"].upper(),
        system=choices["system"],
        existing=choices["existing"],
        match=choices["match"],
        consent_purpose=choices["purpose"],
        consent_proof=choices["proof"],
    )
    dry = choices["dry_run"]
    try:
        sheet = open_table(file, options)
    except ImportFailed as error:
        if not dry:
            refuse(kind=kind, paths=[file], options=options, error=error)
        raise _stop(error) from None
    try:
        table = cast(Kind, kind)
        proposal = (
            with_preset(table, sheet, choices["preset"]) if choices["preset"] else propose(table, sheet)
        )
        changes = _maps(choices["maps"])
        _show_mapping(sheet, proposal, changes)
        plan = settle(table, proposal, changes, sheet.headers)
    except ImportFailed as error:
        raise _stop(error) from None
    if not (dry or choices["yes"]) and sys.stdin.isatty():
        click.confirm("Import with these columns?", default=True, abort=True)
    run = new_run(kind=kind, paths=[file], plan=plan, options=options, headers=sheet.headers, dry=dry)
    _same_file(run)
    report = _Report(choices["errors"], sheet.headers)
    done: dict[str, Any] = {}
    with _bar("Trying out" if dry else "Importing") as say:

        def work() -> None:
            done["table"] = run_table(
                run=run, path=file, plan=plan, options=options, dry=dry, say=say, report=report, sheet=sheet
            )

        _guarded(run, work)
    report.close()
    counts = done["table"].counts
    would = "would be " if dry else ""
    click.echo(f"{counts.read:>10,} rows")
    for word in ("created", "updated", "unchanged", "rejected"):
        if number := getattr(counts, word):
            click.echo(f"{number:>10,} {would if word != 'unchanged' else ''}{word}")
    for word, what in (("given", "consents"), ("withdrawn", "opt-outs"), ("suppressed", "addresses")):
        if number := done["table"].tally[word]:
            verb = "suppressed" if word == "suppressed" else "entered in the ledger"
            click.echo(f"{number:>10,} {what} {would}{verb}")
    click.echo(f"{counts.events:>10,} events {would}recorded")
    report.print()
    if not dry:
        _follow(run, choices["no_follow"])
    sys.exit(1 if counts.rejected else 0)


def _ready() -> None:
    django_setup()
    prepare(verbose=False)
    speak_english()


def _language_of_the_house() -> Any:
    """What is written into the database does not depend on who reads the console."""
    from django.conf import settings
    from django.utils import translation

    return translation.override(settings.LANGUAGE_CODE)


class _Report:
    """Problems on the terminal (the first of them) and rejected rows in a file."""

    def __init__(self, path: Path | None, headers: tuple[str, ...]) -> None:
        self._lines: list[str] = []
        self._count = 0
        self._path = path
        self._file = path.open("w", encoding="utf-8-sig", newline="") if path else None
        self._writer = csv.writer(self._file, delimiter=";") if self._file else None
        if self._writer:
            self._writer.writerow([*headers, "Reason", "Row"])

    def __call__(self, items: list[Any]) -> None:
        from django.utils import translation

        with translation.override("en"):
            for item in items:
                self._add(item, [*item.problems, *item.noted])

    def _add(self, item: Any, problems: list[Any]) -> None:
        from trichter.connect.imports.rejects import reason_of, row_of

        for problem in problems:
            self._count += 1
            if len(self._lines) < _SHOWN:
                self._lines.append(reason_of(item.line, problem))
        if self._writer and any(problem.rejects for problem in problems):
            self._writer.writerow(row_of(item.cells, problems, item.line))

    def close(self) -> None:
        if self._file:
            self._file.close()

    def print(self) -> None:
        for line in self._lines:
            click.echo(f"  {line}", err=True)
        if self._count > len(self._lines):
            click.echo(f"  … and {self._count - len(self._lines):,} more", err=True)
        if self._path:
            click.echo(f"Rejected rows: {self._path}", err=True)


def _maps(maps: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in maps:
        column, equals, field = text.rpartition("=")
        if not equals or not column.strip():
            raise click.BadParameter(f"“{text}” is not of the form COLUMN=FIELD", param_hint="--map")
        found[column.strip()] = field.strip()
    return found


def _show_mapping(sheet: Any, proposal: Any, changes: dict[str, str]) -> None:
    kind = (
        "workbook" if sheet.kind == "xlsx" else f"{sheet.encoding}, “{sheet.delimiter}”".replace("\t", "tab")
    )
    click.echo(f"{kind}{f', {proposal.preset_title} export' if proposal.preset_title else ''}")
    first = next(iter(sheet.head(1)), None)
    width = min(max((len(header) for header in sheet.headers), default=6), 40)
    for at, header in enumerate(sheet.headers):
        guess = proposal.columns[header]
        field = changes.get(header, guess.field)
        why = "as you said" if header in changes else guess.reason.replace("_", " ")
        sample = str(first.cells[at])[:30] if first else ""
        click.echo(
            f"  {header[:40]:<{width}}  {'→ ' + field if field else '  (left out)':<22} {why:<16} {sample}"
        )
    for field, value in proposal.constants.items():
        click.echo(f"  {'':<{width}}  → {field:<20} every row: {value}")


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar whose length becomes known with the first step; nothing when nobody looks."""
    bar = click.progressbar(length=1, label=label, show_pos=False, width=30, file=sys.stderr)
    with bar:

        def say(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(max(0, done - bar.pos))

        yield say


def _guarded(run: Any, work: Callable[[], None]) -> None:
    from trichter.connect.imports.problems import ImportFailed

    try:
        with _language_of_the_house():
            work()
    except ImportFailed as error:
        raise _stop(error) from None
    except KeyboardInterrupt:
        if run.pk is not None:
            click.echo(f"\nStopped. `trichter import --undo {run.pk}` takes back what was written.", err=True)
        sys.exit(130)


class _Unusable(click.ClickException):
    """Nothing could be done with the file."""

    exit_code = 2


def _stop(error: Any) -> click.ClickException:
    from trichter.connect.imports.messages import message_of

    return _Unusable(message_of(error.code, error.params))


def _same_file(run: Any) -> None:
    from trichter.connect.imports.reading import same_file

    earlier = same_file(run)
    if earlier is not None:
        click.echo(
            f"This file was imported before (import {earlier.pk}, {earlier.created_at:%Y-%m-%d});"
            " what has not changed stays as it is."
        )


def _follow(run: Any, no_follow: bool) -> None:
    from trichter.core.journal.followers import catch_up

    if not no_follow:
        click.echo("Working out stages and scores …")
        with _language_of_the_house():
            catch_up()
    click.echo(f"Import {run.pk} is done. `trichter import --undo {run.pk}` takes it back.")


def _skipped(reason: str) -> str:
    from trichter.connect.imports.messages import SKIPPED

    return str(SKIPPED.get(reason, reason))


def _list() -> None:
    from trichter.connect.imports.models import ImportRun

    for run in ImportRun.objects.all()[:50]:
        name = f"{run.file_name}: {run.message}" if run.failure else run.file_name
        click.echo(
            f"{run.pk:>5} {run.created_at:%Y-%m-%d %H:%M} {run.kind:<11} {run.state:<9} "
            f"{run.created:>9,} new {run.updated:>8,} changed {run.rejected:>7,} rejected  {name}"
        )


def _undo(number: int, *, yes: bool) -> None:
    from trichter.connect.imports.models import ImportRun
    from trichter.connect.imports.queries import undoable
    from trichter.core.journal.followers import catch_up

    run = ImportRun.objects.filter(pk=number).first()
    if run is None:
        raise click.ClickException(f"there is no import {number}")
    if run.state == ImportRun.State.UNDONE and not undoable(run=run):
        click.echo(f"Import {run.pk} is undone; nothing of it is left.")
        return
    if not yes and sys.stdin.isatty():
        click.confirm(f"Undo “{run}”: {run.created:,} new, {run.updated:,} changed?", abort=True)
    waiting = [run]
    while waiting:
        # What this import alone held of others that were undone goes with it.
        waiting += _take_back(waiting.pop(0))
    with _language_of_the_house():
        catch_up()


def _take_back(run: Any) -> list[Any]:
    """Undo one import, say what has stayed and why; returns the undone imports that have become freer."""
    from trichter.connect.imports.undo import undo

    freer: list[Any] = []
    with _bar("Undoing") as say:
        _guarded(run, lambda: freer.extend(undo(run=run, by=None, say=say)))
    run.refresh_from_db()
    kept = run.changes.exclude(kept="").order_by("pk")
    click.echo(f"Import {run.pk} is undone{', but not all of it' if kept else ''}.")
    for change in kept[:_SHOWN]:
        by = f" by import {', '.join(map(str, change.held_by))}" if change.held_by else ""
        click.echo(f"  kept {_named(change)}: {change.kept} since{by}")
    if kept.count() > _SHOWN:
        click.echo(f"  … and {kept.count() - _SHOWN:,} more")
    if holders := run.summary["held_by"]:
        numbers = ", ".join(map(str, holders))
        click.echo(f"  Undo import {numbers} as well, and the rest of import {run.pk} goes, too.")
    elif kept:
        click.echo(f"  `trichter import --undo {run.pk}` takes back later what nobody uses any more.")
    return freer


def _named(change: Any) -> str:
    """A record as people know it: its kind, what it is called, and its number."""
    from django.apps import apps

    model = apps.get_model(change.model)
    record = model._base_manager.filter(pk=change.object_id).first()
    name = f" “{record}”" if record is not None else ""
    return f"{model._meta.verbose_name}{name} (#{change.object_id})"
