"""Several websites of one house are told apart."""

import pytest

from trichter.attract.tracking.tests.making import NOW, START, view
from trichter.attract.tracking.tests.test_draining import MINUTE, House
from trichter.measure.traffic.breakdown import rows_of
from trichter.measure.traffic.dimensions import filtered
from trichter.measure.traffic.filters import Filter
from trichter.measure.traffic.visits import load

pytestmark = pytest.mark.django_db


def test_visits_are_split_and_filtered_by_the_site_they_began_on(login):
    house = House()
    pages = ("www.example.com/a", "example.com/a", "shop.example.com/a", "example.org/a")
    for number, page in enumerate(pages):
        house.sends(
            view(url=f"https://{page}", ago=MINUTE), ip=f"198.51.100.{number}", origin=page.split("/")[0]
        )
    found = load(low=START * 1_000, high=(NOW + MINUTE) * 1_000, people=None, goals=[], currency="EUR")
    by_site = {row.value: row.figures.visits for row in rows_of(found, dimension="site")}
    assert by_site == {"example.com": 2, "shop.example.com": 1, "example.org": 1}
    assert len(filtered(found, [Filter(name="site", op="not", values=("example.com",))])) == 2
    answer = login("marketing").get("/app/traffic/by/site/?period=today&site=example.org").content.decode()
    assert "Website" in answer and "example.org" in answer and "shop.example.com" not in answer
    assert 'href="/app/traffic/list/' in answer
