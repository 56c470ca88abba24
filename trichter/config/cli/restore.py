"""`trichter restore`: bring a backup back."""

from pathlib import Path

import click

from trichter.config.conf import read as read_conf
from trichter.config.language import gettext as _
from trichter.config.language import ngettext

from .setup import django_setup, prepare


@click.command("restore", help=_("Bring the backup SOURCE back. End `trichter serve` first."))
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help=_("Replace the data that is there; it is moved aside."))
def command(source: Path, force: bool) -> None:
    """Restore, and erase again who was erased since."""
    was_empty = not _anything_in(
        read_conf().data_dir
    )  # before Django makes a key and an empty database there
    django_setup()
    from trichter.config.archive import ArchiveError, read

    try:
        manifest = read(source=source.resolve(), force=force, was_empty=was_empty)
    except ArchiveError as error:
        raise click.ClickException(str(error)) from None
    prepare(verbose=False)
    from trichter.core.rights.actions import reapply

    erased = reapply()
    if erased:
        click.echo(
            ngettext(
                "{count} person who was erased after this backup was erased again.",
                "{count} people who were erased after this backup were erased again.",
                erased,
            ).format(count=erased)
        )
    click.echo(
        _("Restored the backup of {time} (Trichter {version}).").format(
            time=manifest["written_at"], version=manifest["trichter"]
        )
    )


def _anything_in(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
