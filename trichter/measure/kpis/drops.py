"""Segments whose way from visitor to lead got worse, beyond chance."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from trichter.core.lifecycle.queries import stage_entries
from trichter.kit.clock import day_start
from trichter.kit.stats import compare

from .scope import Scope

RECENT, REFERENCE = timedelta(days=28), timedelta(days=84)
_LEAST, _ALPHA = 100, 0.01


@dataclass(frozen=True, kw_only=True)
class Part:
    """Visitors who came in a span of days, and those of them who became leads within a week."""

    visitors: int
    leads: int

    @property
    def rate(self) -> float:
        """Share of leads; 0 without visitors."""
        return self.leads / self.visitors if self.visitors else 0.0


@dataclass(frozen=True, kw_only=True)
class Drop:
    """A segment (source, medium, device) that converts worse than before."""

    source: str
    medium: str
    device: str
    before: Part
    after: Part
    p_adjusted: float
    tests: int

    @property
    def label(self) -> str:
        """The segment in one line."""
        return " · ".join(part for part in (self.source or "direct", self.medium, self.device) if part)


def conversion_drops(*, scope: Scope) -> list[Drop]:
    """Compare the last 28 days with the 84 days before, per source, medium and device.

    Two-sided two-proportion z test, Benjamini–Hochberg at 1 % over all segments with at least 100 visitors
    in either span; only deteriorations are returned, the one that costs most leads first. A lead counts
    when it came within seven days of the visit; visitors whose seven days are not over yet are left out, so
    that both spans are watched equally long.
    """
    end = day_start(scope.period.last_day, scope.zone) + timedelta(days=1) - timedelta(days=7)
    middle, start = end - RECENT, end - RECENT - REFERENCE
    visits = stage_entries(user=scope.user, stage="visitor", start=start, end=end)
    entries = (
        visits.filter(backward=False, implied=False)
        .order_by()
        .values_list("person", "at", "cause__source", "cause__medium", "cause__device")
    )
    leads: dict[int, list[object]] = defaultdict(list)
    lead_entries = stage_entries(stage="lead", start=start, end=end + timedelta(days=7))
    known = lead_entries.filter(backward=False, person__isnull=False).order_by()
    for person, at in known.values_list("person", "at"):
        leads[person].append(at)
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for person, at, source, medium, device in entries.iterator():
        cell = counts[source or "", medium or "", device or ""]
        offset = 2 if at >= middle else 0
        cell[offset] += 1
        if person is not None and any(at <= lead <= at + timedelta(days=7) for lead in leads.get(person, ())):
            cell[offset + 1] += 1
    tested = [(key, cell) for key, cell in counts.items() if cell[0] >= _LEAST and cell[2] >= _LEAST]
    p_values = [
        rates.p for _key, cell in tested if (rates := compare(cell[1], cell[0], cell[3], cell[2])) is not None
    ]
    drops = [
        Drop(
            source=key[0], medium=key[1], device=key[2], p_adjusted=adjusted, tests=len(tested),
            before=Part(visitors=cell[0], leads=cell[1]), after=Part(visitors=cell[2], leads=cell[3]),
        )
        for (key, cell), adjusted in zip(tested, _benjamini_hochberg(p_values), strict=True)
        if adjusted < _ALPHA and cell[3] / cell[2] < cell[1] / cell[0]
    ]  # fmt: skip
    return sorted(drops, key=lambda drop: -(drop.before.rate - drop.after.rate) * drop.after.visitors)


def _benjamini_hochberg(p_values: list[float]) -> list[float]:
    """Adjusted p-values that control the false discovery rate (Benjamini and Hochberg 1995), in order."""
    count = len(p_values)
    adjusted, smallest = [1.0] * count, 1.0
    for rank, index in sorted(
        enumerate(sorted(range(count), key=p_values.__getitem__), start=1), reverse=True
    ):
        smallest = min(smallest, p_values[index] * count / rank)
        adjusted[index] = smallest
    return adjusted
