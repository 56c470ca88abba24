"""The score: whole points that add up, whatever way they came about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.events.conditions import Condition, EventMatch, Malformed
from trichter.core.lifecycle.occurrence import Occurrence
from trichter.core.lifecycle.scoring.defaults import default_model
from trichter.core.lifecycle.scoring.explain import explain
from trichter.core.lifecycle.scoring.history import points_over_time, raises
from trichter.core.lifecycle.scoring.ledger import Compiled, Ledger
from trichter.core.lifecycle.scoring.model import BehaviourRule, Model
from trichter.core.lifecycle.scoring.model_json import read_model
from trichter.core.lifecycle.scoring.standing import stand
from trichter.core.lifecycle.scoring.steps import Decay, drops, left, micros

from .strategies import models, moments, occurrence_lists

T0 = datetime(2026, 3, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


def rule(points=10, kind="page.viewed", **more):
    return BehaviourRule(key="r", label="R", match=EventMatch(kind), points=points, **more)


def event(number, at, kind="page.viewed", **more):
    return Occurrence(id=number, at=at, kind=kind, data=more.pop("data", {}), **more)


def behaviour(events, *rules, at=T0, zone=BERLIN):
    model = Compiled(Model(behaviour=rules), zone)
    held = stand(occurrences=events, model=model, moment=at)
    assert explain(occurrences=events, model=model, moment=at).behaviour == held.behaviour
    return held.behaviour


@settings(deadline=None)
@given(events=occurrence_lists(), model=models, moment=moments)
def test_the_explanation_adds_up_to_the_stored_score_exactly(events, model, moment):
    compiled = Compiled(model, BERLIN)
    held = stand(occurrences=events, model=compiled, moment=moment)
    # The ledger counts as events come in; a moment before the last of them is not asked of it.
    moment = max([moment, *(one.at for one in events)])
    held = stand(occurrences=events, model=compiled, moment=moment)
    found = explain(occurrences=events, model=compiled, moment=moment)
    assert found.behaviour == held.behaviour
    assert found.behaviour == sum(one.points for one in found.rules) + sum(one.cut for one in found.groups)
    for line in found.rules:
        assert line.points == sum(point.points for point in line.counted)
        assert line.times == len(line.counted) + line.repeated + line.over
        assert line.rule.cap is None or len(line.counted) <= line.rule.cap
        assert abs(line.points) <= abs(line.rule.points) * len(line.counted)
    for group in found.groups:
        assert group.group.cap is None or group.points <= group.group.cap
    assert found.fit.points == sum(one.points for one in found.fit.lines) == held.fit
    assert dict(held.groups) == {one.group.key: one.points for one in found.groups}


@settings(deadline=None)
@given(events=occurrence_lists(), model=models, data=st.data())
def test_the_order_of_arrival_does_not_matter(events, model, data):
    compiled = Compiled(model, BERLIN)
    mixed = data.draw(st.permutations(events))
    again = sorted(mixed, key=lambda one: (one.at, one.id))
    end = max([T0, *(one.at for one in events)])
    assert stand(occurrences=again, model=compiled, moment=end) == stand(
        occurrences=events, model=compiled, moment=end
    )


@settings(deadline=None)
@given(events=occurrence_lists(), model=models)
def test_a_ledger_asked_on_the_way_equals_one_asked_at_the_end(events, model):
    compiled = Compiled(model, BERLIN)
    ledger = Ledger(compiled)
    for number, one in enumerate(events, 1):
        ledger.add(one, one.at)
        fresh = stand(occurrences=events[:number], model=compiled, moment=one.at)
        assert ledger.sums(one.at) == (fresh.behaviour, fresh.groups)


@settings(deadline=None)
@given(events=occurrence_lists(), model=models, hours=st.integers(0, 24 * 40))
def test_nothing_changes_before_the_moment_that_is_named(events, model, hours):
    compiled = Compiled(model, BERLIN)
    now = max([T0, *(one.at for one in events)]) + timedelta(hours=hours)
    held = stand(occurrences=events, model=compiled, moment=now)
    if held.next_change is None:
        later = now + timedelta(days=9_000)
        assert stand(occurrences=events, model=compiled, moment=later).behaviour == held.behaviour
    else:
        assert held.next_change > now
        just_before = held.next_change - timedelta(microseconds=1)
        assert stand(occurrences=events, model=compiled, moment=just_before).behaviour == held.behaviour


@given(
    points=st.integers(-300, 300).filter(bool),
    decay=st.builds(Decay, st.sampled_from(["half_life", "linear"]), st.integers(1, 400)),
    ages=st.lists(st.integers(0, 10**9), min_size=2, max_size=5).map(sorted),
)
def test_points_only_ever_fade_and_end_at_nothing(points, decay, ages):
    table = drops(points=points, decay=decay)
    amounts = [abs(left(points=points, ages=table, age=age * 1_000_000)) for age in ages]
    assert amounts == sorted(amounts, reverse=True)
    assert left(points=points, ages=table, age=0) == points
    assert left(points=points, ages=table, age=table[-1]) == 0
    assert list(table) == sorted(table) and len(table) == abs(points)


@pytest.mark.parametrize("points", [1, 7, 10, 40, -15])
@pytest.mark.parametrize("decay", [Decay("half_life", 30), Decay("linear", 10)])
def test_a_step_table_says_what_the_formula_says(points, decay):
    table = drops(points=points, decay=decay)
    for hour in range(5, 24 * 100, 7):
        days = hour / 24
        share = 0.5 ** (days / decay.days) if decay.shape == "half_life" else max(0.0, 1 - days / decay.days)
        exact = abs(points) * share
        if abs(exact % 1 - 0.5) > 1e-9:
            amount = int(exact + 0.5)
            assert abs(left(points=points, ages=table, age=hour * 3_600_000_000)) == amount


def test_half_is_left_after_the_half_life_and_rounding_is_half_up():
    assert behaviour([event(1, T0)], rule(10, decay=Decay("half_life", 30)), at=T0 + 30 * DAY) == 5
    assert behaviour([event(1, T0)], rule(5, decay=Decay("half_life", 30)), at=T0 + 30 * DAY) == 3
    assert behaviour([event(1, T0)], rule(-5, decay=Decay("half_life", 30)), at=T0 + 30 * DAY) == -3
    assert behaviour([event(1, T0)], rule(10, decay=Decay("linear", 10)), at=T0 + 10 * DAY) == 0
    assert behaviour([event(1, T0)], rule(10, decay=Decay("linear", 10)), at=T0 + 3 * DAY) == 7


def test_a_form_sent_twice_counts_once_where_the_rule_says_so():
    """Double counting: a reload, a retry, two forms of one visit."""
    form = [
        event(1, T0, "form.submitted", data={"form": "a"}),
        event(2, T0, "form.submitted", data={"form": "a"}),
        event(3, T0 + DAY, "form.submitted", data={"form": "b"}),
    ]
    each = rule(5, "form.submitted")
    assert behaviour(form, each, at=T0 + DAY) == 15
    assert behaviour(form, replace(each, per="once"), at=T0 + DAY) == 5
    assert behaviour(form, replace(each, per="day"), at=T0 + DAY) == 10
    assert behaviour(form, replace(each, per="value", field="data.form"), at=T0 + DAY) == 10


def test_an_event_counts_in_every_rule_it_fits_but_once_in_each():
    price = EventMatch("page.viewed", (Condition("page", "is", "/preise"),))
    rules = rule(1), replace(rule(10), key="p", match=price)
    assert behaviour([event(1, T0, page="/preise")], *rules) == 11


def test_what_counts_once_is_renewed_by_doing_it_again():
    once = rule(10, per="once", decay=Decay("half_life", 10))
    again = [event(1, T0), event(2, T0 + 20 * DAY)]
    assert behaviour(again[:1], once, at=T0 + 20 * DAY) == 3
    assert behaviour(again, once, at=T0 + 20 * DAY) == 10


def test_a_cap_lets_the_newest_count_so_that_faded_events_block_nothing():
    capped = rule(10, cap=2, decay=Decay("half_life", 10))
    events = [event(n, T0 + n * DAY) for n in (0, 1, 40, 41)]
    assert behaviour(events, capped, at=T0 + 41 * DAY) == 19


@pytest.mark.parametrize("kind", ["mail.opened", "mail.clicked"])
def test_machines_give_no_points_unless_a_rule_says_so(kind):
    events = [event(1, T0, kind, data={"machine": True}), event(2, T0, kind, data={"machine": False})]
    assert behaviour(events, rule(3, kind)) == 3
    assert behaviour(events, rule(3, kind, machine=True)) == 6


def test_negative_points_are_taken_off_and_may_go_below_zero():
    assert behaviour([event(1, T0)], rule(-15)) == -15


@pytest.mark.parametrize(
    ("first", "second", "points"),
    [
        # 29 March 2026: 23 hours, the clock jumps from 2 to 3; 25 October: 25 hours.
        ("2026-03-28T22:59:59", "2026-03-28T23:00:00", 10),
        ("2026-03-28T23:00:00", "2026-03-29T21:59:59", 5),
        ("2026-03-29T21:59:59", "2026-03-29T22:00:00", 10),
        ("2026-10-24T22:00:00", "2026-10-25T22:59:59", 5),
        ("2026-10-25T22:59:59", "2026-10-25T23:00:00", 10),
        ("2026-10-25T00:30:00", "2026-10-25T01:30:00", 5),
    ],
)
def test_a_day_is_a_day_of_the_company_over_changes_of_the_clock(first, second, points):
    at = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, second)]
    events = [event(number, moment) for number, moment in enumerate(at)]
    assert behaviour(events, rule(5, per="day"), at=at[1]) == points


def test_decay_counts_hours_so_a_change_of_the_clock_moves_nothing():
    faded = rule(10, decay=Decay("linear", 1))
    start = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    assert behaviour([event(1, start)], faded, at=start + timedelta(hours=12)) == 5


def test_what_is_done_ahead_of_the_clock_counts_in_full():
    assert behaviour([event(1, T0 + DAY)], rule(10, decay=Decay("half_life", 1)), at=T0) == 10


def test_microseconds_are_exact():
    moment = datetime(2026, 3, 1, 10, 0, 0, 123457, tzinfo=UTC)
    assert micros(moment) % 1_000_000 == 123_457


def note(number, at, **facts):
    return event(number, at, "profile.noted", data=facts)


def test_fit_goes_by_the_profile_of_the_moment_and_before_the_first_note_by_that():
    model = Compiled(read_model(default_model(language="de")), BERLIN)
    events = [note(1, T0, employees=120, role="geschäftsführerin"), note(2, T0 + DAY, role="praktikantin")]
    grades = [
        explain(occurrences=events, model=model, moment=T0 + days * DAY).fit.grade for days in (-5, 0, 1)
    ]
    assert grades == ["A", "A", "D"]
    assert stand(occurrences=[], model=model, moment=T0).grade == "C"


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        ({"employees": 9}, set()),
        ({"employees": 10}, {"size-s"}),
        ({"employees": 49}, {"size-s"}),
        ({"employees": 50}, {"size-m"}),
        ({"employees": 250}, {"size-l"}),
        ({"role": "leiterin einkauf"}, {"decider"}),
        ({"role": "werkstudentin"}, {"learner"}),
        ({"country": "AT", "mail": "company"}, {"dach", "work-mail"}),
        ({"country": "FR", "mail": "free"}, {"free-mail"}),
    ],
)
def test_the_default_fit_looks_at_size_role_country_and_address(facts, keys):
    fit = Compiled(read_model(default_model(language="en"))).fit(facts)
    assert {line.key for line in fit.lines} == keys


def test_what_would_raise_the_score_is_what_one_more_event_adds():
    model = Compiled(read_model(default_model(language="de")), BERLIN)
    events = [event(n, T0, page="/preise") for n in range(1, 5)]
    found = explain(occurrences=events, model=model, moment=T0)
    gains = {one.label: one.points for one in raises(explanation=found)}
    assert gains["Demo angefragt"] == 40 and "Preisseite aufgerufen" not in gains
    more = [*events, event(9, T0, "form.submitted", data={"form": "demo"})]
    assert explain(occurrences=more, model=model, moment=T0).behaviour == found.behaviour + 40


def test_points_over_time_end_at_the_score_of_now():
    model = Compiled(Model(behaviour=(rule(10, decay=Decay("linear", 30)),)), BERLIN)
    events = [event(1, T0), event(2, T0 + 10 * DAY)]
    line = points_over_time(occurrences=events, model=model, start=T0 - DAY, end=T0 + 20 * DAY)
    assert line[0][1] == 0 and line[-1][1] == behaviour(events, model.model.behaviour[0], at=T0 + 20 * DAY)
    assert max(points for _moment, points in line) > line[-1][1]


@settings(deadline=None)
@given(model=models)
def test_a_model_survives_json(model):
    model = replace(
        model, behaviour=tuple(replace(r, field=r.field if r.per == "value" else "") for r in model.behaviour)
    )
    assert read_model(model.to_json()) == model


ROW = {"key": "a", "label": "A", "match": {"kind": "page.viewed"}, "points": 5}
FIT = {"key": "a", "label": "A", "where": [], "points": 5}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [("not_an_object", "")]),
        ({"behaviour": {}}, [("not_a_list", "behaviour")]),
        ({"behaviour": [ROW | {"points": 0}]}, [("points_invalid", "behaviour.0.points")]),
        ({"behaviour": [ROW | {"points": True}]}, [("points_invalid", "behaviour.0.points")]),
        ({"behaviour": [ROW | {"per": "week"}]}, [("per_unknown", "behaviour.0.per")]),
        ({"behaviour": [ROW | {"per": "value"}]}, [("per_field_missing", "behaviour.0.field")]),
        ({"behaviour": [ROW | {"cap": 0}]}, [("cap_invalid", "behaviour.0.cap")]),
        ({"behaviour": [ROW | {"decay": {}}]}, [("decay_unknown", "behaviour.0.decay")]),
        ({"behaviour": [ROW | {"decay": {"linear": 0}}]}, [("decay_invalid", "behaviour.0.decay.linear")]),
        ({"behaviour": [ROW | {"group": "g"}]}, [("group_unknown", "behaviour.0.group")]),
        ({"behaviour": [ROW | {"machine": 1}]}, [("machine_invalid", "behaviour.0.machine")]),
        ({"behaviour": [ROW, ROW]}, [("key_twice", "behaviour.1.key")]),
        ({"behaviour": [ROW | {"key": "A B", "label": ""}]},
         [("key_invalid", "behaviour.0.key"), ("label_missing", "behaviour.0.label")]),
        ({"fit": [FIT | {"where": [{"field": "page", "op": "is", "value": "x"}]}]},
         [("profile_field_unknown", "fit.0.where")]),
        ({"groups": [{"key": "g", "label": "G", "cap": 0}]}, [("group_cap_invalid", "groups.0.cap")]),
        ({"grades": {"a": 1, "b": 1, "c": 0}}, [("grades_order", "grades")]),
        ({"grades": {"a": "1", "b": 0, "c": -1}}, [("grades_invalid", "grades.a")]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_model_has_a_code_and_a_place(data, expected):
    with pytest.raises(Malformed) as raised:
        read_model(data)
    assert [(problem.code, problem.path) for problem in raised.value.problems] == expected
