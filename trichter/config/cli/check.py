"""`trichter check`: is this installation healthy?"""

import sys

import click

from trichter.config.language import gettext as _

from .setup import django_setup, speak_as_console

# Of equal width, as the texts stand below each other.
_MARKS = {"ok": _("ok  "), "warning": _("WARN"), "error": _("FAIL")}


@click.command("check", help=_("Check database, worker, disk and settings."))
@click.option("--deep", is_flag=True, help=_("Read the whole database for damage; slow on large ones."))
def command(deep: bool) -> None:
    """Print the findings; exit 1 when one is an error."""
    django_setup()
    speak_as_console()
    from trichter.config.health import examine

    findings = examine(deep=deep)
    for finding in findings:
        click.echo(f"{_MARKS[finding.level]}  {finding.name}: {finding.text}")
    sys.exit(1 if any(finding.level == "error" for finding in findings) else 0)
