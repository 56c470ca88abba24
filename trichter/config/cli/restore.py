"""`trichter restore`: bring a backup back."""

from pathlib import Path

import click

from .setup import django_setup, prepare


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the data that is there; it is moved aside.")
def command(source: Path, force: bool) -> None:
    """Bring the backup SOURCE back. End `trichter serve` first."""
    django_setup()
    from trichter.config.archive import ArchiveError, read

    try:
        manifest = read(source=source.resolve(), force=force)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    prepare(verbose=False)
    click.echo(f"Restored the backup of {manifest['written_at']} (Trichter {manifest['trichter']}).")
