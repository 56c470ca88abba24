"""A rule somebody wrote: every mistake has its code and its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.core.events.conditions import Malformed
from trichter.core.lifecycle.rule_json import read_rule

from .strategies import rules

PAGE = {"kind": "page.viewed", "where": []}


def codes(data, **known):
    with pytest.raises(Malformed) as raised:
        read_rule(data, **known)
    return [(problem.code, problem.path) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [("not_an_object", "")]),
        ({}, [("mode_missing", "")]),
        ({"any_of": [], "all_of": []}, [("mode_missing", "")]),
        ({"some_of": []}, [("unknown_key", "")]),
        ({"any_of": {}}, [("not_a_list", "any_of")]),
        ({"all_of": []}, [("clauses_missing", "all_of")]),
        ({"any_of": [7]}, [("not_an_object", "any_of.0")]),
        ({"any_of": [{}]}, [("clause_unknown", "any_of.0")]),
        ({"any_of": [{"event": PAGE, "stage_reached": "lead"}]}, [("clause_unknown", "any_of.0")]),
        ({"any_of": [{"event": PAGE, "often": 2}]}, [("unknown_key", "any_of.0")]),
        ({"any_of": [{"event": PAGE, "times": 0}]}, [("times_invalid", "any_of.0.times")]),
        ({"any_of": [{"event": PAGE, "times": True}]}, [("times_invalid", "any_of.0.times")]),
        (
            {"any_of": [{"event": PAGE, "within_days": "7"}]},
            [("within_days_invalid", "any_of.0.within_days")],
        ),
        ({"any_of": [{"behaviour": False}]}, [("behaviour_not_true", "any_of.0.behaviour")]),
        ({"any_of": [{"event": {"kind": 3}}]}, [("kind_invalid", "any_of.0.event.kind")]),
        ({"any_of": [{"stage_reached": 3}]}, [("stage_unknown", "any_of.0.stage_reached")]),
        ({"any_of": [{"score": {}}]}, [("score_empty", "any_of.0.score")]),
        ({"any_of": [{"score": {"points": 1}}]}, [("unknown_key", "any_of.0.score")]),
        (
            {"any_of": [{"score": {"behaviour_at_least": 0}}]},
            [("at_least_invalid", "any_of.0.score.behaviour_at_least")],
        ),
        (
            {"any_of": [{"score": {"behaviour_at_least": 1, "fit_at_least": "E", "group": 3}}]},
            [
                ("grade_invalid", "any_of.0.score.fit_at_least"),
                ("group_invalid", "any_of.0.score.group"),
            ],
        ),
    ],
)
def test_a_mistake_has_a_code_and_a_place(data, expected):
    assert codes(data) == expected


def test_a_rule_builds_on_existing_earlier_stages_and_kinds_only():
    stages, below = ["visitor", "lead", "mql"], ["visitor"]
    assert codes({"any_of": [{"stage_reached": "fan"}]}, stages=stages, below=below) == [
        ("stage_unknown", "any_of.0.stage_reached")
    ]
    assert codes({"any_of": [{"stage_reached": "lead"}]}, stages=stages, below=below) == [
        ("stage_not_below", "any_of.0.stage_reached")
    ]
    assert codes({"any_of": [{"event": {"kind": "moon.landed"}}]}, kinds={"page.viewed"}) == [
        ("kind_unknown", "any_of.0.event.kind")
    ]


@given(rules)
def test_a_rule_survives_its_journey_through_json(rule):
    assert read_rule(rule.to_json()) == rule


WORDS = (
    "any_of", "all_of", "event", "score", "behaviour_at_least", "fit_at_least", "kind", "where", "times", "behaviour",
    "stage_reached", "at_least", "key", "cap",
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)


@given(anything)
def test_any_json_is_either_a_rule_or_malformed(data):
    try:
        read_rule(data)
    except Malformed as error:
        assert error.problems
