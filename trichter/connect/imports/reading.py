"""Opening a file, knowing it again, and the proposal for what its columns mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from trichter.connect.imports.parsing.bundles import BUNDLES, open_bundle
from trichter.connect.imports.parsing.catalogue import Kind, catalogue, fingerprint, keys_of, presets
from trichter.connect.imports.parsing.mapping import STAGE, ColumnMapping, Guess, guess_mapping, stage_of
from trichter.kit.tables import Limits, Sheet, TableError, read_table

from .models import ImportRun, RememberedMapping
from .options import MATCHES, Match, Options
from .problems import ImportFailed

SAMPLE = 60
TABLE_LIMITS = Limits(bytes=50 * 1024 * 1024, rows=1_000_000)
_BLOCK = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What each column means: header → field ("" is left out), values for fields no column fills."""

    fields: dict[str, str]
    constants: dict[str, str]
    preset: str = ""


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 of the files' contents, the same in any order of the files."""
    sums: list[bytes] = []
    for path in paths:
        one = sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                one.update(block)
        sums.append(one.digest())
    return sums[0].hex() if len(sums) == 1 else sha256(b"".join(sorted(sums))).hexdigest()


def open_table(path: Path, options: Options, *, kind: str = "", limits: Limits = TABLE_LIMITS) -> Sheet:
    """Open a table as the options say; of a kind that comes in bundles, all tables of it as one.

    Raises ImportFailed with the reason.
    """
    try:
        if kind in BUNDLES:
            return open_bundle(
                path,
                kind,
                limits=limits,
                encoding=options.encoding,
                delimiter=options.delimiter,
                sheet=options.sheet,
            )
        return read_table(
            path,
            limits=limits,
            sheet=options.sheet or None,
            encoding=options.encoding or None,
            delimiter=options.delimiter or None,
        )
    except TableError as error:
        raise ImportFailed.of_table(error) from None
    except FileNotFoundError:
        raise ImportFailed("no_file") from None


def propose(kind: Kind, sheet: Sheet) -> ColumnMapping:
    """What the columns probably mean; choices made before for a file with these headers come first."""
    remembered = RememberedMapping.objects.filter(kind=kind, fingerprint=fingerprint(sheet.headers)).first()
    rows = [row.cells for row in sheet.head(SAMPLE)]
    return guess_mapping(kind, sheet.headers, rows, remembered=remembered.mapping if remembered else None)


def with_preset(kind: Kind, sheet: Sheet, name: str) -> ColumnMapping:
    """The proposal as if the file had been recognised as this export. Raises ImportFailed."""
    preset = next((one for one in presets(kind) if one.name == name), None)
    if preset is None:
        raise ImportFailed("unknown_field", field=name)
    found = propose(kind, sheet)
    if found.preset == name:
        return found
    columns = dict(found.columns)
    for header in sheet.headers:
        known = next((key for key in keys_of(header) if key in preset.fields), None)
        if known is not None:
            field = preset.fields[known]
            for other, guess in columns.items():
                if field and guess.field == field:
                    columns[other] = Guess("", guess.confidence, "taken")
            columns[header] = Guess(field, 0.99, "preset")
    taken = {guess.field for guess in columns.values()}
    constants = {field: value for field, value in preset.constants.items() if field not in taken}
    return replace(
        found,
        columns=columns,
        constants=found.constants | constants,
        preset=name,
        preset_title=preset.title,
    )


def settle(kind: Kind, proposal: ColumnMapping, changes: Mapping[str, str], headers: Iterable[str]) -> Plan:
    """The proposal with somebody's changes (header → field or ""), checked. Raises ImportFailed."""
    fields = {header: guess.field for header, guess in proposal.columns.items()}
    known = set(headers)
    names = catalogue(kind).fields
    for header, field in changes.items():
        if header not in known:
            raise ImportFailed("unknown_column", column=header)
        if (
            field
            and field not in names
            and not (kind == "deals" and field.startswith(STAGE) and field[6:].strip())
        ):
            raise ImportFailed("unknown_field", field=field)
        fields[header] = field
    used = {field for field in fields.values() if field}
    constants = {field: value for field, value in proposal.constants.items() if field not in used}
    check(kind, used | set(constants))
    return Plan(fields=fields, constants=constants, preset=proposal.preset)


def check(kind: Kind, used: Iterable[str]) -> None:
    """Raises ImportFailed when a field is missing without which no row can be taken over."""
    have = set(used)
    for group in catalogue(kind).any_of:
        if not have.intersection(group):
            raise ImportFailed("missing_fields", fields=", ".join(group))


def check_span(kind: Kind, plan: Plan, options: Options) -> None:
    """Raises ImportFailed when figures would be of no known days."""
    used = {*plan.fields.values(), *plan.constants}
    told = used & {"day", "month"} or {"first_day", "last_day"} <= used
    if kind in BUNDLES and not told and not (options.first_day and options.last_day):
        raise ImportFailed("missing_span")


def remember(kind: Kind, headers: Iterable[str], fields: Mapping[str, str], match: Match) -> None:
    """Keep what the columns of such a file mean and how its records are recognised, for the next time."""
    RememberedMapping.objects.update_or_create(
        kind=kind, fingerprint=fingerprint(headers), defaults={"mapping": dict(fields), "match": match}
    )


def remembered_match(kind: str, headers: Iterable[str]) -> Match:
    """How the records of such a file were recognised the last time."""
    found = RememberedMapping.objects.filter(kind=kind, fingerprint=fingerprint(headers)).first()
    return next((one for one in MATCHES.get(kind, ()) if found and one == found.match), "auto")


def same_file(run: ImportRun) -> ImportRun | None:
    """An earlier run that brought in exactly this file and has not been undone."""
    if not run.fingerprint:
        return None
    earlier = ImportRun.objects.filter(
        kind=run.kind, fingerprint=run.fingerprint, state=ImportRun.State.DONE, dry_run=False
    )
    return earlier.exclude(pk=run.pk).order_by("-created_at").first()


def stage_field(header: str) -> str:
    """The field for a column with the dates at which deals entered a stage."""
    return STAGE + (stage_of(header) or header)
