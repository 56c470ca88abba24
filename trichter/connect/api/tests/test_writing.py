"""Writing through the API: the same judgement, the same events and the same rights as by hand."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
from trichter.connect.api.api import api
from trichter.core.accounts import tokens
from trichter.core.accounts.models import Team
from trichter.core.journal.models import Event
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.models import Company, Person

pytestmark = pytest.mark.django_db


def caller_of(user, scopes=("read", "write")):
    _token, secret = tokens.create_token(user=user, name="t", scopes=scopes, expires_at=None, by=user)
    client = Client(enforce_csrf_checks=True)

    def send(method, path, **body):
        return client.generic(
            method, f"/api/v1/{path}", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip

    return send


@pytest.fixture
def pipeline(db):
    made = Pipeline.objects.create(name="New business")
    for position, name in enumerate(("Qualified", "Offer"), start=1):
        PipelineStage.objects.create(pipeline=made, name=name, position=position)
    return made


def test_a_person_is_made_and_changed_field_by_field(make_user):
    user = make_user("sales")
    send, firm = caller_of(user), Company.objects.create(name="Weser GmbH", created_at=timezone.now())
    Company.objects.create(name="Weser GmbH", created_at=timezone.now())
    answer = send(
        "POST", "people", first_name="Eva", email="EVA@firma.de", company=firm.pk, tags=["VIP", "Messe"]
    )
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["email"], made["company"], made["tags"]) == ("eva@firma.de", firm.pk, ["Messe", "VIP"])
    assert Event.objects.filter(kind="contact.created").count() == 1
    answer = send("PATCH", f"people/{made['id']}", last_name="Groß", owner=user.pk)
    assert answer.status_code == 200, answer.json()
    changed = answer.json()
    assert (changed["first_name"], changed["last_name"], changed["owner"]) == ("Eva", "Groß", user.pk)
    assert (changed["company"], changed["tags"]) == (firm.pk, ["Messe", "VIP"])
    assert send("PATCH", f"people/{made['id']}", company=None, tags=[]).json()["company"] is None


def test_what_a_form_refuses_the_api_refuses_with_the_place(make_user):
    send = caller_of(make_user("sales"))
    find_or_create_person(email="eva@firma.de", at=timezone.now(), origin="test")
    for body, where in (
        ({"email": "no address"}, "body.email"),
        ({}, "body"),
        ({"email": "eva@firma.de"}, "body"),
        ({"last_name": "x", "country": "XX"}, "body.country"),
        ({"last_name": "x" * 150}, "body.last_name"),
        ({"last_name": "x\x00"}, "body.body.last_name"),
        ({"last_name": "x", "stage": "customer"}, "body.body.stage"),
        ({"last_name": "x", "company": 4711}, "body.company"),
        ({"last_name": "x", "owner": 4711}, "body.owner"),
    ):
        answer = send("POST", "people", **body)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, where), body
        assert "<" not in answer.json()["errors"][0]["what"]
    assert Person.objects.count() == 1


def test_a_company_is_made_and_changed(make_user):
    send = caller_of(make_user("sales"))
    made = send("POST", "companies", name="Weser GmbH", domain="https://www.weser.example/x", employees=12)
    assert (made.status_code, made.json()["domain"]) == (201, "weser.example")
    changed = send("PATCH", f"companies/{made.json()['id']}", employees=None, city="Köln")
    assert (changed.json()["employees"], changed.json()["city"]) == (None, "Köln")


def test_a_deal_goes_its_way(make_user, pipeline):
    send = caller_of(make_user("sales"))
    eva, _new = find_or_create_person(email="eva@firma.de", at=timezone.now(), origin="test")
    made = send("POST", "deals", name="Licence", person=eva.pk, amount=1234_56, expected_close="2026-12-31")
    assert made.status_code == 201, made.json()
    deal = made.json()
    assert (deal["stage"], deal["amount"], deal["person"]) == ("Qualified", 1234_56, eva.pk)
    path = f"deals/{deal['id']}"
    assert send("PATCH", path, stage="Offer", amount=1500_00).json()["stage"] == "Offer"
    assert send("PATCH", path, stage="No such").status_code == 422
    assert send("PATCH", path, status="lost").json()["errors"][0]["where"] == "body.lost_reason"
    assert send("PATCH", path, status="lost", lost_reason="Price").json()["status"] == "lost"
    assert send("PATCH", path, stage="Qualified").status_code == 422
    won = send("PATCH", path, status="open").json(), send("PATCH", path, status="won").json()
    assert [one["status"] for one in won] == ["open", "won"]
    kinds = Event.objects.filter(kind__startswith="deal.").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        "deal.opened", "deal.stage_reached", "deal.stage_reached", "deal.lost", "deal.reopened", "deal.won",
    ]  # fmt: skip


def test_who_must_not_write_does_not(make_user, pipeline):
    owner, stranger = make_user("sales"), make_user("sales")
    owner.team, stranger.team = Team.objects.create(name="A"), Team.objects.create(name="B")
    owner.save(), stranger.save()
    person = Person.objects.create(last_name="A", owner=owner, created_at=timezone.now())
    firm = Company.objects.create(name="A", owner=owner, created_at=timezone.now())
    deal = Deal.objects.create(name="A", owner=owner, pipeline=pipeline, opened_at=timezone.now())
    paths = (f"people/{person.pk}", f"companies/{firm.pk}", f"deals/{deal.pk}")
    body = {"name": "B"}
    send = caller_of(stranger)
    assert [send("PATCH", path, **({"last_name": "B"} if "people" in path else body)).status_code
            for path in paths] == [404, 404, 404]  # fmt: skip
    for send in (caller_of(owner, ["read"]), caller_of(make_user(), ["write"])):
        for path in ("people", "companies", "deals"):
            assert send("POST", path, name="B").status_code in (403, 422)
            assert send("POST", path).status_code == 403
        assert [send("PATCH", path).status_code for path in paths] == [403, 403, 403]
    assert Person.objects.count() == Company.objects.count() == Deal.objects.count() == 1


WRITES = [
    (path, method, operation)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, operation in methods.items()
    if method in ("post", "patch") and not path.endswith("/events")
]
FIELDS = ["name", "last_name", "email", "phone", "company", "amount", "currency", "tags", "owner", "stage",
          "status", "lost_reason", "expected_close", "employees", "domain", "country", "person"]  # fmt: skip
nasty = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=30),
    st.lists(st.text(max_size=5), max_size=3), st.sampled_from(["\x00", "#1", "won", "EUR", "JPY", "\ud800"]),
)  # fmt: skip


@pytest.fixture
def secret(make_user, pipeline):
    Deal.objects.create(name="A", pipeline=pipeline, opened_at=timezone.now())
    user = make_user("admin")
    return tokens.create_token(user=user, name="t", scopes=["read", "write"], expires_at=None, by=user)[1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_body_makes_a_server_error(secret, data, monkeypatch):
    monkeypatch.setattr("trichter.connect.api.auth.PER_MINUTE", 10**9)
    path, method, operation = data.draw(st.sampled_from(WRITES))
    for part in ("person_id", "company_id", "deal_id"):
        path = path.replace("{" + part + "}", quote(data.draw(st.sampled_from(["1", "2", "0", "x"]))))
    body = data.draw(st.dictionaries(st.sampled_from(FIELDS), nasty, max_size=5))
    response = Client(raise_request_exception=False).generic(
        method.upper(), path, json.dumps(body), content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert response.status_code in {int(status) for status in operation["responses"]}, (path, body)


def test_form_role_and_parent_are_written_and_read(make_user):
    user = make_user("sales")
    send = caller_of(user)
    top = Company.objects.create(name="Holding AG", created_at=timezone.now())
    hidden = Company.objects.create(name="Fremd AG", owner=make_user("sales"), created_at=timezone.now())
    made = send("POST", "companies", name="Werk GmbH", parent=top.pk).json()
    assert made["parent"] == top.pk
    assert send("PATCH", f"companies/{top.pk}", parent=made["id"]).status_code == 422
    assert send("PATCH", f"companies/{made['id']}", parent=hidden.pk).status_code == 422
    assert send("PATCH", f"companies/{made['id']}", city="Ulm").json()["parent"] == top.pk
    assert send("PATCH", f"companies/{made['id']}", parent=None).json()["parent"] is None
    answer = send("POST", "people", last_name="Groß", address_form="familiar", buying_role="champion").json()
    assert (answer["address_form"], answer["buying_role"]) == ("familiar", "champion")
    assert send("PATCH", f"people/{answer['id']}", buying_role="king").status_code == 422
    assert send("PATCH", f"people/{answer['id']}", address_form=None).json()["address_form"] == ""


def test_further_addresses_and_numbers_are_read_and_written(make_user):
    send = caller_of(make_user("sales"))
    phones = [{"number": "0421 123 456", "note": "office"}, {"kind": "private", "number": "+49 171 1234567"}]
    made = send(
        "POST", "people", email="eva@firma.de", further_emails=["EVA@privat.de", "eva@firma.de"],
        further_phones=phones,
    ).json()  # fmt: skip
    assert (made["email"], made["further_emails"]) == ("eva@firma.de", ["eva@privat.de"])
    numbers = [
        {"kind": "work", "number": "+49421123456", "note": "office"},
        {"kind": "private", "number": "+491711234567", "note": ""},
    ]
    assert made["further_phones"] == numbers
    path = f"people/{made['id']}"
    assert send("GET", path).json()["further_phones"] == numbers
    listed = send("GET", "people").json()["items"]
    assert (listed[0]["further_emails"], listed[0]["further_phones"]) == (["eva@privat.de"], numbers)
    # The further address finds the person, and nothing that was left out is touched.
    assert send("GET", "people?email=eva%40privat.de").json()["items"][0]["id"] == made["id"]
    changed = send("PATCH", path, last_name="Groß", further_emails=["eva@alt.de"]).json()
    assert (changed["further_emails"], changed["further_phones"]) == (
        ["eva@privat.de", "eva@alt.de"],
        numbers,
    )
    changed = send("PATCH", path, further_phones=[{"kind": "mobile", "number": "0171 1234567"}]).json()
    assert changed["further_phones"] == [{"kind": "mobile", "number": "+491711234567", "note": ""}]
    changed = send("PATCH", path, further_phones=None, further_emails=None).json()
    assert (changed["further_phones"], len(changed["further_emails"])) == ([], 2)


def test_further_addresses_are_judged_and_then_nothing_stays(make_user):
    send = caller_of(make_user("sales"))
    find_or_create_person(email="max@firma.de", at=timezone.now(), origin="test")
    made = send("POST", "people", email="eva@firma.de").json()
    path = f"people/{made['id']}"
    for body, where in (
        ({"further_emails": ["neu@firma.de", "max@firma.de"]}, "body.further_emails.1"),
        ({"further_emails": ["no address"]}, "body.further_emails.0"),
        ({"further_emails": [""]}, "body.further_emails.0"),
        ({"further_emails": ["a@b.de"] * 21}, "body.body.further_emails"),
        ({"further_phones": [{"number": "call me"}]}, "body.further_phones.0.number"),
        ({"further_phones": [{"number": ""}]}, "body.body.further_phones.0.number"),
        ({"further_phones": [{"number": "1", "kind": "fax"}]}, "body.body.further_phones.0.kind"),
        ({"further_phones": [{"number": "1", "evil": 1}]}, "body.body.further_phones.0.evil"),
    ):
        answer = send("PATCH", path, last_name="Changed", **body)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, where), body
    after = send("GET", path).json()
    assert (after["last_name"], after["further_emails"], after["further_phones"]) == ("", [], [])


def test_who_may_not_see_a_person_reads_and_writes_none_of_their_addresses(make_user):
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    person, _new = find_or_create_person(email="eva@firma.de", at=timezone.now(), origin="test")
    Person.objects.filter(pk=person.pk).update(owner=make_user("sales", team=south))
    send = caller_of(make_user("sales", team=north))
    assert send("GET", f"people/{person.pk}").status_code == 404
    answer = send("PATCH", f"people/{person.pk}", further_emails=["x@firma.de"], further_phones=[])
    assert answer.status_code == 404
    reader = caller_of(make_user("sales", team=south), scopes=("read",))
    assert reader("PATCH", f"people/{person.pk}", further_emails=["x@firma.de"]).status_code == 403
    assert list(person.links.filter(identity__kind="email").values_list("identity__value", flat=True)) == [
        "eva@firma.de"
    ]
