"""`trichter backup`: everything into one file, while the house is running."""

from datetime import UTC, datetime
from pathlib import Path

import click

from trichter.config.language import decimal
from trichter.config.language import gettext as _

from .setup import django_setup


@click.command("backup", help=_("Write a backup to TARGET (default: DATA/backups/trichter-<time>.tar.gz)."))
@click.argument("target", required=False, type=click.Path(path_type=Path))
def command(target: Path | None) -> None:
    """Write the archive and say where it is."""
    django_setup()
    from django.conf import settings

    from trichter.config.archive import ArchiveError, write

    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    if target is None:
        target = settings.DATA_DIR / "backups" / f"trichter-{stamp}.tar.gz"
        target.parent.mkdir(exist_ok=True)
    elif not target.parent.is_dir():
        # A backup disk that is not there must not be made up on the system's own disk.
        raise click.ClickException(_("there is no directory {path}").format(path=target.parent))
    try:
        manifest = write(target=target.resolve())
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    size = decimal(target.stat().st_size / 2**20)
    click.echo(f"{target} ({size} MiB, {manifest['database']}, sha256 {manifest['sha256'][:12]}…)")
