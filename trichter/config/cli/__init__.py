"""The console command `trichter`. One file per command; each imports Django only when it runs."""

import importlib
import os
import sys

import click

from trichter import __version__
from trichter.config.conf import ConfError
from trichter.config.language import gettext as _
from trichter.config.language import teach_click, teach_usage

teach_click()
_COMMANDS = {
    "serve": ("serve", _("Serve the pages and run the worker (one command, one port).")),
    "worker": ("worker", _("Run another worker process (PostgreSQL).")),
    "demo": ("demo", _("Fill an empty installation with an invented company.")),
    "import": (
        "imports",
        _("Bring in access logs, contacts, companies, deals, orders, ad costs, figures of Google."),
    ),
    "funnel": ("funnels", _("Print a funnel as text or JSON.")),
    "check": ("check", _("Check database, worker, disk and settings; exit 1 when something is wrong.")),
    "backup": ("backup", _("Write everything into one file.")),
    "restore": ("restore", _("Bring a backup back.")),
    "move": ("move", _("Copy everything from SQLite into PostgreSQL.")),
    "user": ("user", _("Create an administrator or a new one-time password.")),
    "migrate": ("migrate", _("Bring the database up to date (serve does it by itself).")),
}


class _Lazy(click.Group):
    """Loads a command's file when it is called, so that `trichter --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{_COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        teach_usage(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, text) for name, (_module, text) in _COMMANDS.items()])


@click.command(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="\n\n".join(
        (
            _("Trichter: one person, one journal, one funnel."),
            _(
                "Settings come from the environment (TRICHTER_DATA, TRICHTER_DATABASE_URL, …) or from "
                "./trichter.toml."
            ),
        )
    ),
)
@click.version_option(__version__, prog_name="trichter")
def cli() -> None:
    """The group of all commands."""


teach_usage(cli)


def main() -> None:
    """Entry point. Wrong settings end with one sentence, not with a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")
    try:
        cli(prog_name="trichter")
    except ConfError as error:
        click.echo(f"trichter: {error}", err=True)
        sys.exit(2)
