"""The API: tokens, scopes, pages, row visibility, and errors that say what is wrong."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.close.orders.models import Order
from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
from trichter.core.accounts import tokens
from trichter.core.accounts.models import Team
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Company, Link, Person
from trichter.measure.funnels.models import Funnel

pytestmark = pytest.mark.django_db
LISTS = ("people", "companies", "deals", "orders", "funnels")


class Caller:
    """Calls the API with one token."""

    def __init__(self, client, secret):
        self.client, self.secret = client, secret

    def get(self, path, **query):
        headers = {"Authorization": f"Bearer {self.secret}"}
        return self.client.get(f"/api/v1/{path}", query, headers=headers)


@pytest.fixture
def call_as(client):
    def make(user, scopes=("read",)):
        _token, secret = tokens.create_token(user=user, name="t", scopes=scopes, expires_at=None, by=user)
        return Caller(client, secret)

    return make


def person_of(owner, name="Someone"):
    return Person.objects.create(last_name=name, owner=owner, created_at=timezone.now())


def deal_of(owner):
    pipeline, _made = Pipeline.objects.get_or_create(name="Test")
    stage, _made = PipelineStage.objects.get_or_create(pipeline=pipeline, name="New", position=1)
    return Deal.objects.create(
        name="D", owner=owner, pipeline=pipeline, stage=stage, opened_at=timezone.now()
    )


@pytest.mark.parametrize(
    "path", [*LISTS, "people/1", "people/1/timeline", "companies/1", "deals/1", "orders/1", "funnels/x"]
)
def test_without_a_token_there_is_no_answer(client, path):
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer "},
    ):
        response = client.get(f"/api/v1/{path}", headers=headers)
        assert response.status_code == 401
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_being_logged_in_is_no_token(login):
    assert login("admin").get("/api/v1/people").status_code == 401


def test_a_token_without_the_scope_is_refused(call_as, make_user):
    caller = call_as(make_user("admin"), scopes=["write"])
    for path in LISTS:
        response = caller.get(path)
        assert (response.status_code, response.json()["status"]) == (403, 403)
        assert "scope" in response.json()["detail"]


def test_a_token_can_do_no_more_than_its_user(call_as, make_user):
    caller = call_as(make_user())
    assert [caller.get(path).status_code for path in LISTS] == [403] * len(LISTS)


def test_pages_follow_each_other_without_gaps_while_rows_come_in(call_as, make_user):
    user = make_user("service")
    expected = [person_of(None, f"P{number}").pk for number in range(7)]
    caller, seen, cursor = call_as(user), [], None
    while True:
        page = caller.get("people", limit=3, **({"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        if len(seen) == 3:
            expected.append(person_of(None, "late").pk)
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == expected


def test_a_timeline_is_read_from_the_newest_event_with_equal_times_kept_apart(call_as, make_user):
    person, now = person_of(None), timezone.now()
    identity = Identity.objects.create(kind="email", value="a@example.com")
    Link.objects.create(identity=identity, person=person, evidence="test", since=now)
    events = [
        Event.objects.create(
            uid=uuid.uuid4(), kind="page.viewed", at=now - timedelta(microseconds=number // 2),
            recorded_at=now, identity=identity, data={"n": number},
        )
        for number in range(5)
    ]  # fmt: skip
    caller, seen, query = call_as(make_user("service")), [], {"limit": 2}
    while True:
        page = caller.get(f"people/{person.pk}/timeline", **query).json()
        seen += [item["uid"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    wanted = sorted(events, key=lambda event: (event.at, event.pk), reverse=True)
    assert seen == [str(event.uid) for event in wanted]


def test_a_sales_user_gets_only_what_the_back_office_would_show(call_as, make_user):
    me = make_user("sales", team=Team.objects.create(name="North"))
    other = make_user("sales", team=Team.objects.create(name="South"))
    now = timezone.now()
    rows = {}
    for owner in (me, other):
        person = person_of(owner)
        rows[owner.pk] = {
            "people": person,
            "companies": Company.objects.create(name="C", owner=owner, created_at=now),
            "deals": deal_of(owner),
            "orders": Order.objects.create(number=f"O{owner.pk}", person=person, total=5, placed_at=now),
        }
    caller = call_as(me)
    for path in ("people", "companies", "deals", "orders"):
        assert [item["id"] for item in caller.get(path).json()["items"]] == [rows[me.pk][path].pk]
        assert caller.get(f"{path}/{rows[me.pk][path].pk}").status_code == 200
        foreign, missing = caller.get(f"{path}/{rows[other.pk][path].pk}"), caller.get(f"{path}/999999999")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json() == missing.json()
    assert caller.get(f"people/{rows[other.pk]['people'].pk}/timeline").status_code == 404
    assert caller.get("people", email="x@example.com").json()["items"] == []


def test_a_merged_person_answers_with_the_survivor_but_only_to_those_who_may_see_it(call_as, make_user):
    me, other = make_user("sales"), make_user("sales")
    mine, foreign = person_of(me), person_of(other)
    Person.objects.filter(pk=mine.pk).update(merged_into=foreign)
    assert call_as(me).get(f"people/{mine.pk}").status_code == 404
    assert call_as(make_user("service")).get(f"people/{mine.pk}").json()["id"] == foreign.pk


def test_a_funnel_is_found_by_its_short_name(call_as, make_user):
    Funnel.objects.create(slug="test-x", name="X", definition={"steps": []})
    caller = call_as(make_user("service"))
    assert caller.get("funnels/test-x").json()["definition"] == {"steps": []}
    assert caller.get("funnels/none").status_code == 404


def test_a_funnel_counts_what_the_user_may_see(call_as, make_user):
    funnel = Funnel.objects.get(default=True)
    person, now = person_of(make_user("sales")), timezone.now()
    identity = Identity.objects.create(kind="email", value="a@example.com")
    Link.objects.create(identity=identity, person=person, evidence="test", since=now)
    definition = {**funnel.definition, "unit": "person", "order": "ordered"}
    step = {"label": "View", "match": {"kind": "page.viewed"}}
    definition["steps"] = [
        {**definition["steps"][0], **step, "key": "a"},
        {**definition["steps"][0], **step, "key": "b"},
    ]
    definition |= {"exclusions": [], "breakdown": None}
    Funnel.objects.filter(pk=funnel.pk).update(definition=definition)
    Event.objects.create(
        uid=uuid.uuid4(), kind="page.viewed", at=now, recorded_at=now, identity=identity, data={}
    )
    path = f"funnels/{funnel.slug}/result"
    answers = [call_as(make_user(role)).get(path).json() for role in ("service", "sales")]
    assert [answer["entered"] for answer in answers] == [1, 0]


def test_key_figures_come_with_numerator_and_denominator(call_as, make_user):
    from trichter.measure.kpis.dictionary import KPIS

    body = call_as(make_user("service")).get("kpis", first="2026-01-01", last="2026-01-31").json()
    assert [item["key"] for item in body["items"]] == list(KPIS)
    assert (body["first"], body["last"], body["currency"]) == ("2026-01-01", "2026-01-31", "EUR")


BAD = [
    ("kpis", {"first": "2026-02-01", "last": "2026-01-01"}), ("kpis", {"last": "0001-01-01"}),
    ("kpis", {"first": "1990-01-01", "last": "2199-01-01"}),
    ("people", {"limit": "0"}), ("people", {"limit": "201"}), ("people", {"limit": "x"}),
    ("people", {"cursor": "!!"}),
    ("people", {"cursor": "WzFd=="}), ("people", {"cursor": "W1tdXQ"}), ("people", {"cursor": "Wy0xXQ"}),
    ("people", {"email": "a\x00"}), ("people", {"stage": "x" * 300}), ("people", {"company": str(2**63)}),
    ("people", {"created_since": "0001-01-01T00:00:00+23:59"}), ("deals", {"status": "lose"}),
    ("orders", {"placed_since": "yesterday"}), (f"people/{2**63}", {}), ("people/0", {}), ("funnels/%00", {}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query"), BAD)
def test_bad_input_is_named(call_as, make_user, path, query):
    response = call_as(make_user("service")).get(path, **query)
    if query.get("cursor") == "WzFd==":
        assert response.status_code in (200, 422)
        return
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["detail"] and body["status"] == 422


def test_every_answer_counts_down_and_the_limit_says_when_to_come_back(call_as, make_user, monkeypatch):
    from trichter.connect.api import auth

    caller = call_as(make_user("service"))
    assert caller.get("people").headers["RateLimit-Remaining"] == str(auth.PER_MINUTE - 1)
    monkeypatch.setattr(auth, "PER_MINUTE", 1)
    response = caller.get("people")
    assert (response.status_code, response.headers["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(response.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_list_can_neither_be_replaced_nor_deleted(client, call_as, make_user, method):
    caller = call_as(make_user("admin"), scopes=["read", "write", "import"])
    response = getattr(client, method)("/api/v1/people", headers={"Authorization": f"Bearer {caller.secret}"})
    assert response.status_code == 405


def test_an_unknown_address_is_a_problem_too(client):
    response = client.get("/api/v2/x")
    assert (response.status_code, response.json()["status"]) == (404, 404)


def test_every_operation_declares_its_errors_as_problems(client):
    schema = json.loads(client.get("/api/v1/openapi.json").content)
    assert schema["openapi"].startswith("3.1")
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            declared = set(operation["responses"])
            # The collector takes events in bulk: 202 instead of 200, and 503 under overload instead of 429.
            usual = {"202", "503"} if path == "/api/v1/events" else {"429"}
            assert declared & {"200", "201", "202"}, path
            assert usual | {"401", "403", "422"} <= declared, path
            assert ("404" in declared) == ("{" in path), path
            for status in declared - {"200", "201", "202"}:
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]
            assert operation["security"] == [{"TokenAuth": []}]


def test_the_description_for_people_needs_nothing_from_elsewhere(login):
    text = login("sales").get("/api/docs/").content.decode()
    assert "/api/v1/people" in text
    assert "https://" not in text
    assert "<script>" not in text


def test_members_of_a_segment_are_those_the_user_may_see(call_as, make_user):
    from trichter.core.segments.actions import create_segment

    user, other = make_user("sales"), make_user("sales")
    mine, hidden = person_of(user), person_of(other)
    made = create_segment(name="A", kind="static", people=[mine.pk, hidden.pk])
    found = call_as(user).get("segments").json()["items"]
    assert [one["id"] for one in found] == [made.pk]
    assert call_as(user).get(f"segments/{made.pk}").json()["kind"] == "static"
    people = call_as(user).get(f"segments/{made.pk}/people").json()["items"]
    assert [one["id"] for one in people] == [mine.pk]
    assert call_as(make_user()).get("segments").status_code == 403
