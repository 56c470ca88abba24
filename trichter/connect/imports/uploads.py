"""Files that people upload: bounded, looked into, kept only as long as they are needed."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils import timezone

from trichter.kit.tables import Sheet

from .models import ImportRun
from .options import Options
from .parsing.access_log import LogError, Tally, read_log
from .parsing.bundles import is_search_archive
from .parsing.catalogue import fingerprint
from .parsing.mapping import likely_kinds
from .problems import ImportFailed
from .reading import SAMPLE, TABLE_LIMITS, digest, open_table, remembered_match

LOG_BYTES = 200 * 1024 * 1024
TABLE_BYTES = TABLE_LIMITS.bytes
_KEPT = timedelta(days=7)
_PEEK = 4 * 1024 * 1024  # unpacked; enough to tell what a file is while somebody waits
_LOG_NAME = re.compile(r"\.(?:log|gz)\b|\baccess", re.IGNORECASE)  # only for files that cannot be read


class Quota(FileUploadHandler):
    """Ends an upload that grows beyond the largest file we take, instead of filling the disk with it."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.seen = 0
        self.exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > LOG_BYTES:
            self.exceeded = True
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def store(*, file: Any, kind: str, user: Any) -> ImportRun:
    """Keep an upload as a new run, its kind found out when `kind` is empty.

    Raises ImportFailed when the content is neither a table nor a log; then the file is not kept, and the run
    is a failed one that says why.
    """
    name = _plain_name(file.name or "")
    likely = ImportRun.Kind.ACCESS_LOG if _LOG_NAME.search(name) else ImportRun.Kind.CONTACTS
    run = ImportRun(kind=kind or likely, file_name=name, created_by=user)
    run.file.save(name, file, save=False)
    path = Path(run.file.path)
    try:
        run.kind = kind or guess_kind(path)
        if run.kind == ImportRun.Kind.ACCESS_LOG:
            check_log(path)
        else:
            sheet = open_table(path, Options(), kind=run.kind)
            run.options = Options(match=remembered_match(run.kind, sheet.headers)).to_json()
        run.fingerprint = digest([path])
        run.save()
    except BaseException as error:
        run.file.storage.delete(str(run.file.name))
        if isinstance(error, ImportFailed):
            run.file = ""
            run.state, run.finished_at = ImportRun.State.FAILED, timezone.now()
            run.failure = {"code": error.code, "params": error.params}
            run.save()
        raise
    return run


def _plain_name(name: str) -> str:
    """A file's name without path, line ends and marks that turn the direction of writing."""
    last = Path(name.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable()).strip()[:200] or "upload"


def guess_kind(path: Path) -> str:
    """What a file seems to hold. Raises ImportFailed when it is neither a log nor a table."""
    if looks_like_log(path):
        return ImportRun.Kind.ACCESS_LOG
    if is_search_archive(path, limits=TABLE_LIMITS):
        return ImportRun.Kind.SEARCH
    sheet = open_table(path, Options())
    return likely_kinds(sheet.headers, [row.cells for row in sheet.head(SAMPLE)])[0]


def looks_like_log(path: Path) -> bool:
    """Whether most of the first lines are log lines."""
    tally = Tally()
    try:
        for _hit in read_log(path, tally=tally, limit=_PEEK):
            if tally.lines >= 50:
                break
    except (LogError, OSError):
        return False
    good = tally.hits + tally.left_out.total()
    return good > tally.rejected.total()


def check_log(path: Path) -> None:
    """Raises ImportFailed unless a log line stands among the first lines."""
    tally = Tally()
    try:
        for _hit in read_log(path, tally=tally, limit=_PEEK):
            return
    except LogError as error:
        raise ImportFailed(error.code) from None
    if not tally.left_out:
        raise ImportFailed("not_a_log")


def may_discard(*, run: ImportRun) -> bool:
    """Whether nothing has come of an upload yet."""
    if run.state not in (ImportRun.State.UPLOADED, ImportRun.State.FAILED) or run.position or run.events:
        return False
    return not run.changes.exists()


def discard(*, run: ImportRun) -> bool:
    """Throw an upload away that has not been imported; False when it has."""
    if not may_discard(run=run):
        return False
    if run.file:
        run.file.delete(save=False)
    run.delete()
    return True


def discard_old() -> int:
    """Discard uploads that nobody has imported for a week, and files of imports that failed then."""
    old = ImportRun.objects.exclude(file="").filter(created_at__lt=timezone.now() - _KEPT)
    count = 0
    for run in old.exclude(state__in=[ImportRun.State.RUNNING, ImportRun.State.UNDOING]):
        if not discard(run=run):
            run.file.delete(save=True)
        count += 1
    return count


def samples(sheet: Sheet, *, count: int = 3) -> list[list[str]]:
    """The first filled, different values of each column."""
    found: list[list[str]] = [[] for _ in sheet.headers]
    for row in sheet.head(SAMPLE):
        for column, cell in enumerate(row.cells):
            text = str(cell).strip()
            if text and text[:60] not in found[column] and len(found[column]) < count:
                found[column].append(text[:60])
    return found


def header_key(headers: Sequence[str]) -> str:
    """What tells files of one export from others."""
    return fingerprint(headers)
