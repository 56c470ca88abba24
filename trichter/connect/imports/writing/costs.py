"""Rows about advertising costs. Several rows of one day and campaign (one per ad or device) are added up."""

import re
from dataclasses import dataclass
from datetime import date

from trichter.attract.campaigns.models import AdCost
from trichter.core.journal.bulk import insert_records

from ..cells import Cells
from .batch import Batch, Before, Context, Outcome, save_fields

FIELDS = ("day", "source", "medium", "campaign", "cost", "currency", "impressions", "clicks")
Key = tuple[date, str, str, str, str]
_TOTAL = re.compile(
    r"(?:total|gesamt|summe|insgesamt|grand total|results? from|ergebnisse? (?:von|aus))\b", re.IGNORECASE
)
# Exports in which every row names its campaign: one without is the total of the report.
_BY_CAMPAIGN = frozenset({"google_ads", "meta_ads", "linkedin_ads", "microsoft_ads"})
_CHUNK = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class CostRow:
    """What one campaign cost on one day; `cost` in minor units."""

    key: Key
    cost: int
    impressions: int | None
    clicks: int | None


class Total:
    """A row that adds up the others, or stands below them: nothing to take over, and nothing wrong."""


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
    return CostRow(key=key, cost=cost.minor, impressions=impressions, clicks=clicks)


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


class _Cost:
    __slots__ = ("before", "new", "record", "rows")

    def __init__(self, record: AdCost, *, new: bool) -> None:
        self.record = record
        self.new = new
        self.rows = 0
        self.before: Before = {}


class CostImporter:
    """One record per day, source, medium, campaign and currency. Needs the whole file at once, to add up."""

    def __init__(self, batch: Batch, *, dry: bool) -> None:
        self.batch = batch
        self._known: dict[Key, _Cost] = {}
        self._sums: dict[Key, tuple[int, int | None, int | None]] = {}
        self._planned: dict[Key, Outcome] = {}

    def load(self, drafts: list[CostRow | Total]) -> None:
        """Add up the rows and look up the records of their days."""
        for draft in drafts:
            if isinstance(draft, Total):
                continue
            cost, impressions, clicks = self._sums.get(draft.key, (0, None, None))
            self._sums[draft.key] = (
                cost + draft.cost,
                _plus(impressions, draft.impressions),
                _plus(clicks, draft.clicks),
            )
        days = sorted({key[0] for key in self._sums})
        for start in range(0, len(days), _CHUNK):
            for record in AdCost.objects.filter(day__in=days[start : start + _CHUNK]):
                key = (record.day, record.source, record.medium, record.campaign, record.currency)
                self._known[key] = _Cost(record, new=False)

    def plan(self, draft: CostRow | Total) -> Outcome:
        """The first row of a record carries the sum; the others belong to it."""
        if isinstance(draft, Total):
            return "unchanged"
        key = draft.key
        if (first := self._planned.get(key)) is not None:
            return "unchanged" if first == "unchanged" else "updated"
        self._planned[key] = outcome = self._first(key)
        return outcome

    def _first(self, key: Key) -> Outcome:
        cost, impressions, clicks = self._sums[key]
        known = self._known.get(key)
        if known is None:
            day, source, medium, campaign, currency = key
            record = AdCost(
                day=day,
                source=source,
                medium=medium,
                campaign=campaign,
                currency=currency,
                cost=cost,
                impressions=impressions,
                clicks=clicks,
            )
            self._known[key] = _Cost(record, new=True)
            return "created"
        if self.batch.context.options.existing == "skip":
            return "unchanged"
        for name, value in (("cost", cost), ("impressions", impressions), ("clicks", clicks)):
            old = getattr(known.record, name)
            fill = self.batch.context.options.existing == "fill" and old is not None
            if value is not None and value != old and not fill:
                known.before[name] = old
                setattr(known.record, name, value)
        return "updated" if known.before else "unchanged"

    def flush(self) -> None:
        """Insert new records, write changed ones."""
        fresh = [one for one in self._known.values() if one.new]
        insert_records([one.record for one in fresh])
        for one in fresh:
            self.batch.created(one.record, FIELDS)
        for one in self._known.values():
            if one.before:
                save_fields(one.record, one.before)
                self.batch.updated(one.record, one.before)
        self.batch.flush()

    def forget(self) -> None:
        """Nothing is kept: the whole file is one batch."""
        self.batch.forget()


def _plus(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other
