"""`trichter import`: bring in files, try them out, take them back."""

import csv
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import click

from trichter.config.language import gettext as _
from trichter.config.language import language, number

from .importing import SHOWN, and_more, guarded, language_of_the_house, progress, ready, stop
from .undoing import list_past, take_back

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group(
    "import",
    invoke_without_command=True,
    help="\n\n".join(
        (
            _("Bring in access logs, contacts, companies, deals, orders, ad costs, figures of Google."),
            _(
                "Importing the same file again changes nothing. Exit codes: 0 everything was taken over (or "
                "tried out without a problem), 1 some rows were rejected (the others went in), 2 nothing "
                "could be done."
            ),
        )
    ),
)
@click.option("--undo", "undo_run", type=int, metavar=_("RUN"), help=_("Take an import back, by its number."))
@click.option("--runs", "list_runs", is_flag=True, help=_("List the imports."))
@click.option("--yes", is_flag=True, help=_("Do not ask before undoing."))
@click.pass_context
def command(ctx: click.Context, undo_run: int | None, list_runs: bool, yes: bool) -> None:
    """List or undo imports; the kinds of files are commands of their own."""
    if ctx.invoked_subcommand is not None:
        return
    if undo_run is None and not list_runs:
        click.echo(ctx.get_help())
        return
    ready()
    if list_runs:
        list_past()
        return
    assert undo_run is not None
    take_back(undo_run, yes=yes)


@command.command(
    "access-log",
    help="\n\n".join(
        (
            _("Page views from logs of Apache and nginx: combined or common format, plain or gzip."),
            _("Several files (rotated ones, overlapping ones) are read as one log, oldest first."),
        )
    ),
)
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help=_("Only read and count; nothing is written."))
@click.option(
    "--own-domain", "domains", multiple=True, help=_("The site's domain (default: company settings).")
)
@click.option("--no-follow", is_flag=True, help=_("Leave stages and scores to the worker."))
def access_log(files: tuple[Path, ...], dry_run: bool, domains: tuple[str, ...], no_follow: bool) -> None:
    """Read the files as one log and print what came of it."""
    ready()
    from trichter.connect.imports.actions import new_run
    from trichter.connect.imports.logs import LogRun
    from trichter.connect.imports.options import Options

    run = new_run(kind="access-log", paths=files, plan=None, options=Options(), dry=dry_run)
    _same_file(run)
    log = LogRun(run=run, paths=files, own_domains=domains, dry=dry_run)
    with progress(_("Reading") if not dry_run else _("Trying out")) as say:
        log._say = say
        guarded(run, log.go)
    rejected = log.tally.rejected.total()
    _line(log.tally.lines, _("lines"))
    _line(log.created, _("page views would be recorded") if dry_run else _("page views recorded"))
    if log.known:
        _line(log.known, _("page views known already"))
    for reason, count in log.tally.left_out.most_common():
        _line(count, _("left out: {reason}").format(reason=_skipped(reason)))
    if rejected:
        _line(rejected, _("lines could not be read"))
    summary = log.summary
    _line(summary["visits"], _("visits of {visitors} visitors").format(visitors=number(summary["visitors"])))
    if summary["span"]:
        first, last = (moment[:16] for moment in summary["span"][:2])
        _line(None, _("{first} to {last} UTC").format(first=first, last=last))
    domains_said = ", ".join(summary["own_domains"]) or _("none known (see --own-domain)")
    _line(None, _("own domains: {domains}").format(domains=domains_said))
    if not dry_run:
        _follow(run, no_follow)
    _bad_lines(log.problems, rejected)
    sys.exit(1 if rejected else 0)


def _line(count: int | None, text: str) -> None:
    """A figure and what it counts."""
    click.echo(f"{'' if count is None else number(count):>10} {text}")


def _bad_lines(problems: Sequence[Any], rejected: int) -> None:
    """Where lines of a log could not be read, and why; the file is named when there are several."""
    for problem in problems[:SHOWN]:
        place = _("line {line}, position {position}").format(
            line=problem.row, position=problem.params.get("position")
        )
        file = f"{problem.column}, " if problem.column else ""
        click.echo(f"  {file}{place}: {problem.message}", err=True)
    if rejected > SHOWN:
        click.echo(and_more(rejected - SHOWN), err=True)


