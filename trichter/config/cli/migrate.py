"""`trichter migrate`: bring the database up to date."""

import click

from trichter.config.language import gettext as _

from .setup import django_setup, prepare


@click.command("migrate", help=_("Bring the database up to date; harmless when repeated."))
def command() -> None:
    """Migrate and say so."""
    django_setup()
    prepare()
    click.echo(_("The database is up to date."))
