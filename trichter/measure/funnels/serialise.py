"""A funnel's answer as JSON data: for the command line and for other programs."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .queries import FunnelResult


def funnel_data(result: FunnelResult) -> dict[str, Any]:
    """The result as plain JSON values; actors are left out, every count is kept.

    Durations are seconds, days ISO dates, instants ISO with offset, money whole minor units by currency.
    Rates have `hits`, `cases`, `share`, `low` and `high` (95 % Wilson); the share is given under 30 cases,
    too, so read it together with `cases`. Segments are those of the definition's breakdown.
    """
    report = result.report
    return {
        "funnel": result.definition.to_json(),
        "period": {"first_day": str(result.period.first_day), "last_day": str(result.period.last_day)},
        "zone": str(result.zone),
        "as_of": result.as_of.isoformat(),
        "entered": report.entered,
        "finished": report.finished,
        "still_open": report.still_open,
        "conversion": _plain(report.conversion),
        "steps": _plain(report.steps),
        "bands": _plain(report.bands),
        "leaks": _plain(report.leaks),
        "timings": _plain(report.timings),
        "weeks": [
            {"week": week.name, "monday": str(week.monday), "steps": _plain(week.counts)}
            for week in report.weeks
        ],
        "segments": [
            {"kind": part.kind, "values": list(part.values), "steps": _plain(part.counts)}
            for part in report.segments
        ],
        "revenue": [dict(step) for step in report.revenue],
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
