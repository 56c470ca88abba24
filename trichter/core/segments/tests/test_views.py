"""The pages of segments: who may see and change them, and that input is told about, never a failure."""

import json
import re
from datetime import UTC, datetime

import pytest

from trichter.core.lifecycle.models import Standing
from trichter.core.people.models import Person
from trichter.core.segments import queries
from trichter.core.segments.actions import add_people, create_segment
from trichter.core.segments.models import Change, Segment
from trichter.core.segments.starters import STARTERS

pytestmark = [pytest.mark.django_db]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
BERLIN = {"all": [{"field": "city", "op": "is", "value": "Berlin"}]}


def person(**fields):
    return Person.objects.create(created_at=NOW, **fields)


def rows(*conditions, mode="all"):
    data = {"h-mode": mode, "as": "rows", "do": "save", "name": "Neu"}
    for number, condition in enumerate(conditions):
        data |= {f"r-{number}-{name}": value for name, value in condition.items()}
    return data


def test_an_empty_list_offers_suggestions_that_can_be_saved(login):
    client = login("marketing")
    page = client.get("/app/segments/").content.decode()
    for starter in STARTERS:
        assert f"?starter={starter.key}" in page
        edit = client.get(f"/app/segments/new/?starter={starter.key}")
        assert edit.status_code == 200
        create_segment(name=str(starter.name), rule=starter.rule)
    assert client.get("/app/segments/").status_code == 200
    for made in Segment.objects.all():
        for part in ("", "log/", "why/", "edit/"):
            assert client.get(f"/app/segments/{made.pk}/{part}").status_code == 200


def test_rows_become_a_rule_and_members(login):
    client = login("marketing")
    anna = person(first_name="Anna", city="berlin", score=70)
    person(first_name="Bert", city="Bonn", score=70)
    data = rows(
        {"what": "field:city", "op": "is", "value": "Berlin"},
        {"what": "field:score", "op": "between", "value": "60; 80"},
        {"what": "event:order.paid", "op": "never", "when": "last_days", "days": "30"},
        {"what": "order:sum", "op": "lt", "value": "1.000,50"},
        {"what": "field:created_at", "op": "before", "first": "2026-06-02"},
        {"what": "mail:clicked", "op": "at_most", "value": "2"},
        {"what": "consent:newsletter:email", "op": "not_given"},
    )
    preview = client.post("/app/segments/preview/", data).content.decode()
    assert "Anna" in preview and "Bert" not in preview
    answer = client.post("/app/segments/new/", data)
    assert answer.status_code == 302, answer.content.decode()
    made = Segment.objects.get()
    assert list(queries.member_ids(segment=made.pk)) == [anna.pk]
    assert made.rule["all"][3] == {"order": "sum", "op": "lt", "value": 100_050}
    assert "Anna" in client.get(f"/app/segments/{made.pk}/").content.decode()
    edit = client.get(f"/app/segments/{made.pk}/edit/").content.decode()
    assert 'value="60, 80"' in edit
    assert client.get(f"/app/people/{anna.pk}/").status_code == 200
    listed = client.get(f"/app/people/?segment={made.pk}").content.decode()
    assert "Anna" in listed and "Bert" not in listed


@pytest.mark.parametrize(
    "data",
    [
        rows(),
        rows({"what": "field:nothing"}),
        rows({"what": "field:score", "op": "gte", "value": "viele"}),
        rows({"what": "field:created_at", "op": "last_days"}),
        rows({"what": "event:page.viewed", "op": "first"}),
        rows({"what": "order:sum", "op": "gte", "value": "abc"}),
        rows({"what": "segment:999", "op": "member"}),
        rows({"what": "segment:x", "op": "member"}),
        {"as": "json", "rule": "[", "do": "save", "name": "x"},
        {"as": "json", "rule": '{"all": [{"segment": true}]}', "do": "save", "name": "x"},
        {"as": "json", "rule": json.dumps({"all": [{"event": {"kind": "segment.joined"}}]}), "do": "save"},
        {"h-mode": "everything", "do": "save", "name": ""},
        {},
    ],
)
def test_what_cannot_be_meant_is_told(login, data):
    client = login("marketing")
    assert client.post("/app/segments/new/", data).status_code == 422
    assert client.post("/app/segments/preview/", data).status_code == 200
    assert not Segment.objects.exists()


