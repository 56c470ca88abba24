"""What importing and undoing share on the console: the house, a progress bar, and how errors end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from trichter.config.language import gettext as _
from trichter.config.language import number

from .setup import django_setup, prepare, speak_as_console

SHOWN = 20


def ready() -> None:
    """Load the house and bring its database up to date."""
    django_setup()
    prepare(verbose=False)
    speak_as_console()


def language_of_the_house() -> Any:
    """What is written into the database does not depend on who reads the console."""
    from django.conf import settings
    from django.utils import translation

    return translation.override(settings.LANGUAGE_CODE)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar whose length becomes known with the first step; nothing when nobody looks."""
    bar = click.progressbar(length=1, label=label, show_pos=False, width=30, file=sys.stderr)
    with bar:

        def say(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(max(0, done - bar.pos))

        yield say


def guarded(run: Any, work: Callable[[], None]) -> None:
    """Do the work in the house's language; an unusable file or Ctrl+C ends the command with a sentence."""
    from trichter.connect.imports.problems import ImportFailed

    try:
        with language_of_the_house():
            work()
    except ImportFailed as error:
        raise stop(error) from None
    except KeyboardInterrupt:
        if run.pk is not None:
            said = _("Stopped. `trichter import --undo {run}` takes back what was written.")
            click.echo("\n" + said.format(run=run.pk), err=True)
        sys.exit(130)


class _Unusable(click.ClickException):
    """Nothing could be done with the file."""

    exit_code = 2


def stop(error: Any) -> click.ClickException:
    """What to raise for an ImportFailed."""
    from trichter.connect.imports.messages import message_of

    return _Unusable(message_of(error.code, error.params))


def and_more(count: int) -> str:
    """The last line of a list that was cut."""
    return "  " + _("… and {count} more").format(count=number(count))
