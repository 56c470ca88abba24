"""A migrated database, made once and copied wherever a test needs one: migrating takes a minute.

On SQLite it is kept in `.cache/databases/`, on PostgreSQL beside the test databases, under a digest of all
migrations, of what an installation starts with and of the locked libraries. What runs after each migration
(roles, locks) is run by whoever opens the copy. `python -m tests.databases` makes the one of SQLite before
anybody waits for it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
_KEPT = ROOT / ".cache" / "databases"
_MIGRATE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "trichter.config.settings"
import django
django.setup()
from django.core.management import call_command
from trichter.config import statistics
call_command("createcachetable", verbosity=0)
call_command("migrate", verbosity=0)
statistics.put()
"""


def copy_to(target: Path) -> None:
    """Put a migrated database there."""
    shutil.copy(_prepared(), target)


def copy_on_server(target: str) -> None:
    """Put a migrated database with this name on the PostgreSQL server of the settings."""
    migrated = f"trichter_migrated_{_digest()}"
    with _one_at_a_time():
        with _server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [migrated])
            known = cursor.fetchone() is not None
        if not known:
            _make_on_server(migrated)
        _run(
            f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
            f'CREATE DATABASE "{target}" TEMPLATE "{migrated}"',
        )


def _run(*statements: str) -> None:
    with _server() as cursor:
        for one in statements:
            cursor.execute(one)


def _server() -> Any:
    from django.db import connection

    return cast(Any, connection)._nodb_cursor()


@cache
def _prepared() -> Path:
    found = _KEPT / f"{_digest()}.sqlite3"
    with _one_at_a_time():
        if not found.exists():
            _make(found)
    return found


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Processes of one run need the same one at the same moment."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="trichter-migrated-") as folder:
        _migrate(folder)
        part = target.with_suffix(".part")
        shutil.copy(Path(folder) / "trichter.sqlite3", part)
        part.replace(target)


def _make_on_server(target: str) -> None:
    server, _slash, _name = os.environ["TRICHTER_DATABASE_URL"].rpartition("/")
    part = f"{target}_part"
    _run(f'DROP DATABASE IF EXISTS "{part}" WITH (FORCE)', f'CREATE DATABASE "{part}"')
    with tempfile.TemporaryDirectory(prefix="trichter-migrated-") as folder:
        _migrate(folder, TRICHTER_DATABASE_URL=f"{server}/{part}")
    _run(f'ALTER DATABASE "{part}" RENAME TO "{target}"')


def _migrate(folder: str, **more: str) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TRICHTER_", "DATABASE_"))}
    variables = kept | {"TRICHTER_DATA": folder, "TRICHTER_CONFIG": "/nonexistent/trichter.toml"} | more
    subprocess.run([sys.executable, "-c", _MIGRATE], env=variables, cwd=ROOT, check=True)


def _digest() -> str:
    found = hashlib.blake2b(digest_size=12)
    names = ("migrations/*.py", "defaults.py", "presets.py")
    written = [path for name in names for path in ROOT.glob(f"trichter/**/{name}")]
    more = ("requirements-dev.lock", "trichter/config/settings.py", "trichter/config/statistics/grown.tsv")
    for path in sorted([*written, *(ROOT / name for name in more)]):
        found.update(str(path.relative_to(ROOT)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()


if __name__ == "__main__":
    _prepared()
