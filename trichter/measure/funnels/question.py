"""What a page's address asks: a funnel, a period, a breakdown, and “what if” changes that are not saved.

Everything in an address is hostile. What is not understood is left out, never an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Literal, cast
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from trichter.core.events.conditions import field_is_known
from trichter.kit.clock import Period
from trichter.measure.kpis.forms import period_from

from .definition import ACTOR_DIMENSIONS, ORDERS, STARTS, UNITS, Breakdown, FunnelDefinition

Scale = Literal["phase", "entry", "step"]
TABS: Final = ("funnel", "breakdown", "time", "trend", "revenue", "definition")
WINDOWS: Final = ("1", "7", "14", "30", "60", "90", "180", "365")
_CHANGES: Final = ("order", "unit", "start", "window")


@dataclass(frozen=True, kw_only=True)
class Question:
    """`definition` has the changes of the address applied; `params` is the understood part of the address.

    preset: name of the period, "" for a range of one's own. changed: the definition differs from the saved.
    """

    definition: FunnelDefinition
    saved: FunnelDefinition
    period: Period
    preset: str
    scale: Scale
    tab: str
    params: Mapping[str, str]
    notices: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Something of the saved definition is overridden."""
        return any(name in self.params for name in _CHANGES)

    def query(self, **changes: str | int | None) -> str:
        """The address's query with changes; None takes a parameter out."""
        merged: dict[str, Any] = {**self.params, **changes}
        if "period" in changes:
            merged.pop("from", None)
            merged.pop("to", None)
        return urlencode({name: value for name, value in merged.items() if value not in (None, "")})

    @property
    def reset(self) -> str:
        """The query without the “what if” changes."""
        return self.query(**dict.fromkeys(_CHANGES))


def read_question(*, query: QueryDict, saved: FunnelDefinition, today: date) -> Question:
    """The question in an address; whatever cannot be understood is as if it were not there."""
    period, preset = period_from(query, today=today, default="90d")
    params: dict[str, str] = (
        {"period": preset} if preset else {"from": str(period.first_day), "to": str(period.last_day)}
    )
    changes: dict[str, Any] = {}
    for name, known in (("order", ORDERS), ("unit", UNITS), ("start", STARTS)):
        value = query.get(name, "")
        if value in known and value != getattr(saved, name):
            changes[name] = params[name] = value
    window = query.get("window", "")
    if window == "none" and saved.window is not None:
        changes["window"], params["window"] = None, window
    elif window in WINDOWS and timedelta(days=int(window)) != saved.window:
        changes["window"], params["window"] = timedelta(days=int(window)), window
    definition, notices = _fitting(replace(saved, **changes))
    definition = replace(definition, breakdown=_breakdown(query, saved, params))
    scale = query.get("scale", "")
    if scale in ("entry", "step"):
        params["scale"] = scale
    tab = query.get("tab", "")
    if tab in TABS[1:]:
        params["tab"] = tab
    return Question(
        definition=definition,
        saved=saved,
        period=period,
        preset=preset,
        scale=cast(Scale, params.get("scale", "phase")),
        tab=params.get("tab", "funnel"),
        params=params,
        notices=tuple(notices),
    )


def _fitting(definition: FunnelDefinition) -> tuple[FunnelDefinition, list[str]]:
    """Steps in any order know no limits between steps and no exclusions; both are left out, and said so."""
    if definition.order != "any":
        return definition, []
    limited = any(step.within is not None for step in definition.steps)
    if not limited and not definition.exclusions:
        return definition, []
    steps = tuple(replace(step, within=None) for step in definition.steps)
    notice = _("In any order there is no “between”: limits between steps and exclusions are left out here.")
    return replace(definition, steps=steps, exclusions=()), [notice]


def _breakdown(query: QueryDict, saved: FunnelDefinition, params: dict[str, str]) -> Breakdown | None:
    own, by = saved.breakdown, query.get("by", "")
    if by == "none":
        if own is not None:
            params["by"] = by
        return None
    known = len(by) <= 80 and (by in ACTOR_DIMENSIONS or field_is_known(by))
    if not known or (own is not None and by == own.dimension):
        if own is None:
            return None
        dimension, limit = own.dimension, own.limit
    else:
        dimension, limit = by, 10
        params["by"] = by
    place: Any = own.at if own is not None and own.dimension == dimension else "entry"
    at = query.get("at", "")
    if at in ("entry", "last"):
        place = at
    elif at.isascii() and at.isdigit() and len(at) <= 2 and 1 <= int(at) <= len(saved.steps):
        place = int(at)
    if dimension in ACTOR_DIMENSIONS:
        place = "entry"
    elif place != (own.at if own is not None and own.dimension == dimension else "entry"):
        params["at"] = str(place)
    return Breakdown(dimension=dimension, at=place, limit=limit)