def _table_command(kind: str, text: str) -> None:
    """Add the command for one kind of table."""

    @command.command(kind, help=text)
    @click.argument("file", type=_FILE)
    @click.option(
        "--map",
        "maps",
        multiple=True,
        metavar=_("'COLUMN=FIELD'"),
        help=_("What a column means; empty FIELD: leave it out."),
    )
    @click.option("--fields", "show_fields", is_flag=True, help=_("List the fields and stop."))
    @click.option(
        "--preset",
        default="",
        help=_("Read it as an export of hubspot, salesforce, pipedrive, zoho, mailchimp …"),
    )
    @click.option("--dry-run", is_flag=True, help=_("Check every row and count; nothing is written."))
    @click.option("--yes", is_flag=True, help=_("Do not ask whether the columns are understood."))
    @click.option(
        "--errors",
        type=click.Path(dir_okay=False, path_type=Path),
        help=_("Write rejected rows to this CSV file."),
    )
    @click.option("--encoding", default="", help=_("If found wrongly: utf-8, windows-1252 …"))
    @click.option("--delimiter", default="", help=_("If found wrongly: ';', ',', 'tab'."))
    @click.option("--sheet", default="", help=_("Worksheet of a workbook (default: the first)."))
    @click.option("--decimal", type=click.Choice([",", "."]), default=None, help=_("Decimal mark."))
    @click.option(
        "--dates", type=click.Choice(["dmy", "mdy"]), default=None, help=_("Order of day and month.")
    )
    @click.option("--currency", default="", help=_("Currency of amounts that name none."))
    @click.option("--system", default="", help=_("Whose the IDs are (default: the preset, else “import”)."))
    @click.option(
        "--existing",
        type=click.Choice(["update", "fill", "skip"]),
        default="update",
        show_default=True,
        help=_("Records that exist: overwrite with filled cells, fill gaps only, leave alone."),
    )
    @click.option(
        "--match",
        type=click.Choice(["auto", "email", "key", "phone", "domain", "name"]),
        default=None,
        help=_(
            "By what existing records are known: ID, then e-mail or web domain, then name (auto), or only by "
            "one of these; phone for contacts. Default: as last time with such a file, else auto."
        ),
    )
    @click.option(
        "--purpose",
        default="newsletter",
        show_default=True,
        help=_("Key of the purpose that a plain yes in a consent column means."),
    )
    @click.option(
        "--proof", default="", help=_("How the consents can be proved, for rows that do not say so.")
    )
    @click.option(
        "--from",
        "first_day",
        default="",
        metavar=_("YYYY-MM-DD"),
        help=_("First day of figures whose file names none."),
    )
    @click.option(
        "--to",
        "last_day",
        default="",
        metavar=_("YYYY-MM-DD"),
        help=_("Last day of figures whose file names none."),
    )
    @click.option(
        "--source",
        default="",
        help=_("Source of ad costs, or website of figures, where the file names none."),
    )
    @click.option("--no-follow", is_flag=True, help=_("Leave stages and scores to the worker."))
    def run_it(file: Path, **choices: Any) -> None:
        _table(kind, file, choices)


for _kind, _text in {
    "contacts": _("People, from CSV or XLSX: one person per ID and e-mail address."),
    "companies": _("Companies, from CSV or XLSX."),
    "deals": _("Deals with their way through the pipeline, from CSV or XLSX."),
    "orders": _("Orders with payments and refunds, from CSV or XLSX."),
    "ad-costs": _("Advertising costs per day and campaign, from CSV or XLSX."),
    "search": _("Figures of Google Search Console: its export as ZIP, XLSX or CSV."),
    "analytics": _("Figures of Google Analytics 4: reports and explorations as CSV or XLSX."),
}.items():
    _table_command(_kind, _text)


