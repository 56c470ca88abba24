"""Heatmaps and recordings on screen: who may see them, and what is written down about it."""

import json
import uuid
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from trichter.attract.replay.models import HeatPage, Recording, ReplaySettings
from trichter.attract.replay.queries import near
from trichter.attract.replay.views.overlay import token
from trichter.core.people.actions.links import link
from trichter.core.people.models import Person
from trichter.core.shell.queries import installation

from .making import agree, drain, heat, line, part

pytestmark = pytest.mark.django_db
SCREENS = ("/app/heatmaps/", "/app/recordings/", "/app/heatmaps/settings/")


def recorded(*, owner=None, known=False):
    """A recording, of a person when `known`; with its person."""
    ident = str(uuid.uuid4())
    identity = agree(ident)
    person = None
    if known:
        person = Person.objects.create(last_name="Muster", owner=owner, created_at=timezone.now())
        link(identity=identity, person=person, evidence="test", at=timezone.now())
    drain(line("r", part(id=ident)))
    return Recording.objects.get(identity=identity), person


@pytest.mark.parametrize("path", SCREENS)
def test_marketing_sees_the_screens_and_sales_and_service_do_not(login, path):
    for role, status in (("marketing", 200), ("admin", 200), ("sales", 403), ("service", 403)):
        assert login(role).get(path).status_code == status
    allowed = 403 if "settings" in path else 200
    assert login("management").get(path).status_code == allowed


def test_a_recording_is_for_those_who_may_and_every_look_is_written_down(login):
    found, _person = recorded()
    pages = [reverse(f"replay:{name}", args=[found.pk]) for name in ("recording_detail", "play", "events")]
    for role in ("sales", "service"):
        client = login(role)
        assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    assert not LogEntry.objects.filter(additional_data__event="recording.watched").exists()
    client = login("marketing")
    answers = [client.get(page) for page in pages]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert [event["type"] for event in json.loads(answers[2].content)] == [4, 2]
    entry = LogEntry.objects.get(additional_data__event="recording.watched")
    assert (entry.actor, entry.object_id) == (client.user, found.pk)


def test_the_players_frame_loads_nothing_from_elsewhere(login):
    found, _person = recorded()
    client = login("marketing")
    policy = client.get(reverse("replay:play", args=[found.pk])).headers["Content-Security-Policy"]
    parts = dict(one.strip().split(" ", 1) for one in policy.split(";") if one.strip())
    assert parts["default-src"] == parts["font-src"] == "'none'" and parts["img-src"] == "data:"
    assert parts["script-src"] == "'self'" and "http" not in policy
    page = client.get(reverse("replay:recording_detail", args=[found.pk]))
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


def test_whoever_sees_only_own_contacts_sees_only_their_recordings(make_user):
    from django.contrib.auth.models import Permission

    seller, other = make_user("sales"), make_user("sales")
    seller.user_permissions.add(Permission.objects.get(codename="view_recording"))
    mine, _person = recorded(owner=seller, known=True)
    theirs, person = recorded(owner=other, known=True)
    nobodys, _person = recorded()
    assert set(Recording.objects.visible_to(seller)) == {mine, nobodys}
    at = theirs.started_at
    assert near(moments=[(person.pk, at)], user=seller) == {}
    assert near(moments=[(person.pk, at)], user=make_user("marketing")) == {(person.pk, at): theirs}
    assert near(moments=[(person.pk, at)], user=make_user("service")) == {}


def test_a_recording_is_found_near_the_moment_of_a_drop_and_not_at_another(make_user):
    found, _person = recorded()
    user = make_user("marketing")
    for minutes, expected in ((0, True), (20, True), (40, False), (-10, False)):
        at = found.ended_at + timedelta(minutes=minutes)
        assert bool(near(moments=[(-found.identity_id, at)], user=user)) is expected


def test_the_person_page_shows_the_recordings_to_those_who_may(login):
    found, person = recorded(known=True)
    url, watch = (
        reverse("people:person_detail", args=[person.pk]),
        reverse("replay:recording_detail", args=[found.pk]),
    )
    for role, shown in (("marketing", True), ("service", False)):
        assert (watch in login(role).get(url).content.decode()) is shown


def test_a_recording_can_be_deleted_by_those_who_may(login):
    found, _person = recorded()
    url = reverse("replay:recording_delete", args=[found.pk])
    assert login("management").post(url).status_code == 403
    assert login("privacy").post(url).status_code in (204, 302)
    assert not Recording.objects.exists()


def test_few_views_are_named_as_such_and_many_are_drawn(login):
    drain(line("h", heat()))
    client = login("marketing")
    page = client.get("/app/heatmaps/").content.decode()
    assert "Unter 30 Aufrufen" in page and "<polyline" not in page and "#buy" in page
    drain(*(line("h", heat()) for _ in range(30)))
    page = client.get("/app/heatmaps/?device=nonsense&page=x&period=-1").content.decode()
    assert "Unter 30 Aufrufen" not in page and "<polyline" in page and "rp-band-5" in page


def test_settings_are_checked_and_kept(login):
    client = login("marketing")
    good = {"heat": "on", "heat_pages": "/a\n/b/*", "record_pages": "", "sample": "20", "per_day": "50"}
    for field, wrong in (("heat_pages", "a"), ("record_pages", "/a?b"), ("sample", "0"), ("per_day", "x")):
        assert client.post("/app/heatmaps/settings/", good | {field: wrong}).status_code == 422
    assert client.post("/app/heatmaps/settings/", good).status_code == 302
    saved = ReplaySettings.objects.get()
    assert (saved.heat, saved.heat_pages, saved.record, saved.sample) == (True, ["/a", "/b/*"], False, 20)


def test_numbers_for_the_page_itself_need_a_token_and_the_right(client, make_user, login):
    drain(line("h", heat()))
    page, user = HeatPage.objects.get(), make_user("marketing")
    made = token(page=page, device="desktop", period="30", user=user)
    found = client.get("/heat/data", {"token": made})
    assert found.json()["elements"] == [["#buy", 5, 5, 1.0]]
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    for wrong in (
        "",
        "x",
        made[:-2],
        token(page=page, device="desktop", period="30", user=make_user("sales")),
    ):
        assert client.get("/heat/data", {"token": wrong}).status_code == 403
    user.is_active = False
    user.save()
    assert client.get("/heat/data", {"token": made}).status_code == 403


def test_the_way_to_the_page_leads_to_own_domains_only(login):
    drain(line("h", heat()))
    page = HeatPage.objects.get()
    client = login("marketing")
    url = f"/app/heatmaps/over-page/?page={page.pk}"
    assert client.get(url).status_code == 404
    company = installation()
    company.own_domains = ["example.com"]
    company.save()
    answer = client.get(url)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://example.com/a#trichter-heat=")
    assert login("sales").get(url).status_code == 403
