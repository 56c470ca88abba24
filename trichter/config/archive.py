"""One file with everything that must survive: database, uploads, secret key."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from trichter import __version__

from .language import gettext as _

_MANIFEST = "manifest.json"
# Kept through a restore: what was erased since the backup was written is erased again from it.
ERASURES = "erasures.jsonl"
_DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class ArchiveError(RuntimeError):
    """The backup could not be written or brought back; the message says what to do."""


def write(*, target: Path) -> dict[str, Any]:
    """Write a consistent copy while the house is running. Returns the manifest.

    SQLite is copied by `VACUUM INTO`, PostgreSQL by `pg_dump`: both see one moment. The file appears under
    its final name only when it is complete.
    """
    vendor = connection.vendor
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        database = Path(folder) / _DATABASE[vendor]
        _dump(vendor=vendor, target=database)
        manifest = {
            "trichter": __version__,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": vendor,
            "sha256": _digest(database),
            "migrations": len(MigrationRecorder(connection).applied_migrations()),
        }
        note = Path(folder) / _MANIFEST
        note.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        partial = Path(folder) / "archive"
        with tarfile.open(partial, "w:gz", compresslevel=6) as archive:
            archive.add(note, _MANIFEST)
            archive.add(database, database.name)
            for name in ("media", "secret_key", ERASURES):
                if (settings.DATA_DIR / name).exists():
                    archive.add(settings.DATA_DIR / name, name)
        partial.chmod(0o600)
        os.replace(partial, target)
    return manifest


def read(*, source: Path, force: bool, was_empty: bool = False) -> dict[str, Any]:
    """Bring a backup back, into the database that the settings name. Returns the manifest.

    Raises ArchiveError when the file is damaged, of the other kind of database, or when data is there
    already and `force` is not set. What was there is moved aside, not deleted; with `was_empty` nothing was
    there but what this very command has made.
    """
    vendor = connection.vendor
    if not tarfile.is_tarfile(source):
        raise ArchiveError(_("this is not a backup of Trichter"))
    if not force and not _is_empty():
        raise ArchiveError(_("this installation holds data already; repeat with --force to replace it"))
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
        _unpack(source=source, folder=Path(folder))
        manifest: dict[str, Any] = json.loads((Path(folder) / _MANIFEST).read_text(encoding="utf-8"))
        if manifest.get("database") != vendor:
            raise ArchiveError(
                _("the backup is of {theirs}, the settings name {ours}").format(
                    theirs=manifest.get("database"), ours=vendor
                )
            )
        database = Path(folder) / _DATABASE[vendor]
        if _digest(database) != manifest["sha256"]:
            raise ArchiveError(_("the backup is damaged: its checksum does not fit"))
        _load(vendor=vendor, source=database, was_empty=was_empty)
        for name in ("media", "secret_key"):
            fresh, old = Path(folder) / name, settings.DATA_DIR / name
            if fresh.exists():
                if was_empty:
                    _remove(old)
                elif old.exists():
                    aside = settings.DATA_DIR / f"{name}.before-restore"
                    _remove(aside)
                    old.rename(aside)
                shutil.move(fresh, old)
        _join_erasures(Path(folder) / ERASURES)
    if vendor == "postgresql":
        # Transaction numbers of the old server mean nothing on the new one.
        from trichter.core.journal.actions import rebase_transactions

        rebase_transactions()
    return manifest


def _join_erasures(fresh: Path) -> None:
    """The lines of this installation and those of the backup."""
    if not fresh.exists():
        return
    old = settings.DATA_DIR / ERASURES
    known = old.read_text(encoding="ascii").splitlines() if old.exists() else []
    lines = dict.fromkeys([*fresh.read_text(encoding="ascii").splitlines(), *known])
    old.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    old.chmod(0o600)


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _is_empty() -> bool:
    from trichter.core.journal.models import Event
    from trichter.core.people.models import Person

    tables = connection.introspection.table_names()
    if Event._meta.db_table not in tables:
        return True
    return not Event.objects.exists() and not Person.objects.exists()


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _dump(*, vendor: str, target: Path) -> None:
    if vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        return
    _postgres_tool(["pg_dump", "--format=custom", "--no-owner", f"--file={target}"], database="--dbname={}")


def _load(*, vendor: str, source: Path, was_empty: bool) -> None:
    connections.close_all()
    if vendor == "sqlite":
        check = sqlite3.connect(source)
        try:
            answer = check.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            check.close()
        if answer != "ok":
            raise ArchiveError(_("the database in the backup is damaged: {answer}").format(answer=answer))
        current = Path(settings.DATABASES["default"]["NAME"])
        made_now = was_empty and current.is_relative_to(settings.DATA_DIR)
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{current}{suffix}")
            if made_now:
                part.unlink(missing_ok=True)
            elif part.exists():
                part.replace(f"{current}.before-restore{suffix}")
        shutil.move(source, current)
        return
    _postgres_tool(
        ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(source)],
        database="--dbname={}",
    )


def _postgres_tool(command: list[str], *, database: str) -> None:
    parameters = connection.settings_dict
    environment = {**os.environ, "PGPASSWORD": parameters["PASSWORD"] or ""}
    for key, name in (("HOST", "PGHOST"), ("PORT", "PGPORT"), ("USER", "PGUSER")):
        if parameters[key]:
            environment[name] = str(parameters[key])
    if shutil.which(command[0]) is None:
        raise ArchiveError(
            _("{program} is not installed (Debian: apt-get install postgresql-client)").format(
                program=command[0]
            )
        )
    command.insert(1, database.format(parameters["NAME"]))
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ArchiveError(
            _("{program} failed: {reason}").format(program=command[0], reason=result.stderr.strip()[:500])
        )


def _unpack(*, source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:gz") as archive:
            names = archive.getnames()
            if _MANIFEST not in names:
                raise ArchiveError(_("{path} is not a backup of Trichter").format(path=source))
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ArchiveError(_("{path} cannot be read: {reason}").format(path=source, reason=error)) from None
