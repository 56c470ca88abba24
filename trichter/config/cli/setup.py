"""What every command needs first: Django, and a database that is up to date."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import click

from trichter.config.language import gettext as _
from trichter.config.language import language
from trichter.kit.garbage import collector_resting


def django_setup() -> None:
    """Load the settings and the apps."""
    import django

    with collector_resting():
        django.setup()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two processes that start together must not migrate together."""
    from django.conf import settings

    with open(settings.DATA_DIR / "migrate.lock", "w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def prepare(*, verbose: bool = True) -> None:
    """Migrate, create the cache table, and make the first administrator; harmless when repeated."""
    from django.core.management import call_command
    from django.core.management.sql import emit_post_migrate_signal

    from trichter.config import statistics
    from trichter.config.health import missing_migrations
    from trichter.config.prepared import lay_down

    with _one_at_a_time():
        if missing_migrations():
            if verbose:
                click.echo(_("Preparing the database …"))
            laid_down = lay_down()
            call_command("createcachetable", verbosity=0)
            if missing_migrations():
                call_command("migrate", verbosity=0, interactive=False)
            if laid_down:  # what else runs after each migration: rights, presets, stages
                emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        statistics.put()
        _first_admin()


def speak_as_console() -> None:
    """Until the command ends its messages are in the language of the console's own sentences.

    To be called when the house is prepared: what is written stays in the installation's language.
    """
    from django.utils import translation

    click.get_current_context().with_resource(translation.override(language()))


def require_prepared() -> None:
    """For commands that only read: one sentence instead of a missing table."""
    from trichter.config.health import missing_migrations

    if missing_migrations():
        raise click.ClickException(_("the database is not prepared; run `trichter migrate`"))


def _first_admin() -> None:
    from trichter.core.accounts.actions import first_admin

    made = first_admin()
    if made is None:
        return
    click.echo("")
    labels = _("e-mail"), _("one-time password")
    width = max(map(len, labels))
    click.echo("  " + _("Your first administrator:"))
    for label, value in zip(labels, made, strict=True):
        click.echo(f"    {label:<{width}}  {value}")
    click.echo("  " + _("The password is shown only now and must be changed at the first log-in."))
    click.echo("  " + _("Lost it? `trichter user reset-password` makes a new one."))
    click.echo("")
