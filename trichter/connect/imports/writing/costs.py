"""Rows about advertising costs. Several rows of one day and campaign (one per ad or device) are added up."""

import re
from dataclasses import dataclass
from datetime import date

from trichter.attract.campaigns.models import AdCost

from ..cells import Cells
from .batch import Context
from .summed import Number, SummedImporter, Total, Values

Key = tuple[date, str, str, str, str]
_TOTAL = re.compile(
    r"(?:total|gesamt|summe|insgesamt|grand total|results? from|ergebnisse? (?:von|aus))\b", re.IGNORECASE
)
# Exports in which every row names its campaign: one without is the total of the report.
_BY_CAMPAIGN = frozenset({"google_ads", "meta_ads", "linkedin_ads", "microsoft_ads"})


@dataclass(frozen=True, kw_only=True, slots=True)
class CostRow:
    """What one campaign cost on one day: `cost` (in minor units), `impressions` and `clicks`."""

    key: Key
    values: Values


def read_cost(cells: Cells, context: Context) -> CostRow | Total | None:
    """A row as a cost; None, with the reason in `cells.problems`, when it cannot be one."""
    if _is_total(cells, context):
        cells.note("total_row", "campaign" if cells.has("campaign") else "day")
        return Total()
    day = cells.day("day")
    if day is None and not cells.rejected:
        cells.reject("missing", "day")
    currency = cells.currency()
    cost = cells.money("cost", currency=currency)
    if cost is None and not cells.rejected:
        cells.reject("missing", "cost")
    if cost is not None and cost.minor < 0:
        cells.reject("negative", "cost")
    source = cells.text("source", 120) or context.options.source
    campaign = cells.text("campaign", 160)
    if not source and not campaign:
        cells.reject("nothing_to_identify", fields="source, campaign")
    impressions = cells.whole("impressions", most=2**62)
    clicks = cells.whole("clicks", most=2**62)
    if cells.rejected or day is None or cost is None:
        return None
    medium = cells.text("medium", 60) or context.options.medium
    key = (day, spelled(source), spelled(medium), campaign, cost.currency)
    return CostRow(key=key, values={"cost": cost.minor, "impressions": impressions, "clicks": clicks})


def _is_total(cells: Cells, context: Context) -> bool:
    """Whether the row sums up the report, as Google and Microsoft write it last and Meta first or last."""
    said = [text for text in (cells.text("day", 200), cells.text("campaign", 500)) if text]
    if any(_TOTAL.match(text) for text in said) and not (
        cells.has("day") and cells.has("campaign") and not _TOTAL.match(said[0])
    ):
        return True
    if context.options.system not in _BY_CAMPAIGN:
        return False
    return not cells.has("campaign") or said[-1] in ("--", " --")


def spelled(text: str) -> str:
    """Sources and media in the spelling of page views: `Google` and `google` are one."""
    return text.lower()


class CostImporter(SummedImporter):
    """One record per day, source, medium, campaign and currency."""

    model = AdCost
    names = ("day", "source", "medium", "campaign", "currency")
    day = "day"
    numbers = ("cost", "impressions", "clicks")

    @staticmethod
    def add(one: Values, other: Values) -> Values:
        """All of them; what neither row names stays unknown."""
        return {name: _plus(one[name], other[name]) for name in CostImporter.numbers}


def _plus(one: Number | None, other: Number | None) -> Number | None:
    return one if other is None else (one or 0) + other
