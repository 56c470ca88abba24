"""`trichter demo`: fill an empty installation with an invented company."""

from datetime import UTC, datetime

import click

from .setup import django_setup, prepare

_LABELS = {
    "simulate": "Inventing a year",
    "events": "Writing events",
    "followers": "Working out stages and scores",
}


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing, without a word, when there is data already.")
@click.option("--seed", default=2026, show_default=True, help="Another seed tells another story.")
@click.option(
    "--visitors", default=None, type=click.IntRange(200, 5_000_000), help="How many visitors a year."
)
def command(if_empty: bool, seed: int, visitors: int | None) -> None:
    """Fill an empty installation with a year of an invented company."""
    django_setup()
    prepare()
    from trichter.demo import truth
    from trichter.demo.load import is_empty, load

    if not is_empty():
        if if_empty:
            return
        raise click.ClickException("this installation holds data already; the demo needs an empty one")

    def progress(what: str, done: int, total: int) -> None:
        if total > 1:
            click.echo(f"\r{_LABELS[what]} … {done:,} of {total:,}", nl=done == total)
        elif done == 0:
            click.echo(f"{_LABELS[what]} …")

    story = load(seed=seed, now=datetime.now(UTC), visitors=visitors or truth.VISITORS, progress=progress)
    click.echo(
        f"Demo company ready: {story.visitors:,} visitors, {len(story.told):,} events,"
        f" {len(story.leads):,} leads."
    )
