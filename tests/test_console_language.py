"""The console speaks German where the terminal or the settings do, and English elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trichter.config.language import chosen

from .test_translations import PACKAGE, catalogue, python_texts

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = PACKAGE / "config"
# What click itself says on the way, in its own catalogue's words.
CLICKS_WORDS = {"Usage:", "Options", "Error: {message}", "No such command {name!r}.", "Missing argument"}
pytestmark = pytest.mark.any_database


def trichter(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `trichter …` with nothing but these variables to tell the language."""
    names = ("TRICHTER_", "DATABASE_", "LC_", "LANG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    kept |= {"TRICHTER_CONFIG": "/nonexistent/trichter.toml", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "trichter", *arguments],
        env=kept | environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "usage", "said", "error"),
    [
        ({"LANG": "de_DE.UTF-8"}, "Aufruf:", "Alles in eine Datei sichern.", "Fehler: Den Befehl 'nope'"),
        ({"LANG": "C.UTF-8"}, "Usage:", "Write everything into one file.", "Error: No such command 'nope'"),
    ],
)
def test_help_and_errors_are_in_the_terminals_language_and_need_no_django(environment, usage, said, error):
    helped = trichter("--help", **environment)
    assert usage in helped.stdout and said in helped.stdout
    assert "click" in helped.stderr and "django" not in helped.stderr
    wrong = trichter("nope", **environment)
    assert (wrong.returncode, error in wrong.stderr) == (2, True)


def test_a_wrong_setting_is_said_in_german():
    wrong = trichter("serve", LC_ALL="de_AT.UTF-8", TRICHTER_PORT="viele")
    assert "trichter: port: „viele“ ist keine ganze Zahl" in wrong.stderr
    assert wrong.returncode == 2


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "de_CH.UTF-8"}, "de"),
        ({"LANG": "fr_FR.UTF-8", "TRICHTER_LANGUAGE": "de"}, "en"),
        ({"LANG": "C.UTF-8", "TRICHTER_LANGUAGE": "de"}, "de"),
        ({"TRICHTER_LANGUAGE": "de"}, "de"),
        ({"TRICHTER_LANGUAGE": "xx"}, "en"),
    ],
)
def test_the_terminal_goes_before_the_settings(environment, language):
    assert chosen(environ={"TRICHTER_CONFIG": "/nonexistent.toml"} | environment) == language


def test_the_settings_file_tells_the_language_and_a_broken_one_does_not_stop_the_help(tmp_path):
    file = tmp_path / "trichter.toml"
    file.write_text('language = "de"\n', encoding="utf-8")
    assert chosen(environ={"TRICHTER_CONFIG": str(file)}) == "de"
    file.write_text("language = de", encoding="utf-8")
    assert chosen(environ={"TRICHTER_CONFIG": str(file)}) == "en"


def test_the_consoles_own_catalogue_has_every_text():
    known = catalogue([CONSOLE / "locale" / "de" / "LC_MESSAGES" / "django.po"])
    modules = [path for path in CONSOLE.rglob("*.py") if path.name != "settings.py"]
    texts = {text for path in modules for _context, text in python_texts(path)} | CLICKS_WORDS
    assert len(texts) > 150
    assert sorted(texts - set(known)) == []


def test_every_command_has_its_help():
    from trichter.config.cli import _COMMANDS, cli

    for name in _COMMANDS:
        helped = CliRunner().invoke(cli, [name, "--help"])
        assert helped.exit_code == 0, helped.output
        assert len(helped.output.splitlines()) > 4


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("import", "Aufruf: trichter import [OPTIONEN] [BEFEHL] [ARGUMENTE]..."),
        ("backup", "Aufruf: trichter backup [OPTIONEN] [ZIEL]"),
        ("serve", "--port ZAHL"),
    ],
)
def test_the_placeholders_of_a_usage_are_translated_too(command, usage):
    helped = trichter(command, "--help", LANG="de_DE.UTF-8")
    assert usage in " ".join(helped.stdout.split())
    assert not re.search(r"\b(OPTIONS|COMMAND|ARGS|FILES?|INTEGER|TARGET|SOURCE)\b", helped.stdout)
