"""Rules as the script gets them, the screens, the figures."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.attract.ctas.models import Cta
from trichter.attract.forms.models import Form
from trichter.attract.popups import queries
from trichter.attract.popups.models import Popup
from trichter.core.events import CustomHappened
from trichter.core.journal.actions import Entry, identify, record

pytestmark = pytest.mark.django_db


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
        "cap": 1, "days": 7, "priority": 5, "link": "/preise/",
    }  # fmt: skip
    assert client.post("/app/popups/new/", data).status_code == 302
    one = Popup.objects.get()
    assert one.pages == ["/blog/*"]
    for wrong in ({"value": 101}, {"pages": "blog"}, {"link": "javascript:x"}, {"link": "//x"}, {"title_de": ""},
                  {"cta": Cta.objects.get_or_create(name="D", text_de="D", target="/")[0].pk},
                  {"starts_at": "2026-05-02T10:00", "ends_at": "2026-05-01T10:00"}):  # fmt: skip
        assert client.post("/app/popups/new/", data | wrong).status_code == 422, wrong
    for tab in ("figures", "embed"):
        assert client.get(f"/app/popups/{one.pk}/?tab={tab}").status_code == 200
    assert login("marketing").get("/app/popups/?active=True").status_code == 200
    assert login("sales").get("/app/popups/").status_code == 403
