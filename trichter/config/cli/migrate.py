"""`trichter migrate`: bring the database up to date."""

import click

from .setup import django_setup, prepare


@click.command("migrate")
def command() -> None:
    """Bring the database up to date; harmless when repeated."""
    django_setup()
    prepare()
    click.echo("The database is up to date.")
