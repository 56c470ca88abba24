"""Which period a page is about, from its address."""

from datetime import date
from typing import cast, get_args

from django.http import QueryDict

from trichter.kit.clock import EARLIEST_DAY, LATEST_DAY, Period, PresetName, preset

_PRESETS = get_args(PresetName)
_LONGEST = 3_700


def period_from(query: QueryDict, *, today: date, default: PresetName = "30d") -> tuple[Period, str]:
    """`?period=90d` or `?from=2026-01-01&to=2026-01-31`; anything unreadable falls back to the default.

    Returns the period and the name of the preset, "" for a range of one's own.
    """
    try:
        first, last = date.fromisoformat(query.get("from", "")), date.fromisoformat(query.get("to", ""))
        if EARLIEST_DAY <= first <= last <= LATEST_DAY and (last - first).days < _LONGEST:
            return Period(first, last), ""
    except ValueError:
        pass
    name = query.get("period", default)
    if name not in _PRESETS:
        name = default
    return preset(cast(PresetName, name), today=today), name
