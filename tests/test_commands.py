"""The console command, as a stranger uses it: real processes on a real data directory."""

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.any_database]


def trichter(*arguments: str, data: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `trichter …` with SQLite in `data`."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TRICHTER_")}
    environment |= {"TRICHTER_DATA": str(data), "TRICHTER_CONFIG": "/nonexistent/trichter.toml"}
    environment.pop("DATABASE_URL", None)
    result = subprocess.run(
        [sys.executable, "-m", "trichter", *arguments],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert not check or result.returncode == 0, result.stdout + result.stderr
    return result


def counts(data: Path) -> dict[str, int]:
    """Rows per table of the house's own apps."""
    with closing(sqlite3.connect(data / "trichter.sqlite3")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        own = [
            t
            for t in tables
            if t.split("_")[0] in {"journal", "people", "pipeline", "orders", "lifecycle", "funnels"}
        ]
        return {table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in own}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A small demo company."""
    data = tmp_path_factory.mktemp("house")
    first = trichter("demo", "--visitors", "600", data=data)
    assert "one-time password" in first.stdout
    return data


def test_a_second_start_changes_nothing_and_says_nothing(house):
    before = counts(house)

    again = trichter("demo", "--if-empty", data=house)

    assert again.stdout == ""
    assert counts(house) == before


def test_the_demo_never_mixes_with_real_data(house):
    refused = trichter("demo", data=house, check=False)

    assert refused.returncode == 1
    assert "holds data already" in refused.stderr


def test_a_funnel_is_printed_as_text_and_as_json(house):
    text = trichter("funnel", "gesamt", "--from", "2000-01-01", data=house).stdout
    data = json.loads(trichter("funnel", "gesamt", "--from", "2000-01-01", "--json", data=house).stdout)

    assert "Besucher" in text and "Kunde" in text
    assert data["steps"][0]["reached"] == 600
    reached = [step["reached"] for step in data["steps"]]
    assert reached == sorted(reached, reverse=True)


def test_an_unknown_funnel_names_the_known_ones(house):
    refused = trichter("funnel", "nonsense", data=house, check=False)

    assert refused.returncode == 1
    assert "gesamt" in refused.stderr


def test_a_funnel_of_an_empty_directory_says_what_to_do(tmp_path):
    refused = trichter("funnel", data=tmp_path / "nothing", check=False)

    assert refused.returncode == 1 and "run `trichter migrate`" in refused.stderr


def test_a_funnel_speaks_english(house):
    refused = trichter("funnel", "gesamt", "--by", "unsinn", data=house, check=False)

    assert refused.returncode == 1
    assert "unsinn" in refused.stderr and "dimensions are" in refused.stderr
    assert "gibt" not in refused.stderr and "Dimension " not in refused.stderr, refused.stderr


@pytest.mark.parametrize("days", [("--to", "0001-01-01"), ("--from", "0001-01-01", "--to", "9999-12-31")])
def test_days_out_of_this_world_are_refused(house, days):
    refused = trichter("funnel", "gesamt", *days, data=house, check=False)

    assert refused.returncode == 1
    assert "must lie between" in refused.stderr and "Traceback" not in refused.stderr


def test_a_backup_does_not_make_up_a_missing_disk(house, tmp_path):
    refused = trichter("backup", str(tmp_path / "missing" / "x.tar.gz"), data=house, check=False)

    assert refused.returncode == 1 and "there is no directory" in refused.stderr
    assert not (tmp_path / "missing").exists()


def test_a_healthy_house_passes_its_check(house):
    result = trichter("check", "--deep", data=house)

    assert "FAIL" not in result.stdout
    assert "SQLite: ok" in result.stdout


def test_a_damaged_database_fails_the_check(house, tmp_path):
    trichter("restore", str(backup_of(house, tmp_path)), data=tmp_path / "damaged")
    path = tmp_path / "damaged" / "trichter.sqlite3"
    size = path.stat().st_size
    with path.open("r+b") as handle:
        handle.seek(size // 2)
        handle.write(os.urandom(8_192))

    assert trichter("check", "--deep", data=path.parent, check=False).returncode == 1


def backup_of(house: Path, folder: Path) -> Path:
    target = folder / "backup.tar.gz"
    trichter("backup", str(target), data=house)
    return target


def test_a_restored_backup_is_the_same_house(house, tmp_path):
    target = backup_of(house, tmp_path)

    trichter("restore", str(target), data=tmp_path / "new")

    assert counts(tmp_path / "new") == counts(house)
    assert (tmp_path / "new" / "secret_key").read_text() == (house / "secret_key").read_text()
    assert target.stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "new").glob("*.before-restore*"))


def test_what_a_restore_replaces_is_kept_aside(house, tmp_path):
    target, data = backup_of(house, tmp_path), tmp_path / "used"
    trichter("restore", str(target), data=data)
    (data / "secret_key").write_text("another")

    trichter("restore", str(target), "--force", data=data)

    assert (data / "secret_key.before-restore").read_text() == "another"
    assert (data / "trichter.sqlite3.before-restore").stat().st_size > 0
    assert counts(data) == counts(house)


def test_a_restore_does_not_replace_data_unless_told(house, tmp_path):
    target = backup_of(house, tmp_path)

    refused = trichter("restore", str(target), data=house, check=False)

    assert refused.returncode == 1
    assert "--force" in refused.stderr


def test_a_damaged_backup_is_refused(house, tmp_path):
    target = backup_of(house, tmp_path)
    with tarfile.open(target) as archive:
        archive.extractall(tmp_path / "open", filter="data")
    (tmp_path / "open" / "database.sqlite3").write_bytes(b"SQLite format 3\x00 nonsense")
    with tarfile.open(target, "w:gz") as archive:
        for path in (tmp_path / "open").iterdir():
            archive.add(path, path.name)

    refused = trichter("restore", str(target), data=tmp_path / "new", check=False)

    assert refused.returncode == 1
    assert "damaged" in refused.stderr


def test_a_file_that_is_no_backup_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Trichter")

    refused = trichter("restore", str(tmp_path / "letter.txt"), data=tmp_path / "new", check=False)

    assert refused.returncode == 1
    assert "not a backup" in refused.stderr


def test_a_lost_password_is_replaced_at_the_server(house):
    result = trichter("user", "reset-password", data=house)

    assert "one-time password" in result.stdout


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("dta = 'x'", "unknown setting “dta”"), ("port = 'many'", "not a whole number"), ("= 1", "Invalid")],
)
def test_a_wrong_setting_is_one_sentence(tmp_path, text, complaint):
    path = tmp_path / "trichter.toml"
    path.write_text(text)
    environment = {**os.environ, "TRICHTER_CONFIG": str(path), "TRICHTER_DATA": str(tmp_path)}

    result = subprocess.run(
        [sys.executable, "-m", "trichter", "check"],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert result.returncode == 2
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr
