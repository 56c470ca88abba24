"""The pages of segments: who may see and change them, and that input is told about, never a failure."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.core.events.conditions import Malformed
from trichter.core.lifecycle.models import Standing
from trichter.core.people.models import Person
from trichter.core.segments import queries
from trichter.core.segments.actions import add_people, create_segment
from trichter.core.segments.builder import Box, Builder, Row, fits
from trichter.core.segments.models import Change, Segment
from trichter.core.segments.rules.model import Field, Group
from trichter.core.segments.rules.reading import read_rule
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


NESTED = {
    "all": [
        {"field": "city", "op": "is", "value": "Berlin"},
        {"any": [
            {"field": "score", "op": "gte", "value": 60},
            {"none": [{"field": "tags", "op": "in", "value": ["VIP"]}, {"field": "grade", "op": "is", "value": "D"}]},
        ]},
    ]
}  # fmt: skip


def sent(page, **more):
    """The fields of the editor as a browser sends them."""
    form = BeautifulSoup(page, "html.parser").find(id="sg-editor")
    data = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            data[field["name"]] = chosen["value"]
        elif field.get("type") != "radio" or field.has_attr("checked"):
            data[field["name"]] = field.get("value", "") if field.name == "input" else field.text.strip()
    return data | more


def test_groups_in_groups_are_built_changed_and_told_in_one_sentence(login):
    client = login("marketing")
    made = create_segment(name="A", rule=NESTED)
    address = f"/app/segments/{made.pk}/edit/"
    page = client.get(address).content.decode()
    client.post(address, sent(page, do="save"))
    made.refresh_from_db()
    assert made.rule == NESTED and made.revision == 1, "seen and saved, it stays what it was"
    preview = client.post("/app/segments/preview/", sent(page)).content.decode()
    assert (
        "Ort ist Berlin und (Score: Verhaltenspunkte mindestens 60 oder"
        " nicht (Schlagwörter ist eines von VIP oder Score: Note der Passung ist D))." in preview
    )
    more = client.post(address, sent(page, do="group-3")).content.decode()
    assert "autofocus" in more
    data = sent(more, **{"r-7-what": "field:postcode"})
    data = sent(client.post(address, data | {"do": "refresh"}).content.decode(), **{"r-7-value": "10115"})
    client.post(address, data | {"do": "save"})
    made.refresh_from_db()
    inner = made.rule["all"][1]["any"][1]
    assert inner["none"][2] == {"all": [{"field": "postcode", "op": "is", "value": "10115"}]}
    fewer = client.post(address, data | {"do": "remove-g-3"}).content.decode()
    client.post(address, sent(fewer, do="save"))
    made.refresh_from_db()
    assert made.rule["all"][1] == {"any": NESTED["all"][1]["any"][:1]}, "a group goes with all that is in it"


def test_what_is_wrong_is_told_where_it_stands(login):
    client = login("marketing")
    made = create_segment(name="A", rule=NESTED)
    address = f"/app/segments/{made.pk}/edit/"
    page = client.get(address).content.decode()

    def told(**wrong):
        answer = client.post(address, sent(page, do="save", **wrong))
        assert answer.status_code == 422
        return BeautifulSoup(answer.content, "html.parser")

    row = told(**{"r-2-value": "viele"}).find(attrs={"name": "r-2-value"}).find_parent(class_="sg-row")
    assert "Geben Sie eine ganze Zahl ein." in row.text
    row = told(**{"r-5-what": "event:page.viewed", "r-5-op": "first"}).find(attrs={"name": "r-5-what"})
    assert "brauchen einen Zeitraum" in row.find_parent(class_="sg-row").text
    empty = told(**{"r-4-what": "", "r-5-what": ""}).find(attrs={"name": "g-3-in"}).parent
    assert "Fügen Sie dieser Gruppe eine Bedingung hinzu" in empty.text
    made.refresh_from_db()
    assert made.rule == NESTED


leaves = st.builds(Field, st.just("city"), st.sampled_from(["is", "contains"]), st.sampled_from("abc"))
boxes = st.recursive(
    leaves,
    lambda inner: st.builds(
        Group, st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=8,
).filter(lambda one: isinstance(one, Group))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=boxes)
def test_what_boxes_show_is_what_they_give_back(rule, db):
    with suppress(Malformed):
        read_rule(rule.to_json())
        assert fits(rule)
        shown = Builder(rule=rule)
        data = {"h-mode": shown.root.mode}
        for part in shown.root.all_parts():
            if isinstance(part, Row) or part.number is not None:
                data |= {f"{part.form.prefix}-{name}": part.form[name].value() for name in part.form.fields}
            for inner in part.parts if isinstance(part, Box) else ():
                data[f"{inner.form.prefix}-in"] = part.place
        back = Builder(data={name: "" if value is None else value for name, value in data.items()})
        assert back.is_valid() and back.rule() == rule.to_json()


@pytest.mark.parametrize("depth", [4, 30])
def test_no_input_makes_a_circle_or_a_bottomless_pit(login, depth):
    client = login("marketing")
    data = rows({"what": "field:city", "op": "is", "value": "Berlin"})
    for n in range(1, depth):
        data |= {f"g-{n}-in": str(n - 1 or ""), f"g-{n}-mode": "any"}
    data |= {"g-50-in": "50", "g-50-mode": "any", "g-51-in": "x", "r-60-what": "field:city", "r-60-in": "61"}
    for what in ("refresh", "add-3", "group-77", "remove-g-1", "remove-r-x"):
        assert client.post("/app/segments/new/", data | {"do": what}).status_code == 200
    assert client.post("/app/segments/new/", data | {"do": "save"}).status_code == 422


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
