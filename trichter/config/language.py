"""The console's language: German or English, known before Django is loaded.

`gettext` and `ngettext` read the catalogue of this folder with Python's own means, so that `trichter --help`
answers at once. Texts for the screens go through Django instead.
"""

import gettext as _gettext
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import click

_LOCALE: Final = Path(__file__).resolve().parent / "locale"
_DOMAIN: Final = "django"  # what scripts/compile_messages.py calls every catalogue
_LANGUAGES: Final = ("de", "en")


def chosen(*, environ: Mapping[str, str]) -> str:
    """`de` or `en`: what the terminal says, else what the installation's settings say, else English.

    LC_ALL goes before LC_MESSAGES, and that before LANG. `C` and `POSIX` name no language; containers and
    services have them, so there the setting decides.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name, ""):
            spoken = value.split(".")[0].split("_")[0].lower()
            if spoken not in ("c", "posix"):
                return spoken if spoken in _LANGUAGES else "en"
            break
    value = environ.get("TRICHTER_LANGUAGE") or _written(environ.get("TRICHTER_CONFIG", "trichter.toml"))
    return value if value in _LANGUAGES else "en"


def _written(path: str) -> str:
    """The language in the settings' file; empty without one. A broken file is reported by who reads it."""
    try:
        return str(tomllib.loads(Path(path).read_text(encoding="utf-8")).get("language", ""))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""


@cache
def language() -> str:
    """The language of this process's console, `de` or `en`."""
    return chosen(environ=os.environ)


@cache
def _catalogue() -> _gettext.NullTranslations:
    return _gettext.translation(_DOMAIN, _LOCALE, languages=[language()], fallback=True)


def gettext(message: str) -> str:
    """The text in the console's language."""
    return _catalogue().gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form for this number in the console's language."""
    return _catalogue().ngettext(singular, plural, number)


def number(value: int) -> str:
    """With the thousands set apart: 1,234 or 1.234."""
    return f"{value:,}".replace(",", ".") if language() == "de" else f"{value:,}"


def decimal(value: float) -> str:
    """With one digit behind the mark: 1.5 or 1,5."""
    return f"{value:.1f}".replace(".", ",") if language() == "de" else f"{value:.1f}"


def teach_click() -> None:
    """Let click say its own words (“Usage”, “Error”) in the same language; they are in the same catalogue."""
    os.environ["LANGUAGE"] = language()
    _gettext.bindtextdomain(_DOMAIN, str(_LOCALE))
    _gettext.textdomain(_DOMAIN)


def teach_usage(command: "click.Command") -> None:
    """Put the placeholders of a command's usage, and of those below it, into this language.

    Click translates its sentences, but not these words.
    """
    from click import Argument, Context, Group

    command.options_metavar = gettext("[OPTIONS]")
    for param in command.params:
        if param.metavar is None and not getattr(param, "is_flag", False):
            word = (param.name or "").upper() if isinstance(param, Argument) else param.type.name.upper()
            whole = param.make_metavar(Context(command))
            if (said := gettext(word)) != word:
                param.metavar = whole.replace(word, said)
    if isinstance(command, Group):
        command.subcommand_metavar = gettext(command.subcommand_metavar)
        for below in command.commands.values():
            teach_usage(below)
