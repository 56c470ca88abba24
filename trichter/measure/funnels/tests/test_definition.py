"""Definitions: the JSON round trip, what is refused and why, and data nobody should have sent."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.core.events.conditions import Malformed
from trichter.measure.funnels.definition import Breakdown, FunnelDefinition
from trichter.measure.funnels.validation import MAX_JSON, MESSAGES

from .journals import HOUR, definitions, exclude, funnel

SOUND = funnel("abc").to_json()


@given(definitions(), st.sampled_from([None, Breakdown("source"), Breakdown("data.plan", 2, 5)]))
def test_a_sound_definition_survives_json(definition, breakdown):
    definition = replace(definition, breakdown=breakdown)
    assert FunnelDefinition.loads(definition.dumps()) == definition
    assert FunnelDefinition.loads(definition.dumps().encode()) == definition


def test_what_is_left_out_gets_its_default():
    least = {key: SOUND[key] for key in ("schema", "name", "slug", "steps")}
    assert FunnelDefinition.from_json(least) == funnel("abc")


def test_the_kinds_a_funnel_depends_on_are_told_for_loading():
    assert funnel("aba", exclusions=(exclude("x", 1, 2),)).kinds() == {"test.a", "test.b", "test.x"}
    assert funnel("ab", order="strict").kinds() is None


def changed(path: str, value: object) -> dict:
    """The sound definition with one place changed; the path may end in a new key."""
    data = json.loads(json.dumps(SOUND))
    *inner, last = path.split(".")
    place = data
    for key in inner:
        place = place[int(key)] if isinstance(place, list) else place[key]
    place[int(last) if isinstance(place, list) else last] = value
    return data


@pytest.mark.parametrize(
    ("place", "value", "code", "path"),
    [
        ("schema", 2, "schema_unknown", "schema"),
        ("schema", True, "schema_unknown", "schema"),
        ("schema", "1", "schema_unknown", "schema"),
        ("colour", "red", "unknown_key", ""),
        ("name", "", "name_missing", "name"),
        ("name", "  ", "name_missing", "name"),
        ("name", 5, "not_text", "name"),
        ("name", "x" * 121, "text_too_long", "name"),
        ("name", "a\x00", "text_unprintable", "name"),
        ("slug", "Ünfug", "slug_invalid", "slug"),
        ("slug", "a\n", "slug_invalid", "slug"),
        ("order", "random", "choice_unknown", "order"),
        ("unit", None, "not_text", "unit"),
        ("start", "last", "choice_unknown", "start"),
        ("window", 0, "duration_invalid", "window"),
        ("window", -5, "duration_invalid", "window"),
        ("window", 1.5, "duration_invalid", "window"),
        ("window", True, "duration_invalid", "window"),
        ("window", "1 d", "duration_invalid", "window"),
        ("window", 10**30, "duration_too_long", "window"),
        ("steps", {}, "not_a_list", "steps"),
        ("steps", [], "too_few_steps", "steps"),
        ("steps", [{}] * 13, "too_many_steps", "steps"),
        ("steps.0", "visit", "not_an_object", "steps.0"),
        ("steps.1.key", "s1", "key_repeated", "steps.1.key"),
        ("steps.1.key", "", "key_invalid", "steps.1.key"),
        ("steps.1.label", "", "label_missing", "steps.1.label"),
        ("steps.1.band", "top", "choice_unknown", "steps.1.band"),
        ("steps.0.band", "bofu", "band_backward", "steps.1.band"),
        ("steps.0.within", 60, "within_first", "steps.0.within"),
        ("steps.1.within", 0, "duration_invalid", "steps.1.within"),
        ("steps.1.match", None, "not_an_object", "steps.1.match"),
        ("steps.1.match.kind", "a", "kind_invalid", "steps.1.match.kind"),
        ("steps.1.match.where", 7, "not_a_list", "steps.1.match.where"),
        ("steps.2.match.kind", "test.z", "kind_unknown", "steps.2.match.kind"),
        ("exclusions", None, "not_a_list", "exclusions"),
        ("exclusions", [exclude("a", 2, 2).match.to_json()], "unknown_key", "exclusions.0"),
        ("exclusions", [{"match": {"kind": "test.a"}}], "exclusion_range", "exclusions.0"),
        (
            "exclusions",
            [{"match": {"kind": "test.a"}, "after_step": 1, "before_step": 4}],
            "exclusion_range",
            "exclusions.0",
        ),
        (
            "exclusions",
            [{"match": {"kind": "test.a"}, "after_step": True, "before_step": 2}],
            "not_a_whole_number",
            "exclusions.0.after_step",
        ),
        ("exclusions", [{}] * 13, "too_many_exclusions", "exclusions"),
        ("breakdown", "source", "not_an_object", "breakdown"),
        ("breakdown", {"dimension": "colour"}, "dimension_unknown", "breakdown.dimension"),
        ("breakdown", {"dimension": "source", "at": "middle"}, "breakdown_step", "breakdown.at"),
        ("breakdown", {"dimension": "source", "at": 4}, "breakdown_step", "breakdown.at"),
        ("breakdown", {"dimension": "source", "at": True}, "breakdown_step", "breakdown.at"),
        ("breakdown", {"dimension": "source", "limit": 0}, "breakdown_limit", "breakdown.limit"),
        ("breakdown", {"dimension": "source", "limit": 51}, "breakdown_limit", "breakdown.limit"),
    ],
)
def test_an_unsound_definition_is_refused_with_code_and_place(place, value, code, path):
    with pytest.raises(Malformed) as refused:
        FunnelDefinition.from_json(changed(place, value), kinds={"test.a", "test.b", "test.c"})
    problems = refused.value.problems
    assert (problems[0].code, problems[0].path) == (code, path)
    assert problems[0].template == MESSAGES[code]
    assert "%(" not in problems[0].message


def test_all_problems_are_told_at_once():
    data = changed("name", "") | {"slug": "A", "window": 5}
    data["steps"][2]["label"] = ""
    with pytest.raises(Malformed) as refused:
        FunnelDefinition.from_json(data)
    assert [problem.path for problem in refused.value.problems] == ["name", "slug", "steps.2.label"]


def test_what_has_no_meaning_in_any_order_is_refused():
    ordered = funnel("abc", within=[None, 1, None], exclusions=(exclude("x", 1, 2),))
    found = replace(ordered, order="any").problems()
    assert [(problem.code, problem.path) for problem in found] == [
        ("within_any", "steps.1.within"),
        ("exclusion_any", "exclusions"),
    ]


def test_a_duration_between_two_seconds_is_refused_because_json_could_not_hold_it():
    assert [p.code for p in replace(funnel("ab"), window=timedelta(microseconds=1)).problems()] == [
        "duration_invalid"
    ]
    assert replace(funnel("ab"), window=HOUR).problems() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nul",
        "[" * 100_000,
        '{"a":' * 50_000,
        b"\xff\xfe\x00",
        "9" * 5000,
        " " * (MAX_JSON + 1),
        "\ud800",
    ],
    ids=range(9),
)
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(Malformed) as refused:
        FunnelDefinition.loads(text)
    assert refused.value.problems[0].code in {"json_invalid", "json_too_large"}


leaves = st.sampled_from(
    [None, True, -1, 2, 10**400, 1.5, float("nan"), float("inf"), "", "x", "\x00", "\ud800"]
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "where", "field", "op", "value", "any_of", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def places(data: object, path: tuple = ()) -> list[tuple]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


FULL = FunnelDefinition.from_json(
    SOUND
    | {
        "window": 60,
        "exclusions": [
            {
                "match": {"kind": "test.x", "where": [{"field": "page", "op": "in", "value": ["a"]}]},
                "after_step": 1,
                "before_step": 3,
            }
        ],
        "breakdown": {"dimension": "source", "at": 2, "limit": 3},
    }
).to_json()


@given(st.data())
def test_hostile_data_at_any_place_raises_nothing_but_malformed(data):
    hostile = json.loads(json.dumps(FULL))
    for _ in range(data.draw(st.integers(1, 3))):
        *inner, last = data.draw(
            st.sampled_from([place for place in places(hostile) if place] or [("name",)])
        )
        target = hostile
        for key in inner:
            target = target[key]
        target[last] = data.draw(anything)
    try:
        definition = FunnelDefinition.from_json(hostile)
    except Malformed as refused:
        assert refused.problems
        assert str(refused)
    else:
        assert FunnelDefinition.loads(definition.dumps()) == definition


@given(anything)
def test_any_data_at_all_raises_nothing_but_malformed(data):
    with pytest.raises(Malformed):
        FunnelDefinition.from_json(data)
