"""Renew trichter/config/prepared: run all migrations on an empty SQLite database, once in each language."""

import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "en")
_MIGRATE = """import django
django.setup()
from django.core.management import call_command
from django.db.models.signals import post_migrate
post_migrate.receivers, post_migrate.sender_receivers_cache = [], {}
call_command("migrate", verbosity=0)
"""


def main() -> None:
    """Write the files."""
    sys.path.insert(0, str(ROOT))
    from trichter.config import prepared

    for language in LANGUAGES:
        target = prepared.file_for(language)
        target.write_bytes(lzma.compress(_migrated(language), preset=9))
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")  # noqa: T201


def _migrated(language: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="trichter-prepared-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRICHTER_")}
        subprocess.run(
            [sys.executable, "-c", _MIGRATE], check=True, cwd=ROOT,
            env=kept | {
                "TRICHTER_DATA": folder, "TRICHTER_LANGUAGE": language,
                "TRICHTER_CONFIG": "/nonexistent/trichter.toml",
                "DJANGO_SETTINGS_MODULE": "trichter.config.settings",
            },
        )  # fmt: skip
        with closing(sqlite3.connect(Path(folder) / "trichter.sqlite3", isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("VACUUM")
            return bytes(database.serialize())


if __name__ == "__main__":
    main()