def test_a_segment_never_builds_on_itself(login):
    client = login("marketing")
    first = create_segment(name="A", rule=BERLIN)
    second = create_segment(name="B", rule={"all": [{"segment": first.pk, "member": True}]})
    data = {"as": "json", "do": "save", "name": "A", "rule": json.dumps({"none": [{"segment": second.pk}]})}
    assert client.post(f"/app/segments/{first.pk}/edit/", data).status_code == 422
    client.post(f"/app/segments/{first.pk}/archive/")
    first.refresh_from_db()
    assert first.archived_at is None, "B builds on it"


def test_why_tells_condition_by_condition(login):
    client = login("marketing")
    anna = person(first_name="Anna", city="Bonn")
    made = create_segment(name="A", rule=BERLIN)
    page = client.get(f"/app/segments/{made.pk}/why/?pk={anna.pk}").content.decode()
    assert "sg-no" in page and "Bonn" in page


def test_rows_and_why_know_fit_and_grade(login):
    client = login("marketing")
    anna, bert = person(first_name="Anna"), person(first_name="Bert")
    Standing.objects.create(person=anna, version=1, behaviour=3, fit=37, grade="A")
    Standing.objects.create(person=bert, version=1, behaviour=3, fit=-20, grade="D")
    data = rows(
        {"what": "field:fit", "op": "gte", "value": "30"}, {"what": "field:grade", "op": "is", "value": "A"}
    )
    client.post("/app/segments/new/", data)
    made = Segment.objects.get()
    assert made.rule["all"] == [
        {"field": "fit", "op": "gte", "value": 30}, {"field": "grade", "op": "is", "value": "A"},
    ]  # fmt: skip
    assert list(queries.member_ids(segment=made.pk)) == [anna.pk]
    why = client.get(f"/app/segments/{made.pk}/why/?pk={bert.pk}").content.decode()
    assert "-20" in why and re.search(r"\bD\b", why)


def test_only_visible_people_are_shown_and_exported(login, make_user):
    client = login("sales")
    other = make_user("sales")
    mine = person(first_name="Meine", owner=client.user)
    hidden = person(first_name="Fremde", owner=other)
    made = create_segment(name="A", kind="static", people=[mine.pk, hidden.pk])
    for part in ("", "log/", f"why/?pk={hidden.pk}", "export/?format=csv"):
        answer = client.get(f"/app/segments/{made.pk}/{part}")
        text = (b"".join(answer) if answer.streaming else answer.content).decode()
        assert "Fremde" not in text
    assert client.post(f"/app/segments/{made.pk}/remove/", {"person": mine.pk}).status_code == 403
    assert client.post("/app/segments/new/", rows()).status_code == 403
    assert client.post("/app/segments/preview/", rows()).status_code == 403


def test_by_hand(login):
    client = login("marketing")
    anna = person(first_name="Anna")
    made = create_segment(name="Liste", kind="static", owner=client.user)
    add_people(segment=made, people=[anna.pk], by=client.user)
    assert queries.is_member(segment=made.pk, person=anna)
    client.post(f"/app/segments/{made.pk}/remove/", {"person": anna.pk})
    assert not queries.is_member(segment=made.pk, person=anna)
    logged = Change.objects.order_by("pk").values_list("joined", "cause", "by")
    assert list(logged) == [(True, "hand", client.user.pk), (False, "hand", client.user.pk)]
    client.post(f"/app/segments/{made.pk}/copy/")
    assert Segment.objects.count() == 2
