"""Conditions on events: how values compare, the JSON round trip, and data nobody should have sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.core.events.conditions import ENVELOPE_FIELDS, OPS, AnyOf, Condition, EventMatch, Malformed


@dataclass
class Seen:
    """An event as conditions read it."""

    kind: str = "page.viewed"
    data: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    source: str = ""
    value: int | None = None


@pytest.mark.parametrize(
    ("op", "wanted", "holds", "fails"),
    [
        ("is", "google", ["google"], ["Google", "googl", "", None]),
        ("is", 5, [5, 5.0, "5"], [6, "5.0", None, True]),
        ("is", True, [True, "true"], [False, 1, None]),
        ("is_not", "google", ["bing", "", None, []], ["google", ["bing", "google"]]),
        ("contains", "oo", ["google", ["x", "foo"]], ["gogle", "", None]),
        ("not_contains", "oo", ["gogle", "", None], ["google"]),
        ("starts_with", "go", ["google"], ["ago", None]),
        ("ends_with", "le", ["google"], ["lego", None]),
        ("in", ("a", 7), ["a", 7, "7", ["z", "a"]], ["b", "", None]),
        ("not_in", ("a", "b"), ["c", "", None], ["a", "b"]),
        ("gt", 10, [11, "10.5", 10.01], [10, "10", "many", "", None, True, float("nan")]),
        ("gte", 10, [10, "10", 11], [9, None]),
        ("lt", 10, [9, "-3", -1], [10, None, "", False]),
        ("lte", 10, [10, 9.5], [11, None]),
        ("exists", None, ["x", 0, False, ["y"]], ["", None, []]),
        ("not_exists", None, ["", None, []], ["x", 0, False]),
    ],
)
def test_each_comparison_holds_and_fails_where_it_should(op, wanted, holds, fails):
    condition = Condition("data.x", op, wanted)
    assert condition.problems() == []
    assert [value for value in holds if not condition.matches(Seen(data={"x": value}))] == []
    assert [value for value in fails if condition.matches(Seen(data={"x": value}))] == []


@pytest.mark.parametrize(
    ("pattern", "hits", "misses"),
    [
        (
            "/preise",
            ["/preise", "/preise/", "/preise?x=1", "https://a.example/preise#top"],
            ["/preise/pro", "/"],
        ),
        ("/preise*", ["/preise", "/preise/pro", "/preise-2026"], ["/de/preise", "/prei"]),
        ("/*/demo", ["/de/demo", "/a/b/demo/"], ["/demo", "/de/demo/x"]),
        ("*", ["/", "/x"], []),
        ("/", ["/", "https://a.example", "https://a.example/?q"], ["/x"]),
        ("/a*a", ["/aa", "/aba"], ["/a"]),
        ("/Preise", ["/Preise"], ["/preise"]),
        ("/weg?ref=https://b.example/x", ["/weg", "/weg?ref=https://c.example/"], ["/x"]),
    ],
)
def test_paths_match_by_glob_whatever_host_query_and_last_slash(pattern, hits, misses):
    condition = Condition("page", "matches_path", pattern)
    assert [page for page in hits if not condition.matches(Seen(page=page))] == []
    assert [page for page in misses if condition.matches(Seen(page=page))] == []


def test_a_pattern_full_of_stars_costs_no_time():
    condition = Condition("page", "matches_path", "*a" * 200 + "b")
    assert not condition.matches(Seen(page="a" * 5000))


def test_a_matcher_needs_the_kind_and_every_clause_and_one_of_each_group():
    match = EventMatch(
        "page.viewed",
        (
            Condition("page", "matches_path", "/preise*"),
            AnyOf((Condition("source", "is", "google"), Condition("source", "not_exists"))),
        ),
    )
    assert match.matches(Seen(page="/preise", source="google"))
    assert match.matches(Seen(page="/preise"))
    assert not match.matches(Seen(page="/preise", source="bing"))
    assert not match.matches(Seen(page="/", source="google"))
    assert not match.matches(Seen(kind="form.submitted", page="/preise"))
    compiled = match.where_compiled()
    assert compiled is not None and compiled(Seen(page="/preise"))
    assert EventMatch("page.viewed").where_compiled() is None


def test_an_envelope_field_the_event_does_not_have_is_not_set():
    assert Condition("channel", "not_exists").matches(Seen())
    assert Condition("value", "gte", 5).matches(Seen(value=5))


@pytest.mark.parametrize(
    ("data", "code", "path"),
    [
        (None, "not_an_object", ""),
        ([], "not_an_object", ""),
        ({}, "kind_invalid", "kind"),
        ({"kind": "x"}, "kind_invalid", "kind"),
        ({"kind": "page.viewed\n"}, "kind_invalid", "kind"),
        ({"kind": "page.read"}, "kind_unknown", "kind"),
        ({"kind": "page.viewed", "when": []}, "unknown_key", ""),
        ({"kind": "page.viewed", "where": {}}, "not_a_list", "where"),
        ({"kind": "page.viewed", "where": [7]}, "not_an_object", "where.0"),
        ({"kind": "page.viewed", "where": [{}] * 21}, "too_many_conditions", "where"),
        ({"kind": "page.viewed", "where": [{"any_of": []}]}, "group_empty", "where.0.any_of"),
        (
            {"kind": "page.viewed", "where": [{"any_of": [{"any_of": []}]}]},
            "group_nested",
            "where.0.any_of.0",
        ),
    ],
)
def test_an_unsound_matcher_is_refused_with_code_and_place(data, code, path):
    with pytest.raises(Malformed) as refused:
        EventMatch.from_json(data, kinds={"page.viewed"})
    assert (refused.value.problems[0].code, refused.value.problems[0].path) == (code, path)
    assert refused.value.problems[0].message


@pytest.mark.parametrize(
    ("condition", "code", "path"),
    [
        ({"field": "colour", "op": "is", "value": "x"}, "field_unknown", "field"),
        ({"field": "data.", "op": "is", "value": "x"}, "field_unknown", "field"),
        ({"field": "data.__class__.x", "op": "is", "value": "x"}, "field_unknown", "field"),
        ({"op": "is", "value": "x"}, "field_unknown", "field"),
        ({"field": "page", "op": "like", "value": "x"}, "op_unknown", "op"),
        ({"field": "page", "op": ["is"], "value": "x"}, "op_unknown", "op"),
        ({"field": "page", "op": "is"}, "value_missing", "value"),
        ({"field": "page", "op": "is", "value": ""}, "value_missing", "value"),
        ({"field": "page", "op": "is", "value": {"a": 1}}, "value_not_plain", "value"),
        ({"field": "page", "op": "is", "value": ["a"]}, "value_not_plain", "value"),
        ({"field": "page", "op": "is", "value": "a\x00b"}, "text_unprintable", "value"),
        ({"field": "page", "op": "is", "value": "\ud800"}, "text_unprintable", "value"),
        ({"field": "page", "op": "is", "value": "x" * 501}, "text_too_long", "value"),
        ({"field": "page", "op": "contains", "value": 5}, "value_not_text", "value"),
        ({"field": "value", "op": "gt", "value": "5"}, "value_not_number", "value"),
        ({"field": "value", "op": "gt", "value": True}, "value_not_number", "value"),
        ({"field": "value", "op": "gt", "value": float("inf")}, "number_too_large", "value"),
        ({"field": "value", "op": "gt", "value": float("nan")}, "number_too_large", "value"),
        ({"field": "value", "op": "gt", "value": 10**400}, "number_too_large", "value"),
        ({"field": "page", "op": "in", "value": "a"}, "value_not_list", "value"),
        ({"field": "page", "op": "in", "value": []}, "value_not_list", "value"),
        ({"field": "page", "op": "in", "value": ["a", [1]]}, "value_not_plain", "value.1"),
        ({"field": "page", "op": "in", "value": ["a"] * 201}, "too_many_values", "value"),
        ({"field": "page", "op": "exists", "value": "x"}, "value_unexpected", "value"),
    ],
)
def test_an_unsound_condition_is_refused_with_code_and_place(condition, code, path):
    with pytest.raises(Malformed) as refused:
        EventMatch.from_json({"kind": "page.viewed", "where": [condition]})
    assert [(found.code, found.path) for found in refused.value.problems] == [(code, f"where.0.{path}")]


def test_a_problem_can_be_translated_after_the_fact():
    with pytest.raises(Malformed) as refused:
        EventMatch.from_json({"kind": "page.viewed", "where": [{"field": "100 %", "op": "exists"}]})
    problem = refused.value.problems[0]
    assert problem.template % dict(problem.params) == problem.message


plain = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=8)
scalars = plain | st.integers(-(10**9), 10**9) | st.booleans() | st.floats(-1e6, 1e6)
fields = st.sampled_from([*ENVELOPE_FIELDS, "data.form", "data.stage"])
conditions = st.one_of(
    st.builds(Condition, fields, st.sampled_from(["is", "is_not"]), scalars),
    st.builds(Condition, fields, st.sampled_from(["contains", "ends_with", "matches_path"]), plain),
    st.builds(Condition, fields, st.sampled_from(["gt", "gte", "lt", "lte"]), st.integers(-999, 999)),
    st.builds(Condition, fields, st.sampled_from(["in", "not_in"]), st.lists(scalars, min_size=1).map(tuple)),
    st.builds(Condition, fields, st.sampled_from(["exists", "not_exists"])),
)
groups = st.builds(AnyOf, st.lists(conditions, min_size=1, max_size=3).map(tuple))
matches = st.builds(EventMatch, st.just("page.viewed"), st.lists(conditions | groups, max_size=4).map(tuple))


@given(matches)
def test_a_sound_matcher_survives_json(match):
    assert EventMatch.from_json(json.loads(json.dumps(match.to_json()))) == match


@given(matches, st.dictionaries(st.sampled_from(["form", "stage"]), scalars | st.lists(scalars) | st.none()))
def test_compiled_and_plain_evaluation_agree_and_never_fail(match, data):
    event = Seen(data=data, page="/x", source="y", value=3)
    compiled = match.where_compiled()
    assert match.matches(event) == (compiled is None or compiled(event))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([*OPS, "page"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "where", "field", "op", "value", "any_of", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_hostile_data_raises_nothing_but_malformed(data):
    for hostile in (data, {"kind": "page.viewed", "where": data}, {"kind": "page.viewed", "where": [data]}):
        try:
            match = EventMatch.from_json(hostile)
        except Malformed as refused:
            assert refused.problems
        else:
            match.matches(Seen())
