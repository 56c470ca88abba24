"""The reference gives the published counts on a public shop journal; the page quotes the same table."""

import csv
import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from trichter.core.events.conditions import EventMatch
from trichter.measure.funnels.analysis.counts import step_counts
from trichter.measure.funnels.analysis.timing import quantile, timing
from trichter.measure.funnels.definition import FunnelDefinition, Step
from trichter.measure.funnels.occurrences import Occurrence
from trichter.measure.funnels.reference import evaluate

from .test_reference_examples import TEXT, rows_of

ROOT = Path(__file__).parents[4]
DATA = ROOT / ".." / "shared" / "data" / "funnel" / "retentioneering_ecom.csv.gz"
STEPS = ("catalog", "product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase")
TABLE = re.search(r"^\| window \|.*\n(?:\|.*\n)+", TEXT, re.M)
assert TABLE

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the public data set is not beside the project")


@pytest.fixture(scope="module")
def shop() -> dict[int, list[Occurrence]]:
    journals: dict[int, list[Occurrence]] = {}
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            actor = int(row["user_id"].removeprefix("user_"))
            journals.setdefault(actor, []).append(
                Occurrence(
                    at=datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC),
                    event_id=number,
                    kind=f"shop.{row['event']}",
                    session=int(row["session_id"].removeprefix("sess_")),
                )
            )
    return journals


def funnel(*names: str, **settings) -> FunnelDefinition:
    steps = tuple(Step(name, name, "tofu", EventMatch(f"shop.{name}")) for name in names)
    return FunnelDefinition(name="Shop", slug="shop", steps=steps, **settings).checked()


@pytest.mark.parametrize(
    "row", rows_of(TABLE[0]), ids=lambda row: f"{row['window']} {row['start']} {row['unit']}"
)
def test_the_counts_are_the_published_ones(shop, row):
    window = None if row["window"] == "none" else timedelta(hours=int(row["window"].removesuffix(" h")))
    definition = funnel(*STEPS, window=window, start=row["start"], unit=row["unit"])
    counts = step_counts(definition, evaluate(definition, journals=shop))
    assert [count.reached for count in counts] == [int(row[str(number)]) for number in range(1, 8)]


def test_the_time_from_first_catalogue_view_to_first_purchase_is_the_published_one(shop):
    definition = funnel("catalog", "purchase", start="first")
    outcomes = evaluate(definition, journals=shop)
    gaps = (outcome.hits[1].at - outcome.hits[0].at for outcome in outcomes if outcome.depth == 2)
    taken = np.sort(np.array([gap // timedelta(microseconds=1) for gap in gaps]))
    found = timing(outcomes, start=1, stop=2)
    days = [time / timedelta(days=1) for time in (quantile(taken, 1, 4), found.median, quantile(taken, 3, 4))]
    assert found.cases == 321
    assert [round(day, 4) for day in days] == [6.4953, 33.8874, 64.5279]
