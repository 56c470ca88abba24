"""What visitors are shown, what may be cached, what is counted, the screens, and who may not."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.attract.ctas import queries
from trichter.attract.ctas.models import Condition, Cta, Variant
from trichter.attract.pages.tests.making import hero, page
from trichter.attract.tracking.models import TrackingSettings
from trichter.core.events import CustomHappened, PageViewed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.people.models import Link, Person
from trichter.core.segments.models import Membership, Segment

pytestmark = pytest.mark.django_db
BROWSER = "3f0c9f6e-6f0a-4d6f-9a55-0d7f2f6f1a11"


@pytest.fixture(autouse=True)
def _count_anew():
    queries.forget()


def cta(**more):
    return Cta.objects.create(
        **({"name": "Demo", "text_de": "Demo buchen", "target": "/demo/", "look": "band"} | more)
    )


def variant(one, text, condition, **more):
    return Variant.objects.create(
        cta=one, name=text, condition=condition, text_de=text, target="/anders/", **more
    )


def condition(**terms):
    return Condition.objects.create(**({"name": str(terms)} | terms))


def named(one):
    return (
        "named_cta",
        {"heading": "", "intro": "", "anchor": "", "ground": "plain", "cta": f"cta:{one.pk}"},
    )


def recognised(client, *, seen=(), ago=timedelta(hours=2), **person):
    """A browser that consented and is linked to a contact."""
    TrackingSettings.objects.update_or_create(pk=1, defaults={"other_banner": True})
    client.cookies["tr_id"] = BROWSER
    who = identify(kind="visitor", value=f"id:{BROWSER}")
    at = timezone.now() - ago
    for path in seen:
        record(Entry(fact=PageViewed(), at=at, identity=who, page=path, session=1, source="xing",
                     medium="social"))  # fmt: skip
    if not person:
        return None
    made = Person.objects.create(**({"created_at": at} | person))
    Link.objects.create(identity_id=who, person=made, evidence="test", since=at)
    return made


def test_the_first_variant_that_holds_is_shown_and_nobody_known_gets_the_default(client):
    one = cta()
    segment = Segment.objects.create(name="Kunden", kind="static")
    variant(one, "Fuer Kunden", condition(segment=segment), position=1)
    variant(one, "Nach den Preisen", condition(page="/preise/*", days=30), position=2)
    variant(one, "Reif", condition(stages=["mql"]), position=3)
    path = page("Seite", body=[hero(), named(one)]).url
    default = client.get(path)
    assert "Demo buchen" in (text := default.content.decode()) and 'data-variant="0"' in text
    assert default["Cache-Control"] == "public, max-age=60"
    assert {"Cookie", "Referer"} <= {name.strip() for name in default["Vary"].split(",")}
    person = recognised(client, last_name="Bekannt", stage="mql")
    shown = client.get(path)
    assert "Reif" in shown.content.decode() and "private" in shown["Cache-Control"]
    recognised(client, seen=["/preise"])
    assert "Nach den Preisen" in client.get(path).content.decode()
    Membership.objects.create(segment=segment, person=person, since=timezone.now())
    assert "Fuer Kunden" in client.get(path).content.decode()
    # The browser's wish not to be recognised, a withdrawn or missing consent, a forged id: the default again.
    assert "Demo buchen" in client.get(path, headers={"Sec-GPC": "1"}).content.decode()
    TrackingSettings.objects.update(other_banner=False)
    assert "Demo buchen" in client.get(path).content.decode()
    client.cookies["tr_id"] = "' OR 1=1 --"
    assert "Demo buchen" in client.get(path).content.decode()


def test_facts_of_the_visit_stand_in_the_request_and_are_not_remembered(client):
    one = cta(text_en="Book a demo")
    variant(one, "Von LinkedIn", condition(sources="linkedin"))
    variant(one, "Zur Messe", condition(campaigns="messe*"))
    variant(one, "Erster Besuch", condition(visit="first"))
    path = page("Seite", body=[hero(), named(one)]).url
    for query, referer, text in (
        ("", "", "Demo buchen"), ("?utm_source=LinkedIn&utm_medium=social", "", "Von LinkedIn"),
        ("", "https://www.linkedin.com/feed/", "Von LinkedIn"), ("?utm_campaign=Messe-2026", "", "Zur Messe"),
        ("", "http://testserver/", "Demo buchen"), ("?utm_source=%00%ff&x", "nonsense://[", "Demo buchen"),
    ):  # fmt: skip
        answer = client.get(path + query, headers={"referer": referer})
        assert text in answer.content.decode(), (query, referer)
        assert "tr_id" not in answer.cookies and not answer.cookies
    assert "private" in client.get(f"{path}?utm_source=linkedin")["Cache-Control"]
    recognised(client, seen=["/x"], ago=timedelta(minutes=5))
    assert "Erster Besuch" in client.get(path).content.decode()
    recognised(client, seen=["/x"], ago=timedelta(days=2))
    assert "Erster Besuch" not in client.get(path).content.decode()


def test_a_page_that_asks_for_nobody_stays_everybodys(client):
    one = cta(text_en="Book a demo")
    variant(one, "Auf Deutsch", condition(language="de"))
    german = page("Seite", body=[hero(), named(one)])
    english = page("Page", body=[hero(), named(one)], language="en")
    client.cookies["tr_id"] = BROWSER
    for made, text in ((german, "Auf Deutsch"), (english, "Book a demo")):
        answer = client.get(made.url)
        assert text in answer.content.decode() and answer["Cache-Control"] == "public, max-age=60"


def test_content_under_a_condition_has_an_otherwise(client):
    held = condition(sources="xing")
    value = {
        "condition": f"condition:{held.pk}",
        "content": [("text", {"text": "<p>Nur von Xing</p>"})],
        "otherwise": [("text", {"text": "<p>Fuer alle</p>"}), named(cta())],
    }
    path = page("Seite", body=[hero(), ("dynamic", value)]).url
    everybody = client.get(path).content.decode()
    assert "Fuer alle" in everybody and "Demo buchen" in everybody and "Nur von Xing" not in everybody
    assert "Nur von Xing" in client.get(f"{path}?utm_source=xing").content.decode()
    Condition.objects.all().delete()
    Cta.objects.all().delete()
    gone = client.get(f"{path}?utm_source=xing")
    assert (
        gone.status_code == 200
        and "Fuer alle" in gone.content.decode()
        and "data-offer" not in gone.content.decode()
    )


def test_what_is_counted_is_ours_and_the_rows_are_behind_it(login):
    one, other = cta(), cta(name="Andere")
    second = variant(one, "Zweite", condition(language="de"))
    at = timezone.now() - timedelta(hours=1)
    for number in range(40):
        who = identify(kind="visitor", value=f"v{number}")
        props = {"cta": one.pk, "variant": second.pk if number % 2 else 0}
        for name in ("cta.shown", "cta.shown", *(["cta.clicked"] if number < 10 else [])):
            record(Entry(fact=CustomHappened(name=name, props=props), at=at, identity=who))
    for hostile in ({"cta": "x'; --", "variant": 0}, {"cta": 10**30, "variant": 0}, {"cta": one.pk}, {},
                    {"cta": one.pk, "variant": "a"}, {"cta": other.pk, "variant": second.pk}):  # fmt: skip
        record(Entry(fact=CustomHappened(name="cta.shown", props=hostile), at=at,
                     identity=identify(kind="visitor", value="hostile")))  # fmt: skip
    client = login("marketing")
    user = client.get("/app/ctas/").wsgi_request.user
    found = queries.brought(asker=user.pk)
    total = found.figures((one.pk, queries.ALL))
    assert (total.seen, total.clicks, total.seers, total.clickers) == (80, 10, 40, 10)
    assert total.rate.share == 25
    assert found.figures((one.pk, second.pk)).clicks == 5 and found.figures((one.pk, 0)).seers == 20
    assert found.figures((other.pk, queries.ALL)).seen == 0
    for word, what, rows in (("all", "seen", 40), (second.pk, "clicked", 5), ("all", "leads", 0)):
        assert client.get(f"/app/ctas/{one.pk}/came/{word}/{what}/").context["total"] == rows
    for wrong in (f"{one.pk}/came/x/seen/", f"{one.pk}/came/all/x/", "999999/came/all/seen/"):
        assert client.get(f"/app/ctas/{wrong}").status_code == 404


def test_marketing_edits_sales_reads_and_bad_input_is_told(login):
    client = login("marketing")
    data = {
        "name": "Preise",
        "text_de": "Preise ansehen",
        "target": "/preise/",
        "look": "primary",
        "active": "on",
    }
    for wrong in ({"target": "javascript:x"}, {"target": "//evil.example"}, {"target": "/app/"}, {"text_de": ""},
                  {"look": "x"}, {"name": "\u200b"}):  # fmt: skip
        assert client.post("/app/ctas/new/", data | wrong).status_code == 422, wrong
    assert client.post("/app/ctas/new/", data).status_code == 302
    one = Cta.objects.get()
    assert queries.warnings_of(one) == ["unused", "gone"]
    assert client.post("/app/display-conditions/new/", {"name": "Leer", "days": 30}).status_code == 422
    for wrong in ({"page": "preise"}, {"days": 0}, {"stages": "x"}, {"sources": ","}):
        sent = {"name": "A", "days": 30, **wrong}
        assert client.post("/app/display-conditions/new/", sent).status_code == 422, wrong
    sent = {"name": "Preise gesehen", "page": "/preise/", "days": 30, "stages": ["lead", "mql"]}
    assert client.post("/app/display-conditions/new/", sent).status_code == 302
    held = Condition.objects.get()
    sent = {**data, "cta": one.pk, "name": "V", "condition": held.pk, "position": 1}
    assert client.get(f"/app/cta-variants/new/?cta={one.pk}").context["form"].initial["cta"] == str(one.pk)
    assert client.post("/app/cta-variants/new/", sent).status_code == 302
    made = page("Preise", slug="preise", body=[hero(), named(one)])
    queries.forget()
    assert queries.warnings_of(one) == []
    for path in ("ctas/", f"ctas/{one.pk}/", f"ctas/{one.pk}/?tab=uses", "cta-variants/", "display-conditions/",
                 f"cta-variants/{Variant.objects.get().pk}/", f"display-conditions/{held.pk}/"):  # fmt: skip
        assert client.get(f"/app/{path}").status_code == 200, path
    assert client.post(f"/app/ctas/{one.pk}/delete/").status_code == 422
    assert client.post(f"/app/display-conditions/{held.pk}/delete/").status_code == 422
    made.unpublish()
    queries.forget()
    assert queries.warnings_of(one) == ["unused", "gone"]
    sales = login("sales")
    assert sales.get("/app/ctas/").status_code == sales.get(f"/app/ctas/{one.pk}/").status_code == 200
    for path in (
        "ctas/new/",
        f"ctas/{one.pk}/edit/",
        "cta-variants/new/",
        f"display-conditions/{held.pk}/edit/",
    ):
        assert sales.get(f"/app/{path}").status_code == 403, path


def test_the_preview_shows_what_somebody_would_see_and_why(login, make_user):
    one = cta()
    variant(one, "Reif", condition(stages=["mql"]))
    now = timezone.now()
    person = Person.objects.create(last_name="Reif", stage="mql", email="reif@example.com", created_at=now)
    hidden = Person.objects.create(
        last_name="X", stage="mql", created_at=now, owner=make_user("sales", email="o@example.com")
    )
    client, path = login("sales"), f"/app/ctas/{one.pk}/preview/"
    unknown = client.get(path)
    assert unknown.context["offer"].text == "Demo buchen"
    assert unknown.context["reasons"][0]["parts"][0]["holds"] is None
    for word in (str(person.pk), f"#{person.pk}"):
        assert client.get(path, {"person": word, "language": "de"}).context["offer"].text == "Reif"
    for word in (str(hidden.pk), "0", "9" * 40, "\x00", "niemand@example.com", str(uuid.uuid4())):
        answer = client.get(path, {"person": word})
        assert answer.status_code in (200, 422) and answer.context["offer"].text == "Demo buchen", word
