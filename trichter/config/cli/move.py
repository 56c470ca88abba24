"""`trichter move`: from SQLite to PostgreSQL."""

from pathlib import Path

import click

from .setup import django_setup, prepare


@click.command("move")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(source: Path) -> None:
    """Copy all rows of the SQLite file SOURCE into the PostgreSQL database of the settings."""
    django_setup()
    prepare(verbose=False)
    from trichter.config.moving import MoveError, move

    try:
        rows = move(source=source.resolve(), tell=lambda table, rows: click.echo(f"{rows:>10,}  {table}"))
    except MoveError as error:
        raise click.ClickException(str(error)) from None
    from django.core.management import call_command

    call_command("update_index", verbosity=0)  # the search index is of another make there
    click.echo(f"{rows:,} rows moved.")
