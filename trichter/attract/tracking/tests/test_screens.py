"""The tracking's screens: who may see them, what they say when nothing came, and when something did."""

import pytest

from trichter.attract.tracking.draining.lines import Chunk
from trichter.attract.tracking.draining.visits import OpenVisits
from trichter.attract.tracking.draining.writing import write
from trichter.attract.tracking.models import TrackingSettings
from trichter.core.shell.queries import installation

from .making import RULES, asker, taken, view

pytestmark = pytest.mark.django_db
SCREENS = ("", "live/", "dropped/", "settings/")


@pytest.mark.parametrize("path", SCREENS)
def test_marketing_and_admins_see_the_screens_and_others_do_not(login, path):
    for role, status in (("marketing", 200), ("admin", 200), ("sales", 403), ("service", 403)):
        assert login(role).get(f"/app/tracking/{path}").status_code == status


def test_an_empty_house_says_what_to_do_next(login):
    page = login("marketing").get("/app/tracking/live/").content.decode()
    assert "Heute ist noch nichts angekommen" in page
    assert "eigenen Domains" in page


def test_the_live_view_shows_what_came_and_names_nobody(login):
    chunk = Chunk()
    chunk.add(taken([view(url="http://example.com/preise"), {"kind": "nonsense"}], asker(ip="198.51.100.7")))
    write(chunk=chunk, segment="s", offset=1, visits=OpenVisits(), own_domains=RULES.own_domains)
    client = login("marketing")
    page = client.get("/app/tracking/live/", headers={"HX-Request": "true"}).content.decode()
    assert "Ihr Tag läuft" in page and "/preise" in page
    assert "<html" not in page and "198.51.100.7" not in page
    assert "Fehlerhaft" in client.get("/app/tracking/dropped/").content.decode()


def test_settings_are_checked_and_kept(login):
    client = login("marketing")
    good = {
        "own_domains": "https://Example.com/",
        "team_addresses": "203.0.113.9/24",
        "excluded_pages": "/intern/*",
    }
    for field, wrong in (
        ("team_addresses", "300.1.1.1"),
        ("excluded_pages", "intern"),
        ("own_domains", "a b"),
    ):
        assert client.post("/app/tracking/settings/", {**good, field: wrong}).status_code == 422
    assert client.post("/app/tracking/settings/", good).status_code == 302
    saved = TrackingSettings.objects.get()
    assert (saved.team_addresses, saved.excluded_pages) == (["203.0.113.0/24"], ["/intern/*"])
    assert installation().own_domains == ["example.com"]
