"""`trichter funnel`: a funnel as text or JSON."""

import json
from datetime import datetime, timedelta
from typing import Any

import click

from trichter.config.language import decimal, language, ngettext, number
from trichter.config.language import gettext as _

from .setup import django_setup, require_prepared, speak_as_console

_ORDERS = {"ordered": _("steps in order"), "strict": _("strict steps"), "any": _("steps in any order")}
_UNITS = {"person": _("per person"), "company": _("per company"), "session": _("per session")}
_STARTS = {"first": _("first entry"), "best": _("best entry")}


@click.command(
    "funnel",
    help="\n\n".join(
        (
            _("Print the funnel NAME (short name or name); without NAME list all funnels."),
            _("The default period is the last 90 days."),
        )
    ),
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help=_("JSON instead of text."))
@click.option(
    "--from",
    "first",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar=_("YYYY-MM-DD"),
    help=_("First day of entry (company zone)."),
)
@click.option(
    "--to",
    "last",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar=_("YYYY-MM-DD"),
    help=_("Last day of entry."),
)
@click.option("--by", "dimension", default=None, help=_("Split by a dimension, such as channel or device."))
def command(
    name: str | None, as_json: bool, first: datetime | None, last: datetime | None, dimension: str | None
) -> None:
    """Evaluate and print, or list what there is."""
    django_setup()
    require_prepared()
    speak_as_console()
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
            mark = f" {_('(default)')}" if funnel.default else ""
            click.echo(f"{funnel.slug:<24} {funnel.name}{mark}")
        return
    found = [funnel for funnel in funnels if name in (funnel.slug, funnel.name)]
    if not found:
        known = ", ".join(funnel.slug for funnel in funnels)
        raise click.ClickException(
            _("no funnel “{name}”; known are: {known}").format(name=name, known=known or _("none"))
        )
    today = company_today()
    last_day = last.date() if last else today
    period_first = first.date() if first else max(last_day, EARLIEST_DAY) - timedelta(days=89)
    if not (period_first >= EARLIEST_DAY and last_day <= LATEST_DAY):
        raise click.ClickException(
            _("the days must lie between {first} and {last}").format(first=EARLIEST_DAY, last=LATEST_DAY)
        )
    if period_first > last_day:
        raise click.ClickException(_("--from lies after --to"))
    try:
        definition = definition_of(found[0])
        if dimension:
            definition = replace(definition, breakdown=Breakdown(dimension)).checked()
    except Malformed as error:
        known = ", ".join(key for key, _label in choices())
        hint = "; " + _("dimensions are: {known}, data.<field>").format(known=known) if dimension else ""
        raise click.ClickException(f"{str(error).removesuffix('.')}{hint}") from None
    result = evaluate(definition=definition, period=Period(period_first, last_day), user=None)
    click.echo(json.dumps(funnel_data(result), ensure_ascii=False, indent=2) if as_json else _text(result))


def _text(result: Any) -> str:
    """The funnel as text of plain width: counts, shares, medians, what was lost, and the breakdown."""
    definition, report = result.definition, result.report
    lines = [
        _("{name}, entered {first} to {last} ({zone})").format(
            name=definition.name,
            first=result.period.first_day,
            last=result.period.last_day,
            zone=result.zone,
        )
    ]
    lines += [_rules(definition), ""]
    if not report.entered:
        return "\n".join([*lines, _("Nobody entered in this period.")])
    labels = [
        step.label if definition.order != "any" else _at_least(at)
        for at, step in enumerate(definition.steps, 1)
    ]
    width = max(map(len, labels))
    leak = report.leaks.largest
    lines.append(
        f"{'':<{width + 6}} {_('reached'):>9} {_('of entry'):>11} {_('from prev.'):>11}"
        f" {_('dropped'):>10} {_('open'):>7}"
    )
    for step, label, count in zip(definition.steps, labels, report.steps, strict=True):
        bar = "█" * round(20 * count.reached / report.entered)
        mark = "  ← " + _("largest leak") if leak and leak.step == count.number else ""
        lines.append(
            f"{step.band.upper():<5} {label:<{width}} {number(count.reached):>9}"
            f" {_share(count.from_entry):>11} {_share(count.from_previous):>11}"
            f" {number(count.dropped):>10} {number(count.still_open):>7}  {bar}{mark}"
        )
    lines.append("")
    if leak and leak.missed is not None:
        lines.append(
            _(
                "Largest leak: {lost} lost after step {step}; had they gone on like those who passed, "
                "about {money} more would have come in."
            ).format(lost=number(leak.lost), step=leak.step, money=_money(leak.missed, report.leaks.currency))
        )
    lines.append(
        _("{open} of {entered} could still go on.").format(
            open=number(report.still_open), entered=number(report.entered)
        )
    )
    lines.append(_("Under 30 cases no share is shown."))
    if report.segments:
        lines += ["", _("By {dimension}:").format(dimension=definition.breakdown.dimension)]
        for part in report.segments:
            name = {"value": ", ".join(part.values), "other": _("(other)"), "not_set": _("(not set)")}[
                part.kind
            ]
            numbers = "  ".join(f"{number(count.reached):>8}" for count in part.counts)
            lines.append(f"  {name[:30]:<30} {numbers}")
    return "\n".join(lines)


def _rules(definition: Any) -> str:
    window = (
        _("no time limit")
        if definition.window is None
        else _("within {time}").format(time=_time(definition.window))
    )
    return ", ".join((_ORDERS[definition.order], _UNITS[definition.unit], _STARTS[definition.start], window))


def _at_least(steps: int) -> str:
    return ngettext("at least {count} step", "at least {count} steps", steps).format(count=steps)


def _time(window: timedelta) -> str:
    if window.seconds:
        return str(window)
    return ngettext("{count} day", "{count} days", window.days).format(count=window.days)


def _share(rate: Any) -> str:
    return f"{decimal(100 * rate.share)} %" if rate is not None and rate.enough else "–"


def _money(minor: int, currency: str | None) -> str:
    from trichter.kit.money import Money

    return Money(minor, currency).format(language()) if currency and len(currency) == 3 else str(minor)
