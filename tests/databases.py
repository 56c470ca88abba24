"""A migrated SQLite database, made once and copied wherever a test needs one: migrating takes half a minute.

The copy is kept in `.cache/databases/` under a digest of all migrations, of what an installation starts with and
of the locked libraries. What runs after each migration (roles, locks) is run by whoever opens the copy.
`python -m tests.databases` makes it before anybody waits for it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_KEPT = ROOT / ".cache" / "databases"


def copy_to(target: Path) -> None:
    """Put a migrated database there."""
    shutil.copy(_prepared(), target)


@cache
def _prepared() -> Path:
    found = _KEPT / f"{_digest()}.sqlite3"
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # processes of one run need the same one at the same moment
        if not found.exists():
            _make(found)
    return found


def _make(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="trichter-migrated-") as folder:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("TRICHTER_", "DATABASE_"))
        }
        variables = kept | {"TRICHTER_DATA": folder, "TRICHTER_CONFIG": "/nonexistent/trichter.toml"}
        for command in ("createcachetable", "migrate"):
            subprocess.run(
                [sys.executable, "manage.py", command, "--verbosity=0"], env=variables, cwd=ROOT, check=True
            )
        part = target.with_suffix(".part")
        shutil.copy(Path(folder) / "trichter.sqlite3", part)
        part.replace(target)


def _digest() -> str:
    found = hashlib.blake2b(digest_size=12)
    names = ("migrations/*.py", "defaults.py", "presets.py")
    written = [path for name in names for path in ROOT.glob(f"trichter/**/{name}")]
    for path in sorted([*written, ROOT / "requirements-dev.lock", ROOT / "trichter/config/settings.py"]):
        found.update(str(path.relative_to(ROOT)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()


if __name__ == "__main__":
    _prepared()
