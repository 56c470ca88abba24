"""A heatmap out of the counters."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet, Sum

from ..models import HeatCount, HeatElement, HeatPage
from ..rules import COLUMNS, FEW_VIEWS, ROW_PX, SCROLL_STEPS

MOST_ELEMENTS = 30
_BANDS = 5


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of the drawing: px from the top, fiftieths from the left, count, `band` 1 (few) to 5 (most)."""

    x: int
    y: int
    count: int
    band: int


@dataclass(frozen=True, kw_only=True)
class Element:
    """A clicked element. `share`: of all clicks of the page, per cent."""

    path: str
    clicks: int
    rage: int
    dead: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How many views came down to `percent` of the page."""

    percent: int
    views: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Heatmap:
    """`height`, `fold`: px, averages over the views. Totals are over page, device and period."""

    views: int
    height: int
    fold: int
    clicks: int
    rage: int
    dead: int
    cells: list[Cell] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    reach: list[Reach] = field(default_factory=list)

    @property
    def few(self) -> bool:
        """Too few views to draw conclusions."""
        return self.views < FEW_VIEWS


def pages() -> QuerySet[HeatPage]:
    """Every page that has counters."""
    return HeatPage.objects.order_by("site", "page")


def busiest(*, first: date) -> list[tuple[HeatPage, int, int]]:
    """Pages with their views and clicks since, the most viewed first."""
    rows = HeatCount.objects.filter(day__gte=first, kind__in="vc").values_list("page", "kind")
    totals: dict[int, dict[str, int]] = {}
    for page, kind, number in rows.annotate(Sum("count")):
        totals.setdefault(page, {})[kind] = number
    found = [
        (page, totals[page.pk].get("v", 0), totals[page.pk].get("c", 0))
        for page in pages()
        if page.pk in totals
    ]
    return sorted(found, key=lambda row: -row[1])


def heatmap(*, page: HeatPage, device: str, first: date, kind: str = "c") -> Heatmap:
    """The heatmap of a page since a day."""
    rows = HeatCount.objects.filter(page=page, device=device, day__gte=first)
    totals = dict(rows.exclude(kind__in="sm").values_list("kind").annotate(Sum("count")))
    views = totals.get("v", 0)
    steps = dict(rows.filter(kind="s").values_list("y").annotate(Sum("count")))
    drawn = rows.filter(kind=kind).values_list("x", "y").annotate(number=Sum("count"))
    cells = [(x, y, number) for x, y, number in drawn if number]
    peak = max((number for _x, _y, number in cells), default=0)
    return Heatmap(
        views=views,
        height=max(600, round(totals.get("h", 0) / views)) if views else 600,
        fold=round(totals.get("f", 0) / views) if views else 0,
        clicks=totals.get("c", 0),
        rage=totals.get("r", 0),
        dead=totals.get("d", 0),
        cells=[
            Cell(x=x, y=y * ROW_PX, count=number, band=band(number, peak)) for x, y, number in sorted(cells)
        ],
        elements=elements(page=page, device=device, first=first),
        reach=[
            Reach(percent=step * 5, views=steps.get(step, 0), share=min(1, steps.get(step, 0) / views))
            for step in range(1, SCROLL_STEPS + 1)
        ]
        if views
        else [],
    )


def band(number: int, peak: int) -> int:
    """1 to 5 by the root of the share of the peak: rare clicks are visible beside a hot spot."""
    return max(1, min(_BANDS, 1 + int((number / peak) ** 0.5 * (_BANDS - 0.01)))) if peak else 1


def elements(*, page: HeatPage, device: str, first: date) -> list[Element]:
    """The most clicked elements."""
    rows = HeatElement.objects.filter(page=page, device=device, day__gte=first).values("path")
    sums = rows.annotate(c=Sum("clicks"), r=Sum("rage"), d=Sum("dead")).order_by("-c", "path")
    total = sum(row["c"] for row in sums)
    return [
        Element(
            path=row["path"], clicks=row["c"], rage=row["r"], dead=row["d"],
            share=row["c"] / total if total else 0,
        )
        for row in sums[:MOST_ELEMENTS]
    ]  # fmt: skip


def spots(
    *, page: HeatPage, device: str, first: date, most: int = 1_000
) -> list[tuple[str, int, int, float]]:
    """For the drawing over the page: path, tenths in the element, share of the hottest spot."""
    rows = HeatElement.objects.filter(page=page, device=device, day__gte=first, clicks__gt=0)
    found = (
        rows.values_list("path", "x", "y").annotate(n=Sum("clicks")).order_by("-n", "path", "x", "y")[:most]
    )
    peak = max((number for *_where, number in found), default=1)
    return [(path, x, y, round(number / peak, 3)) for path, x, y, number in found]


CELL_WIDTH = 1_000 // COLUMNS
