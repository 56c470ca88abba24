"""Rules as the script gets them, the screens, the figures."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.attract.ctas import queries as offers
from trichter.attract.ctas.models import Condition, Cta
from trichter.attract.ctas.tests.test_ctas import BROWSER, condition, recognised
from trichter.attract.forms.models import Form
from trichter.attract.popups import queries
from trichter.attract.popups.models import Popup
from trichter.attract.tracking.models import TrackingSettings
from trichter.core.events import CustomHappened
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.segments.models import Membership, Segment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_anew():
    offers.forget()


def popup(**more):
    return Popup.objects.create(
        **({"name": "Newsletter", "active": True, "title_de": "Bleiben wir in Kontakt"} | more)
    )


def test_the_script_carries_what_is_in_use_the_most_important_first(client):
    now = timezone.now()
    popup(name="low", priority=1)
    popup(name="high", priority=9, title_de="</script><b>")
    popup(name="off", active=False)
    popup(name="over", ends_at=now - timedelta(days=1))
    popup(name="draft", form=Form.objects.create(name="F", slug="f"))
    assert [one["name"] for one in queries.rules()] == ["high", "low"]
    answer = client.get("/p.js")
    assert "</script>" not in answer.content.decode() and not answer.cookies
    assert client.get("/p.js", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_a_call_to_action_of_the_list_becomes_the_button():
    offer = Cta.objects.create(name="Demo", text_de="Demo buchen", target="/demo/")
    popup(cta=offer, button_de="alt")
    found = queries.rules()[0]
    assert (found["button"]["de"], found["link"], found["cta"]) == ("Demo buchen", "/demo/", offer.pk)
    Cta.objects.update(active=False)
    assert (queries.rules()[0]["link"], queries.rules()[0]["cta"]) == ("", 0)


def ask(client, *, page="https://testserver/preise/", sent="", **headers):
    """The ids that a page is told to show, and the whole answer."""
    answer = client.post(
        "/p/show", json.dumps({"page": page, "referrer": headers.pop("referrer", ""), "id": sent, "lang": "de"}),
        content_type="text/plain", headers=headers,
    )  # fmt: skip
    return [one["id"] for one in answer.json()["show"]], answer


def test_a_segment_decides_on_the_server_and_never_reaches_the_browser(client):
    segment = Segment.objects.create(name="Kündigungsgefahr", kind="static")
    held = condition(name="Wackelkandidaten", segment=segment)
    one = popup(name="Rettung der Wackler", condition=held, title_de="Bleiben Sie uns treu")
    popup(name="für alle", priority=1)
    script = client.get("/p.js").content.decode()
    # What is for some stands not in the script for all, which only knows that browsers with consent must ask.
    assert "für alle" in script and "Bleiben Sie" not in script and ", 1);" in script
    person = recognised(client, last_name="Bekannt")
    assert ask(client)[0] == []
    Membership.objects.create(segment=segment, person=person, since=timezone.now())
    shown, answer = ask(client)
    assert shown == [one.pk] and answer["Cache-Control"] == "no-store"
    text = answer.content.decode().encode().decode("unicode_escape")
    for word in ("Kündigungsgefahr", "Wackel", "Rettung", "segment", "condition"):
        assert word not in text, word
    # The browser's wish, no consent in the ledger, no id, a forged id: nobody is known, so it does not hold.
    assert ask(client, **{"Sec-GPC": "1"})[0] == []
    TrackingSettings.objects.update(other_banner=False)
    assert ask(client)[0] == []
    TrackingSettings.objects.update(other_banner=True)
    del client.cookies["tr_id"]
    assert ask(client)[0] == [] and ask(client, sent="' OR 1=1 --")[0] == []
    # A page of another own domain sends the id that it holds.
    assert ask(client, sent=BROWSER)[0] == [one.pk]
    Membership.objects.all().delete()
    assert ask(client, sent=BROWSER)[0] == []


@pytest.mark.parametrize(
    ("page", "referrer", "holds"),
    [
        ("https://testserver/?utm_source=LinkedIn&utm_medium=social", "", True),
        ("https://testserver/", "https://www.linkedin.com/feed/", True),
        ("https://testserver/", "https://testserver/", False),
        ("https://testserver/?utm_source=xing", "", False),
        ("nonsense://[", "nonsense://[", False),
    ],
)
def test_the_source_of_the_visit_is_known_without_consent_where_it_arrives(client, page, referrer, holds):
    one = popup(condition=condition(sources="linkedin"))
    assert queries.asks() == 2
    assert ask(client, page=page, referrer=referrer)[0] == ([one.pk] if holds else [])


def test_devices_are_told_apart_as_in_the_web_analytics(client):
    phone = popup(devices=["mobile"])
    large = popup(devices=["desktop", "tablet"], condition=condition(language="de"))
    agents = {
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1": phone,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": large,
        "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1": large,
    }
    for agent, one in agents.items():
        assert ask(client, **{"User-Agent": agent})[0] == [one.pk], agent
    assert ask(client, **{"User-Agent": "curl/8"})[0] == []
    assert queries.rules() == [] and queries.asks() == 2


def test_only_own_pages_may_ask_and_nonsense_is_no_failure(client):
    popup(devices=["desktop"])
    foreign = ask(client, Origin="https://elsewhere.example")[1]
    assert foreign.status_code == 403 and "Access-Control-Allow-Origin" not in foreign
    own = ask(client, Origin="http://testserver")[1]
    assert own["Access-Control-Allow-Origin"] == "http://testserver"
    for body in ("", "[]", "{", '{"page": {"a": 1}, "number": "3"}', "9" * 9_000):
        assert client.post("/p/show", body, content_type="text/plain").status_code in (200, 400)
    assert client.get("/p/show").status_code == 405


def test_a_colleague_may_try_it_whatever_its_condition_and_others_may_not(client, login):
    one = popup(condition=condition(sources="nowhere"))
    question = json.dumps({"page": "", "number": one.pk})
    assert client.post("/p/show", question, content_type="text/plain").json() == {"show": []}
    assert login("sales").post("/p/show", question, content_type="text/plain").json() == {"show": []}
    found = login("marketing").post("/p/show", question, content_type="text/plain").json()["show"]
    assert [rule["id"] for rule in found] == [one.pk]


def test_a_condition_that_a_pop_up_needs_is_named_and_kept(login):
    held = condition(sources="xing")
    popup(name="Xing-Gruß", condition=held)
    client = login("marketing")
    assert "Xing-Gruß" in client.get(f"/app/display-conditions/{held.pk}/?tab=uses").content.decode()
    client.post(f"/app/display-conditions/{held.pk}/delete/")
    assert Condition.objects.filter(pk=held.pk).exists()


def test_figures_count_visitors_once():
    one = popup()
    at = timezone.now() - timedelta(hours=1)
    for number in range(40):
        who = identify(kind="visitor", value=f"v{number}")
        names = ["popup.shown", "popup.shown", "popup.submitted" if number < 10 else "popup.closed"]
        for name in names:
            record(Entry(fact=CustomHappened(name=name, props={"popup": one.pk}), at=at, identity=who))
    found = queries.figures(popup=one)
    assert (found.shown, found.closed, found.submitted) == (40, 30, 10)
    assert found.done_rate.share == 25 and found.done_rate.low < 25 < found.done_rate.high
    assert queries.figures(popup=popup(name="other")).done_rate.interval is None


def test_screens_and_rights(login):
    client = login("marketing")
    data = {
        "name": "Bar", "kind": "bar", "title_de": "Hallo", "trigger": "scroll", "value": 50, "pages": "/blog/*",
        "cap": 1, "days": 7, "priority": 5, "link": "/preise/", "devices": ["mobile"],
        "condition": condition(sources="xing").pk,
    }  # fmt: skip
    assert client.post("/app/popups/new/", data).status_code == 302
    one = Popup.objects.get()
    assert (one.pages, one.devices, one.condition.sources) == (["/blog/*"], ["mobile"], "xing")
    for wrong in ({"value": 101}, {"pages": "blog"}, {"link": "javascript:x"}, {"link": "//x"}, {"devices": ["fridge"]},
                  {"condition": 0}, {"title_de": ""},
                  {"cta": Cta.objects.get_or_create(name="D", text_de="D", target="/")[0].pk},
                  {"starts_at": "2026-05-02T10:00", "ends_at": "2026-05-01T10:00"}):  # fmt: skip
        assert client.post("/app/popups/new/", data | wrong).status_code == 422, wrong
    for tab in ("figures", "embed"):
        assert client.get(f"/app/popups/{one.pk}/?tab={tab}").status_code == 200
    assert login("marketing").get("/app/popups/?active=True").status_code == 200
    assert login("sales").get("/app/popups/").status_code == 403