def _table(kind: str, file: Path, choices: dict[str, Any]) -> None:
    ready()
    from trichter.connect.imports.actions import new_run, refuse, run_table
    from trichter.connect.imports.options import MATCHES, Options
    from trichter.connect.imports.parsing.catalogue import Kind, catalogue
    from trichter.connect.imports.problems import ImportFailed
    from trichter.connect.imports.reading import (
        open_table,
        propose,
        remembered_match,
        settle,
        with_preset,
    )

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
        match=choices["match"] or "auto",
        consent_purpose=choices["purpose"],
        consent_proof=choices["proof"],
        source=choices["source"],
        first_day=_day("--from", choices["first_day"]),
        last_day=_day("--to", choices["last_day"]),
    )
    if options.match not in MATCHES.get(kind, (options.match,)):
        raise click.BadParameter(
            _("{kind} are known by: {names}").format(kind=kind, names=", ".join(MATCHES[kind])),
            param_hint="--match",
        )
    dry = choices["dry_run"]
    try:
        sheet = open_table(file, options, kind=kind)
    except ImportFailed as error:
        if not dry:
            refuse(kind=kind, paths=[file], options=options, error=error)
        raise stop(error) from None
    if choices["match"] is None:
        options = replace(options, match=remembered_match(kind, sheet.headers))
    if options.match != "auto":
        click.echo(_("known by: {name}").format(name=options.match))
    try:
        table = cast(Kind, kind)
        proposal = (
            with_preset(table, sheet, choices["preset"]) if choices["preset"] else propose(table, sheet)
        )
        changes = _maps(choices["maps"])
        _show_mapping(sheet, proposal, changes)
        plan = settle(table, proposal, changes, sheet.headers)
    except ImportFailed as error:
        raise stop(error) from None
    if not (dry or choices["yes"]) and sys.stdin.isatty():
        click.confirm(_("Import with these columns?"), default=True, abort=True)
    run = new_run(kind=kind, paths=[file], plan=plan, options=options, headers=sheet.headers, dry=dry)
    _same_file(run)
    report = _Report(choices["errors"], sheet.headers)
    done: dict[str, Any] = {}
    with progress(_("Trying out") if dry else _("Importing")) as say:

        def work() -> None:
            done["table"] = run_table(
                run=run, path=file, plan=plan, options=options, dry=dry, say=say, report=report, sheet=sheet
            )

        guarded(run, work)
    report.close()
    counts = done["table"].counts
    _line(counts.read, _("rows"))
    tally = done["table"].tally
    for count, done_word, would_word in (
        (counts.created, _("created"), _("would be created")),
        (counts.updated, _("updated"), _("would be updated")),
        (counts.unchanged, _("unchanged"), _("unchanged")),
        (counts.rejected, _("rejected"), _("would be rejected")),
        (tally["given"], _("consents entered in the ledger"), _("consents would be entered in the ledger")),
        (
            tally["withdrawn"],
            _("opt-outs entered in the ledger"),
            _("opt-outs would be entered in the ledger"),
        ),
        (tally["suppressed"], _("addresses suppressed"), _("addresses would be suppressed")),
    ):
        if count:
            _line(count, would_word if dry else done_word)
    _line(counts.events, _("events would be recorded") if dry else _("events recorded"))
    report.print()
    if not dry:
        _follow(run, choices["no_follow"])
    sys.exit(1 if counts.rejected else 0)


def _day(option: str, text: str) -> str:
    """A day as it was given; BadParameter when it is none."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise click.BadParameter(
            _("“{text}” is not a day such as 2026-01-31").format(text=text), param_hint=option
        ) from None


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

        with translation.override(language()):
            for item in items:
                self._add(item, [*item.problems, *item.noted])

    def _add(self, item: Any, problems: list[Any]) -> None:
        from trichter.connect.imports.rejects import reason_of, row_of

        for problem in problems:
            self._count += 1
            if len(self._lines) < SHOWN:
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
            click.echo(and_more(self._count - len(self._lines)), err=True)
        if self._path:
            click.echo(_("Rejected rows: {path}").format(path=self._path), err=True)


def _maps(maps: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in maps:
        column, equals, field = text.rpartition("=")
        if not equals or not column.strip():
            raise click.BadParameter(
                _("“{text}” is not of the form COLUMN=FIELD").format(text=text), param_hint="--map"
            )
        found[column.strip()] = field.strip()
    return found


def _show_mapping(sheet: Any, proposal: Any, changes: dict[str, str]) -> None:
    from trichter.connect.imports.labels import REASONS

    kind = f"{sheet.encoding}, “{sheet.delimiter}”".replace("\t", "tab")
    if sheet.kind == "xlsx":
        kind = _("workbook")
    if proposal.preset_title:
        kind += ", " + _("{system} export").format(system=proposal.preset_title)
    click.echo(kind)
    left_out = _("(left out)")
    first = next(iter(sheet.head(1)), None)
    width = min(max((len(header) for header in sheet.headers), default=6), 40)
    for at, header in enumerate(sheet.headers):
        guess = proposal.columns[header]
        field = changes.get(header, guess.field)
        why = _("as you said") if header in changes else str(REASONS.get(guess.reason, guess.reason))
        sample = str(first.cells[at])[:30] if first else ""
        click.echo(
            f"  {header[:40]:<{width}}  {'→ ' + field if field else '  ' + left_out:<22} {why:<22} {sample}"
        )
    for field, value in proposal.constants.items():
        every = _("every row: {value}").format(value=value)
        click.echo(f"  {'':<{width}}  → {field:<20} {every}")


def _same_file(run: Any) -> None:
    from trichter.connect.imports.reading import same_file

    earlier = same_file(run)
    if earlier is not None:
        click.echo(
            _(
                "This file was imported before (import {run}, {day}); what has not changed stays as it is."
            ).format(run=earlier.pk, day=f"{earlier.created_at:%Y-%m-%d}")
        )


def _follow(run: Any, no_follow: bool) -> None:
    from trichter.core.journal.followers import catch_up

    if not no_follow:
        click.echo(_("Working out stages and scores") + " …")
        with language_of_the_house():
            catch_up()
    click.echo(_("Import {run} is done. `trichter import --undo {run}` takes it back.").format(run=run.pk))


def _skipped(reason: str) -> str:
    from trichter.connect.imports.messages import SKIPPED

    return str(SKIPPED.get(reason, reason))
