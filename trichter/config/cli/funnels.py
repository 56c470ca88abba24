"""`trichter funnel`: a funnel as text or JSON."""

import json
from datetime import datetime, timedelta
from typing import Any

import click

from .setup import django_setup, require_prepared, speak_english


@click.command("funnel")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day of entry (company zone).")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day of entry.")
@click.option("--by", "dimension", default=None, help="Split by a dimension, such as channel or device.")
def command(
    name: str | None, as_json: bool, first: datetime | None, last: datetime | None, dimension: str | None
) -> None:
    """Print the funnel NAME (short name or name); without NAME list all funnels.

    The default period is the last 90 days.
    """
    django_setup()
    require_prepared()
    speak_english()
    from dataclasses import replace

    from trichter.core.events.conditions import Malformed
    from trichter.core.shell.queries import company_today
    from trichter.kit.clock import EARLIEST_DAY, LATEST_DAY, Period
    from trichter.measure.funnels.definition import Breakdown
    from trichter.measure.funnels.dimensions import choices
    from trichter.measure.funnels.queries import all_funnels, definition_of, evaluate
    from trichter.measure.funnels.serialise import funnel_data

    funnels = all_funnels()
    if name is None:
        for funnel in funnels:
            click.echo(f"{funnel.slug:<24} {funnel.name}{' (default)' if funnel.default else ''}")
        return
    found = [funnel for funnel in funnels if name in (funnel.slug, funnel.name)]
    if not found:
        known = ", ".join(funnel.slug for funnel in funnels)
        raise click.ClickException(f"no funnel “{name}”; known are: {known or 'none'}")
    today = company_today()
    last_day = last.date() if last else today
    period_first = first.date() if first else max(last_day, EARLIEST_DAY) - timedelta(days=89)
    if not (period_first >= EARLIEST_DAY and last_day <= LATEST_DAY):
        raise click.ClickException(f"the days must lie between {EARLIEST_DAY} and {LATEST_DAY}")
    if period_first > last_day:
        raise click.ClickException("--from lies after --to")
    try:
        definition = definition_of(found[0])
        if dimension:
            definition = replace(definition, breakdown=Breakdown(dimension)).checked()
    except Malformed as error:
        known = ", ".join(key for key, _label in choices())
        hint = f"; dimensions are: {known}, data.<field>" if dimension else ""
        raise click.ClickException(f"{str(error).removesuffix('.')}{hint}") from None
    result = evaluate(definition=definition, period=Period(period_first, last_day), user=None)
    click.echo(json.dumps(funnel_data(result), ensure_ascii=False, indent=2) if as_json else _text(result))


def _text(result: Any) -> str:
    """The funnel as text of plain width: counts, shares, medians, what was lost, and the breakdown."""
    definition, report = result.definition, result.report
    lines = [
        f"{definition.name}, entered {result.period.first_day} to {result.period.last_day} ({result.zone})"
    ]
    lines += [_rules(definition), ""]
    if not report.entered:
        return "\n".join([*lines, "Nobody entered in this period."])
    width = max(len(step.label) for step in definition.steps)
    leak = report.leaks.largest
    lines.append(
        f"{'':<{width + 6}} {'reached':>9} {'of entry':>9} {'from prev.':>10} {'dropped':>9} {'open':>7}"
    )
    for step, count in zip(definition.steps, report.steps, strict=True):
        label = step.label if definition.order != "any" else f"at least {count.number} steps"
        bar = "█" * round(20 * count.reached / report.entered)
        mark = "  ← largest leak" if leak and leak.step == count.number else ""
        lines.append(
            f"{step.band.upper():<5} {label:<{width}} {count.reached:>9,} {_share(count.from_entry):>9}"
            f" {_share(count.from_previous):>10} {count.dropped:>9,} {count.still_open:>7,}  {bar}{mark}"
        )
    lines.append("")
    if leak and leak.missed is not None:
        lines.append(
            f"Largest leak: {leak.lost:,} lost after step {leak.step}; had they gone on like those who "
            f"passed, about {_money(leak.missed, report.leaks.currency)} more would have come in."
        )
    lines.append(f"{report.still_open:,} of {report.entered:,} could still go on.")
    lines.append("Under 30 cases no share is shown.")
    if report.segments:
        lines += ["", f"By {definition.breakdown.dimension}:"]
        for part in report.segments:
            name = {"value": ", ".join(part.values), "other": "(other)", "not_set": "(not set)"}[part.kind]
            numbers = "  ".join(f"{count.reached:>8,}" for count in part.counts)
            lines.append(f"  {name[:30]:<30} {numbers}")
    return "\n".join(lines)


def _rules(definition: Any) -> str:
    window = "no time limit" if definition.window is None else f"within {_time(definition.window)}"
    return f"{definition.order} steps, per {definition.unit}, {definition.start} entry, {window}"


def _time(window: timedelta) -> str:
    return f"{window.days} days" if not window.seconds else str(window)


def _share(rate: Any) -> str:
    return f"{100 * rate.share:.1f} %" if rate is not None and rate.enough else "–"


def _money(minor: int, currency: str | None) -> str:
    from trichter.kit.money import Money

    return Money(minor, currency).format("en") if currency and len(currency) == 3 else str(minor)
