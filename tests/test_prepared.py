"""The database that a new installation starts from is the one that all migrations make."""

import lzma
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests import databases
from trichter.config import prepared

pytestmark = pytest.mark.any_database
LANGUAGES = ("de", "en")
_RIGHTS = """SELECT g.name, t.app_label, t.model, p.codename FROM auth_permission p
JOIN django_content_type t ON t.id = p.content_type_id
LEFT JOIN auth_group_permissions r ON r.permission_id = p.id LEFT JOIN auth_group g ON g.id = r.group_id"""
# Rights are compared by name; the others hold the first administrator, and instants.
_LEFT_OUT = (
    "auth_group_permissions", "auth_permission", "django_content_type", "auditlog_", "accounts_user",
    "sqlite_sequence", "wagtailsearch_",
)  # fmt: skip
_KEY = re.compile(r"'[0-9a-f]{32}'")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")


def migrate(folder: Path, **more: str) -> Path:
    """What `trichter migrate` makes of an empty directory."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TRICHTER_", "DATABASE_"))
    }
    subprocess.run(
        [sys.executable, "-m", "trichter", "migrate"], cwd=databases.ROOT, check=True, capture_output=True,
        env=kept | {"TRICHTER_DATA": str(folder), "TRICHTER_CONFIG": "/nonexistent/trichter.toml"} | more,
    )  # fmt: skip
    return folder / "trichter.sqlite3"


def contents(path: Path) -> dict[str, object]:
    """Everything in a database but instants, the first administrator and what the audit log says of it all."""
    with closing(sqlite3.connect(path)) as database:
        found: dict[str, object] = dict(database.execute("SELECT name, sql FROM sqlite_master"))
        found["rights"] = set(database.execute(_RIGHTS))
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table.startswith(_LEFT_OUT):
                continue
            rows = database.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
            found[f"rows of {table}"] = [_KEY.sub("key", _INSTANT.sub("then", str(row))) for row in rows]
    return found


def test_a_new_installation_is_what_the_migrations_make(tmp_path):
    short = migrate(tmp_path)
    databases.copy_to(tmp_path / "long.sqlite3")
    assert contents(short) == contents(tmp_path / "long.sqlite3")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_migration_is_missing_in_it(language):
    """Renewed by `make prepared`; without that a first start is slow, but nothing else."""
    from django.db.migrations.loader import MigrationLoader

    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(lzma.decompress(prepared.file_for(language).read_bytes()))
        seen = set(database.execute("SELECT app, name FROM django_migrations"))
    assert seen == set(MigrationLoader(None).disk_migrations)


def test_an_english_house_starts_in_english(tmp_path):
    with closing(sqlite3.connect(migrate(tmp_path, TRICHTER_LANGUAGE="en"))) as database:
        assert database.execute("SELECT language_code FROM wagtailcore_locale").fetchall() == [("en",)]
        assert database.execute("SELECT label FROM lifecycle_stage ORDER BY position").fetchone() == (
            "Visitor",
        )
        assert database.execute("SELECT name FROM funnels_funnel WHERE slug = 'gesamt'").fetchone() == (
            "Whole funnel",
        )
        (since,) = database.execute("SELECT min(applied) FROM django_migrations").fetchone()
        (now,) = database.execute("SELECT datetime('now', '-1 hour')").fetchone()
    assert since > now
