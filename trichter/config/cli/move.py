"""`trichter move`: from SQLite to PostgreSQL."""

from pathlib import Path

import click

from trichter.config.language import gettext as _
from trichter.config.language import number

from .setup import django_setup, prepare


@click.command(
    "move", help=_("Copy all rows of the SQLite file SOURCE into the PostgreSQL database of the settings.")
)
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(source: Path) -> None:
    """Copy all rows, telling each table."""
    django_setup()
    prepare(verbose=False)
    from trichter.config.moving import MoveError, move

    try:
        rows = move(
            source=source.resolve(), tell=lambda table, rows: click.echo(f"{number(rows):>10}  {table}")
        )
    except MoveError as error:
        raise click.ClickException(str(error)) from None
    from django.core.management import call_command

    call_command("update_index", verbosity=0)  # the search index is of another make there
    click.echo(_("{rows} rows moved.").format(rows=number(rows)))
