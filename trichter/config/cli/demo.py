"""`trichter demo`: fill an empty installation with an invented company."""

from datetime import UTC, datetime

import click

from trichter.config.language import gettext as _
from trichter.config.language import number

from .setup import django_setup, prepare

_LABELS = {
    "simulate": _("Inventing a year"),
    "events": _("Writing events"),
    "followers": _("Working out stages and scores"),
}


@click.command("demo", help=_("Fill an empty installation with a year of an invented company."))
@click.option("--if-empty", is_flag=True, help=_("Do nothing, without a word, when there is data already."))
@click.option("--seed", default=2026, show_default=True, help=_("Another seed tells another story."))
@click.option(
    "--visitors", default=None, type=click.IntRange(200, 5_000_000), help=_("How many visitors a year.")
)
def command(if_empty: bool, seed: int, visitors: int | None) -> None:
    """Load the story; refuse where there is data already."""
    django_setup()
    prepare()
    from trichter.demo import truth
    from trichter.demo.load import is_empty, load

    if not is_empty():
        if if_empty:
            return
        raise click.ClickException(_("this installation holds data already; the demo needs an empty one"))

    def progress(what: str, done: int, total: int) -> None:
        if total > 1:
            share = _("{done} of {total}").format(done=number(done), total=number(total))
            click.echo(f"\r{_LABELS[what]} … {share}", nl=done == total)
        elif done == 0:
            click.echo(f"{_LABELS[what]} …")

    story = load(seed=seed, now=datetime.now(UTC), visitors=visitors or truth.VISITORS, progress=progress)
    click.echo(
        _("Demo company ready: {visitors} visitors, {events} events, {leads} leads.").format(
            visitors=number(story.visitors), events=number(len(story.told)), leads=number(len(story.leads))
        )
    )
