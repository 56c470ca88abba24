"""Following a link, what it brought, the screens, and who may not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.attract.campaigns.models import AdCost, CampaignName
from trichter.attract.links import queries
from trichter.attract.links.models import EarlierTarget, ShortLink
from trichter.core.events import OrderPaid, OrderRefunded
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.models import Event, Identity
from trichter.core.lifecycle.models import Stage, Transition
from trichter.core.people.models import Link as PersonLink
from trichter.core.people.models import Person

from .test_rules import CHROME

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_anew():
    queries.forget()


def link(slug="messe", **more):
    return ShortLink.objects.create(**({"name": "Messe", "slug": slug, "target": "/preise/"} | more))


def visit(client, path, agent=CHROME, **more):
    return client.get(path, headers={"user-agent": agent}, **more)


def followed():
    return Event.objects.filter(kind="shortlink.followed")


def test_a_link_leads_to_its_target_and_counts_a_visitor_once_a_day(client):
    one = link(source="flyer", medium="print", campaign="messe-2026")
    answer = visit(client, "/l/MESSE?gclid=x&utm_source=spam")
    assert answer.status_code == 302 and not answer.cookies
    assert answer["Location"] == "/preise/?utm_source=flyer&utm_medium=print&utm_campaign=messe-2026&gclid=x"
    assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]
    visit(client, "/l/messe/")
    event = followed().get()
    assert event.data == {"link": one.pk, "name": "Messe", "target": "/preise/", "qr": False}
    assert (event.source, event.medium, event.campaign) == ("flyer", "print", "messe-2026")
    visit(client, "/l/messe/qr", agent=CHROME.replace("130", "131"))
    assert [event.data["qr"] for event in followed().order_by("id")] == [False, True]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", {}), ("get", {"user-agent": "facebookexternalhit/1.1"}), ("get", {"user-agent": ""}),
        ("get", {"sec-purpose": "prefetch"}), ("get", {"sec-fetch-dest": "image"}),
    ],
)  # fmt: skip
def test_machines_are_led_and_not_counted(client, method, headers):
    link()
    answer = getattr(client, method)("/l/messe", headers={"user-agent": CHROME} | headers)
    assert answer.status_code == 302 and not followed().exists()


def test_the_own_team_is_not_counted(client):
    link()
    client.cookies["tr_team"] = "1"
    assert visit(client, "/l/messe").status_code == 302 and not followed().exists()


def test_what_is_over_says_so_politely_and_what_is_unknown_too(client):
    link("aus", active=False)
    link("vorbei", expires_at=timezone.now() - timedelta(minutes=1))
    for slug, status in (("aus", 410), ("vorbei", 410), ("nie", 404), ("%00", 404), ("%27;--", 404), ("ä", 404),
                         ("x" * 300, 404)):  # fmt: skip
        answer = visit(client, f"/l/{slug}")
        assert answer.status_code == status and "<h1>" in answer.content.decode()
    assert client.post("/l/aus").status_code == 405 and not followed().exists()


def test_numbers_are_the_rows_behind_them_and_only_the_visible_ones(client, login, make_user):
    one = link()
    now = timezone.now()
    other = make_user("sales", email="other@example.com")
    mine = Person.objects.create(last_name="Meine", created_at=now)
    theirs = Person.objects.create(last_name="Fremd", created_at=now, owner=other)
    stage = Stage.objects.get(key="lead")
    for number, person in enumerate((mine, theirs, None)):
        visit(client, "/l/messe", agent=CHROME.replace("130", f"14{number}"))
        event = followed().order_by("-id")[0]
        assert event.identity is not None
        if person is not None:
            PersonLink.objects.create(identity=event.identity, person=person, evidence="test", since=now)
            Transition.objects.create(
                person=person, stage=stage, at=event.at + timedelta(hours=1), position=0
            )
            who = identify(kind="key", value=f"person-{person.pk}")
            PersonLink.objects.create(identity_id=who, person=person, evidence="test", since=now)
            for fact, value, hours in (
                (OrderPaid(order=1, number="1"), 90_00, 2), (OrderRefunded(order=1, number="1"), 20_00, 3),
                (OrderPaid(order=2, number="0"), 500_00, -2),
            ):  # fmt: skip
                record(Entry(fact=fact, at=event.at + timedelta(hours=hours), identity=who, value=value,
                             currency="EUR"))  # fmt: skip
    marketing = login("marketing")
    page = marketing.get("/app/links/").content.decode()
    assert f"/app/links/{one.pk}/came/won/" in page and "140,00" in page
    for what, rows in (("clicks", 3), ("visitors", 3), ("leads", 2), ("won", 2)):
        answer = marketing.get(f"/app/links/{one.pk}/came/{what}/")
        assert answer.context["total"] == rows == len(answer.context["rows"])
    queries.forget()
    sales = login("sales")
    assert sales.get(f"/app/links/{one.pk}/came/leads/").context["total"] == 1
    listed = sales.get(f"/app/links/{one.pk}/came/clicks/").content.decode()
    assert "Meine" in listed and "Fremd" not in listed and "70" in sales.get("/app/links/").content.decode()
    assert sales.get(f"/app/links/{one.pk}/came/nonsense/").status_code == 404


def test_marketing_makes_links_and_sales_reads_them(login):
    client = login("marketing")
    data = {"name": "Flyer", "target": "/preise/?utm_source=Flyer&utm_medium=QR-Code", "slug": "Flyer-1",
            "active": "on", "campaign": "Messe 2026"}  # fmt: skip
    refused = client.post("/app/links/new/", data)
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"source", "campaign"}
    assert not ShortLink.objects.exists()
    assert client.post("/app/links/new/", data | {"new_names": "on"}).status_code == 302
    one = ShortLink.objects.get()
    assert (one.slug, one.target) == ("flyer-1", "/preise/")
    assert (one.source, one.medium, one.campaign) == ("flyer", "print", "messe-2026")
    assert set(CampaignName.objects.values_list("kind", "name")) == {
        ("source", "flyer"), ("campaign", "messe-2026"),
    }  # fmt: skip
    edit = f"/app/links/{one.pk}/edit/"
    kept = {"name": "Flyer", "slug": "flyer-1", "active": "on", "source": "flyer"}
    for wrong in ({"target": "javascript:x"}, {"target": "/x/", "slug": "a b"}, {"target": "/x/", "name": "\x00"},
                  {"target": "/x/", "medium": "socail"}, {"target": "/x/?utm_source=other"}):  # fmt: skip
        assert client.post(edit, kept | wrong).status_code == 422, wrong
    assert client.post(edit, kept | {"target": "https://example.com/neu"}).status_code == 302
    earlier = EarlierTarget.objects.get()
    assert earlier.target == "/preise/" and earlier.changed_by is not None
    assert client.post("/app/links/new/", data | {"new_names": "on"}).status_code == 422  # the name is taken
    for tab in ("use", "targets", "history"):
        assert client.get(f"/app/links/{one.pk}/?tab={tab}").status_code == 200
    field = f"/app/links/{one.pk}/field/target/"
    assert client.post(field, {"target": "/x/?utm_term=a"}).status_code in (200, 302)
    one.refresh_from_db()
    assert (one.target, one.term) == ("/x/", "a")
    sales = login("sales")
    assert sales.get("/app/links/").status_code == sales.get(f"/app/links/{one.pk}/").status_code == 200
    for path in (edit, "/app/links/new/", "/app/links/paste/"):
        assert sales.get(path).status_code == 403


def test_a_target_that_is_gone_is_shown(login):
    one = link(target="/nicht-mehr-da/")
    link("app", target="/f/kontakt/")
    assert queries.states() == {"/nicht-mehr-da/": "gone", "/f/kontakt/": "ok"}
    assert "lk-figures" in (page := login("marketing").get(f"/app/links/{one.pk}/").content.decode())
    assert "tr-alert-warning" in page


def test_codes_hold_the_short_address(login):
    one = link()
    client = login("sales")
    for kind, start in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        answer = client.get(f"/app/links/{one.pk}/code.{kind}?mm=50")
        assert answer.content.startswith(start) and f"messe-50mm.{kind}" in answer["Content-Disposition"]
    assert b"/l/messe/qr" in client.get(f"/app/links/{one.pk}/code.svg?mm=x").content
    assert client.get(f"/app/links/{one.pk}/code.exe").status_code == 404


def test_many_links_at_once_are_all_made_or_none(login):
    client = login("marketing")
    good = "/a/; Anzeige A; anzeige-a\n/b/?utm_content=oben\thttps\nhttps://example.com/c"
    data = {"lines": good, "source": "LinkedIn", "medium": "social"}
    bad = client.post("/app/links/paste/", data | {"lines": f"{good}\njavascript:x\n/d/;D;anzeige-a"})
    assert bad.status_code == 422 and not ShortLink.objects.exists()
    assert client.post("/app/links/paste/", data).status_code == 302
    found = dict(ShortLink.objects.values_list("target", "name"))
    assert found == {"/a/": "Anzeige A", "/b/": "https", "https://example.com/c": "https://example.com/c"}
    assert set(ShortLink.objects.values_list("source", flat=True)) == {"linkedin"}


def test_costs_get_one_spelling_and_nothing_is_lost(login):
    day = timezone.now().date()
    for source, cost in (("LinkedIn", 100), ("linkedin", 50), ("Linked-In", 25), ("flyer", 7)):
        AdCost.objects.create(day=day, source=source, medium="cpc", cost=cost, clicks=1)
    client = login("marketing")
    assert client.get("/app/ad-costs/spelling/").context["total"] == 2
    assert client.post("/app/ad-costs/spelling/").status_code == 302
    assert sorted(AdCost.objects.values_list("source", "cost", "clicks")) == [
        ("flyer", 7, 1), ("linkedin", 175, 3),
    ]  # fmt: skip
    assert (
        client.post("/app/campaign-names/new/", {"kind": "campaign", "name": " Messe 2026"}).status_code
        == 302
    )
    assert CampaignName.objects.get().name == "messe-2026"
    assert login("sales").get("/app/ad-costs/spelling/").status_code == 403
    assert not Identity.objects.exists()
