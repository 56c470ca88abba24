"""`trichter funnel`: a funnel as text or JSON."""

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any

import click

from .setup import django_setup


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
    from dataclasses import replace

    from trichter.core.events.conditions import Malformed
    from trichter.core.shell.queries import company_today
    from trichter.kit.clock import Period
    from trichter.measure.funnels.definition import Breakdown
    from trichter.measure.funnels.queries import all_funnels, definition_of, evaluate

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
    period_first = first.date() if first else last_day - timedelta(days=89)
    if period_first > last_day:
        raise click.ClickException("--from lies after --to")
    try:
        definition = definition_of(found[0])
        if dimension:
            definition = replace(definition, breakdown=Breakdown(dimension)).checked()
    except Malformed as error:
        raise click.ClickException(str(error)) from None
    result = evaluate(definition=definition, period=Period(period_first, last_day), user=None)
    click.echo(json.dumps(_data(result), ensure_ascii=False, indent=2) if as_json else _text(result))


def _data(result: Any) -> dict[str, Any]:
    """The result as JSON data; actors are left out, counts are kept."""
    report = result.report
    return {
        "funnel": result.definition.to_json(),
        "period": {"first_day": str(result.period.first_day), "last_day": str(result.period.last_day)},
        "zone": str(result.zone),
        "as_of": result.as_of.isoformat(),
        "entered": report.entered,
        "finished": report.finished,
        "still_open": report.still_open,
        "steps": [_plain(step) for step in report.steps],
        "bands": [_plain(band) for band in report.bands],
        "leaks": _plain(report.leaks),
        "timings": [_plain(timing) for timing in report.timings],
        "weeks": [_plain(week) for week in report.weeks],
        "segments": [
            {
                "kind": part.kind,
                "values": list(part.values),
                "steps": [_plain(count) for count in part.counts],
            }
            for part in report.segments
        ],
        "revenue": [dict(step) for step in report.revenue],
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _text(result: Any) -> str:
    definition, report = result.definition, result.report
    width = max(len(step.label) for step in definition.steps)
    most = max(report.entered, 1)
    lines = [f"{definition.name}, {result.period.first_day} to {result.period.last_day} ({result.zone})", ""]
    leak = report.leaks.largest
    for number, (step, count) in enumerate(zip(definition.steps, report.steps, strict=True), start=1):
        bar = "█" * round(30 * count.reached / most)
        share = count.from_entry.share
        lines.append(
            f"{step.band.upper():<5} {step.label:<{width}} {count.reached:>9,} "
            f"{'' if share is None else f'{100 * share:6.1f} %':>9}  {bar}"
            f"{'   ← largest leak to the next step' if leak and leak.step == number else ''}"
        )
    lines += ["", f"{report.still_open:,} of {report.entered:,} could still go on."]
    for part in report.segments:
        label = {"value": ", ".join(part.values), "other": "other", "not_set": "not set"}[part.kind]
        lines.append(f"  {label:<30} " + "  ".join(f"{count.reached:>8,}" for count in part.counts))
    return "\n".join(lines)
