"""The tracking's screens: who may see them, what they say when nothing came, and when something did."""

import html
import re

import pytest
from django.utils import timezone, translation

from trichter.attract.tracking.details import told
from trichter.attract.tracking.draining.lines import Chunk
from trichter.attract.tracking.draining.visits import OpenVisits
from trichter.attract.tracking.draining.writing import write
from trichter.attract.tracking.models import DropSample, TrackingSettings
from trichter.attract.tracking.pipeline.reasons import Reason
from trichter.attract.tracking.queries import drops
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
    assert 'data-label="Gerät">Desktop<' in page
    assert "<html" not in page and "198.51.100.7" not in page
    assert "Fehlerhaft" in client.get("/app/tracking/dropped/").content.decode()


def test_the_tag_names_the_head_and_every_snippet_can_be_copied(login):
    page = login("marketing").get("/app/tracking/").content.decode()
    assert "vor &lt;/head&gt;" in page and "</head>. " not in page
    copied = re.findall(r'data-copy="([^"]*)"', page)
    assert len(copied) == page.count("<pre") == 7
    assert html.unescape(copied[0]) == '<script async src="http://testserver/t.js"></script>'
    assert html.unescape(copied[4]).startswith('trichter("Demo requested", {value: 4900')


def dropped(*events):
    chunk = Chunk()
    chunk.add(taken(list(events), asker()))
    write(chunk=chunk, segment="s", offset=1, visits=OpenVisits(), own_domains=RULES.own_domains)


def test_a_drop_says_in_german_what_is_wrong_once(login):
    late = {"kind": "form.started", "uid": view()["uid"], "data": {"form": ""}}
    dropped(late, late, {"kind": "nonsense"})
    page = login("marketing").get("/app/tracking/dropped/").content.decode()
    assert page.count("form.started.data.form: ist leer") == 1 and "unbekannte Art von Ereignis" in page
    assert "String should" not in page
    assert 'data-label="Gesamt"' in page


def test_the_examples_of_all_reasons_are_one_query(django_assert_num_queries, login):
    for reason in Reason:
        DropSample.objects.bulk_create(
            DropSample(at=timezone.now(), reason=reason.value, detail=f"{reason.value} {number}")
            for number in range(5)
        )
    with django_assert_num_queries(3):  # the company, the counts, the examples
        rows = drops()
    assert all(
        [one.detail for one in row.samples] == [f"{row.reason.value} {number}" for number in (4, 3, 2)]
        for row in rows
    )


@pytest.mark.parametrize(
    ("detail", "german"),
    [
        ("data.form: String should have at least 1 character", "data.form: ist leer"),
        ("page.viewed.uid: Field required", "page.viewed.uid: fehlt"),
        ("Value error, day is out of range for month", "diesen Tag gibt es nicht"),
        ("url: missing", "url: fehlt"),
        ("no JSON: unexpected character: line 1 column 1 (char 0)", "kein JSON"),
        ("data.scroll: Input should be less than or equal to 100", "data.scroll: größer als 100"),
        ("shop.example.net", "shop.example.net"),
        ("data.x: Something new", "data.x: Something new"),
    ],
)
def test_the_usual_details_are_told_in_the_readers_language(detail, german):
    with translation.override("de"):
        assert told(detail) == german


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
